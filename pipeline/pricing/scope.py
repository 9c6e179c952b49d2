"""What the national tariff does not cover, by the workbook's own exclusion sheets.

Belongs here: codes the tariff itself excludes, with the sheet that says so. Does not belong here: choices a protocol may
make (`study.yaml`, pricing).
Source: Annex A 2016/17, sheets `9 Service clarification` and `10 Processing and Zero Prices`; the same codes in Annex B1.
"""

import ibis.expr.types as ir

from pipeline.pricing.branches import Branch, Remark

UNGROUPABLE = "UZ01Z"

#: sub-chapters of unbundled HRGs (sheet `13 Unbundled HRG List`; Annex B1 `4a Full unbundled HRG list`): critical care XA-XC,
#: devices and drugs XD, chemotherapy SB, radiotherapy SC, palliative care SD, rehabilitation VC, dialysis LE, imaging RA RD RN
UNBUNDLED = ("XA", "XB", "XC", "XD", "SB", "SC", "SD", "VC", "LE", "RA", "RD", "RN")
#: core HRGs printed at £0 because the money stands in unbundled ones, which no core field of HES carries (sheet 10)
EMPTY_CORES = {"SB97Z": "chemotherapy", "SC97Z": "radiotherapy"}

#: TFC 318 intermediate care, 319 respite care, 199 and 499 not a UK provider, 700 learning disability, 710-727 mental
#: health (sheet 9); 424 well babies, 264 and 343 cystic fibrosis year of care (sheet 10)
EXCLUDED_TREATMENT_FUNCTIONS = (
    *("199", "264", "318", "319", "343", "424", "499", "700"),
    *("710", "711", "712", "713", "715", "720", "721", "722", "723", "724", "725", "726", "727"),
)
#: outpatients under the maternity pathway payment (sheet 10)
MATERNITY_PATHWAY_TREATMENT_FUNCTIONS = ("501", "560")
#: attendances that are not consultant-led (sheet 9): midwives, community and public health, nursing, allied health; and
#: 199, 499 not a UK provider
EXCLUDED_MAIN_SPECIALTIES = ("560", "900", "901", "902", "903", "904", "950", "960", "199", "499")


def excluded(table: ir.Table) -> list[Branch]:
    """Branches of admitted care and outpatients alike; `table` has admin_category and treatment_function."""
    return [
        Branch(table.admin_category == "02", "out_of_scope", "private patient: outside the national tariff"),
        Branch(
            table.treatment_function.isin(EXCLUDED_TREATMENT_FUNCTIONS),
            "out_of_scope",
            "treatment function that the national tariff excludes",
        ),
    ]


def unbundled(table: ir.Table) -> Branch:
    """The branch of an unbundled HRG in a core field; `table` has hrg. The empty cores are on the price list and priced."""
    is_unbundled = table.hrg.substr(0, 2).isin(UNBUNDLED) & table.hrg.notin(list(EMPTY_CORES))
    return Branch(is_unbundled, "out_of_scope", "unbundled HRG: paid outside the core prices")


def remarks(table: ir.Table) -> list[Remark]:
    """What is to be counted apart: excluded rows without an HRG, which are no fault, and empty cores at £0."""
    return [
        Remark(table.hrg.isnull(), "no HRG, as SUS leaves what it excludes", state="out_of_scope"),
        *(
            Remark(table.hrg == hrg, f"empty core of {care} at £0: its money stands in unbundled HRGs")
            for hrg, care in EMPTY_CORES.items()
        ),
    ]
