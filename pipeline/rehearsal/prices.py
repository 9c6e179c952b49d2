"""The rehearsal's own price table: the few published national prices that its people use.

Belongs here: prices copied from the published book, each as printed. Does not belong here: the pricing rule
(`pipeline.rehearsal.valuation`), the reader of real workbooks (`pipeline.pricing`, which this room does not import).

Source of every number: Monitor and NHS England, 2016/17 National Tariff, Annex A (national prices and national tariff
workbook): sheets '1 APC & OPROC', '2 OP Attendances', '3 A&E', '19 MFF Payment values'. GBP, whole pounds, before MFF.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdmittedPrice:
    """One row of sheet '1 APC & OPROC', in its column order. None where the book prints '-'."""

    hrg: str
    name: str
    outpatient_procedure: int | None
    combined: int | None
    day_case: int | None
    ordinary: int | None
    elective_trim: int
    non_elective: int
    non_elective_trim: int
    per_day: int
    short_stay: bool
    short_stay_share: float | None
    short_stay_price: int | None


def _row(hrg: str, name: str, out: int | None, combined: int | None, trim: int, non_elective: tuple[int, int], per_day: int,
         short: tuple[float, int] | None = None, split: tuple[int, int] | None = None) -> AdmittedPrice:  # fmt: skip
    day_case, ordinary = split or (None, None)
    short_stay_share, short_stay_price = short or (None, None)
    return AdmittedPrice(
        hrg=hrg,
        name=name,
        outpatient_procedure=out,
        combined=combined,
        day_case=day_case,
        ordinary=ordinary,
        elective_trim=trim,
        non_elective=non_elective[0],
        non_elective_trim=non_elective[1],
        per_day=per_day,
        short_stay=short is not None,
        short_stay_share=short_stay_share,
        short_stay_price=short_stay_price,
    )


COPD = "Chronic Obstructive Pulmonary Disease or Bronchitis"
INFECTION = "Kidney or Urinary Tract Infections"
PLAIN_COPD = f"{COPD}, without NIV, without Intubation"
HERNIA = "Inguinal, Umbilical or Femoral Hernia Procedures, 19 years and over without CC"

#: in the order of the book
ADMITTED = (
    _row("AA22A", "Non-Transient Stroke or Cerebrovascular Accident, Nervous System Infections or Encephalopathy, with CC",
         None, 3388, 63, (3781, 41), 200, (0.3, 1134)),
    _row("AA26B", "Muscular, Balance, Cranial or Peripheral Nerve Disorders, Epilepsy or Head Injury, without CC",
         None, 588, 5, (590, 5), 200),
    _row("AA29B", "Transient Ischaemic Attack without CC", None, 426, 5, (505, 5), 200, (1, 505)),
    _row("BZ02Z", "Phacoemulsification Cataract Extraction and Lens Implant", None, 731, 5, (2649, 35), 242),
    _row("BZ04Z", "Lens Capsulotomy", 156, 156, 5, (443, 5), 242),
    _row("DZ11A", "Lobar, Atypical or Viral Pneumonia, with Major CC", None, 3934, 43, (3090, 29), 187, (0.3, 927)),
    _row("DZ11B", "Lobar, Atypical or Viral Pneumonia, with Intermediate CC", None, 2680, 25, (2150, 20), 187, (0.3, 645)),
    _row("DZ15F", "Asthma without Intubation, without CC", None, 390, 5, (588, 8), 187),
    _row("DZ21A", f"{COPD}, with length of stay 1 day or less, discharged home", None, 514, 5, (504, 5), 187, (1, 504)),
    _row("DZ21H", f"{PLAIN_COPD}, with Major CC", None, 3687, 29, (2768, 23), 187, (0.3, 831)),
    _row("DZ21J", f"{PLAIN_COPD}, with Intermediate CC", None, 3254, 23, (2116, 16), 187, (0.3, 635)),
    _row("DZ21K", f"{PLAIN_COPD}, without CC", None, 2401, 16, (1565, 12), 187, (0.3, 470)),
    _row("EA36A", "Catheter, 19 years and over", None, 1173, 5, (2836, 20), 204),
    _row("EB01Z", "Non-Interventional Acquired Cardiac Conditions", None, 933, 5, (544, 5), 204),
    _row("EB03H", "Heart Failure or Shock, with CC", None, 4065, 43, (3270, 40), 204, (0.3, 1038)),
    _row("EB03I", "Heart Failure or Shock, without CC", None, 1573, 18, (2039, 21), 204, (0.3, 647)),
    _row("EB07H", "Arrhythmia or Conduction Disorders, with CC", None, 1017, 5, (1717, 21), 204),
    _row("EB10Z", "Actual or Suspected Myocardial Infarction", None, 3722, 24, (3180, 18), 204, (0.3, 954)),
    _row("FZ17C", "Abdominal Hernia Procedures, 19 years and over without CC", None, 1813, 5, (2542, 10), 209),
    _row("FZ18C", HERNIA, None, None, 5, (2009, 6), 209, split=(1233, 927)),
    _row("FZ51Z", "Diagnostic Colonoscopy, 19 years and over", 441, 441, 5, (684, 5), 209),
    _row("HB21C", "Major Knee Procedures for Non-Trauma, Category 2, without CC", None, 5566, 9, (5566, 9), 210),
    _row("HB22C", "Major Knee Procedures for Non-Trauma, Category 1, without CC", None, 2364, 5, (2364, 5), 210),
    _row("JC05C", "Intermediate Skin Procedures Category 1, without CC", 129, 957, 5, (819, 5), 207),
    _row("KB03B", "Diabetes with Lower Limb Complications, without Major CC", None, 1139, 8, (2343, 21), 190, (0.3, 703)),
    _row("LA04E", f"{INFECTION}, with length of stay 2 days or more, with Intermediate CC",
         None, 2171, 15, (2023, 18), 200),
    _row("LA04G", f"{INFECTION}, with length of stay 1 day or less", None, 353, 5, (423, 5), 200, (1, 423)),
    _row("LB26Z", "Intermediate Endoscopic Prostate or Bladder Neck Procedures (Male and Female)",
         None, 1231, 5, (2522, 20), 200),
    _row("LB72A", "Diagnostic Flexible Cystoscopy, 19 years and over", 386, 221, 5, (588, 5), 200),
    _row("UZ01Z", "Data Invalid for Grouping", 0, 0, 5, (0, 5), 0),
    _row("WA23X", "Falls without Specific Cause, with Intermediate CC", None, 4053, 67, (2404, 29), 198, (0.3, 721)),
    _row("WA23Y", "Falls without Specific Cause, without CC", None, 2311, 96, (998, 5), 198, (0.4, 400)),
)  # fmt: skip

#: treatment function: name, WF01B first, WF02B first multi, WF01A follow-up, WF02A follow-up multi
OUTPATIENT = {
    100: ("General Surgery", 144, 224, 89, 128),
    101: ("Urology", 132, 203, 76, 105),
    110: ("Trauma & Orthopaedics", 129, 131, 77, 86),
    130: ("Ophthalmology", 113, 125, 64, 94),
    300: ("General Medicine", 183, 259, 108, 139),
    301: ("Gastroenterology", 183, 259, 108, 139),
    302: ("Endocrinology", 189, 189, 96, 106),
    307: ("Diabetic Medicine", 203, 207, 95, 111),
    320: ("Cardiology", 166, 230, 96, 148),
    330: ("Dermatology", 107, 123, 70, 77),
    340: ("Respiratory Medicine", 182, 278, 105, 174),
    361: ("Nephrology", 269, 313, 128, 241),
    410: ("Rheumatology", 225, 246, 103, 165),
    430: ("Geriatric Medicine", 245, 245, 137, 137),
}

#: A&E HRG: name, departments of type 1 and 2, departments of type 3
EMERGENCY = {
    "VB01Z": ("Emergency Medicine, Any Investigation with Category 5 Treatment", 246, 57),
    "VB02Z": ("Emergency Medicine, Category 3 Investigation with Category 4 Treatment", 232, 57),
    "VB03Z": ("Emergency Medicine, Category 3 Investigation with Category 1-3 Treatment", 197, 57),
    "VB04Z": ("Emergency Medicine, Category 2 Investigation with Category 4 Treatment", 174, 57),
    "VB05Z": ("Emergency Medicine, Category 2 Investigation with Category 3 Treatment", 150, 57),
    "VB06Z": ("Emergency Medicine, Category 1 Investigation with Category 3-4 Treatment", 105, 57),
    "VB07Z": ("Emergency Medicine, Category 2 Investigation with Category 2 Treatment", 132, 57),
    "VB08Z": ("Emergency Medicine, Category 2 Investigation with Category 1 Treatment", 119, 57),
    "VB09Z": ("Emergency Medicine, Category 1 Investigation with Category 1-2 Treatment", 83, 57),
    "VB10Z": ("Emergency Medicine, Dental Care", 58, 57),
    "VB11Z": ("Emergency Medicine, No Investigation with No Significant Treatment", 57, 57),
}

#: fictional provider: name, payment index value in millionths, and the trust whose published value it borrows
PROVIDERS = {
    "ZT1": ("FICTIONAL CITY HOSPITALS", 1_035_817, "RTD"),
    "ZT2": ("FICTIONAL RIVERSIDE HEALTH", 1_028_218, "RR7"),
    "ZT3": ("FICTIONAL COUNTY HEALTHCARE", 1_030_009, "RTF"),
}
