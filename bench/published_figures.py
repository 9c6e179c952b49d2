"""Published figures a rehearsed city is held against, each with its source and the band in which the rehearsal should lie.

Belongs here: constants, and the verdict on one. Does not belong here: the rehearsal's own figures (`face_figures`).
Few figures are published of the very people who were eligible, so most bands allow for whose the figure is; every band is
chosen by us and says why. Where nothing is at hand the row says so: nothing is invented, and nothing is a target of payment.
"""

from dataclasses import dataclass

SOURCES = {
    "talk": "Moffatt, J. Wildman and Pilkington, talk of 16 May 2019, note of the Southwark Social Prescribing Network",
    "wtw": "Ways to Wellness, news of July 2018 and January 2020",
    "bridges": "Bridges Outcomes Partnerships (21 months); National Academy for Social Prescribing, November 2024 (18 months)",
    "wildman": "Wildman and Wildman, JAMA Network Open 2021;4(9):e2126236",
    "stedman": "Stedman et al., BMJ Open 2020;10:e033231",
    "dixon": "Dixon et al., BMJ 2011;343:d6608",
    "kelly": "Kelly, Stoye and Vera-Hernandez, Fiscal Studies 2016;37(3-4), and IFS working paper W15/21",
    "dreyer": "Dreyer et al., Health Foundation working paper 7, 2019",
    "khalid": "Rates and risk of hospitalisation in type 2 diabetes, Int J Clin Pract 2014, doi 10.1111/ijcp.12265",
    "nao": "National Audit Office, Reducing emergency admissions, 2018; NHS Digital: 58,538,696 registered in August 2017",
    "ae": "NHS Digital, Hospital Accident and Emergency Activity 2017-18; people registered as above",
    "ae_type": "HSCIC, A&E attendances 2014/15, news of 28 January 2016",
    "op": "NHS Digital, Hospital Outpatient Activity 2019-20; 59,957,750 people registered in August 2019",
    "op_first": "HSCIC, Hospital Outpatient Activity 2012/13, news",
    "stafford": "Stafford et al., Health Foundation briefing, November 2018",
    "steventon": "Steventon et al., Health Foundation briefing on emergency admissions, 2018",
    "grouper": "public code of the ICCONIC study (W. Parry): HRG groupers of 2013-2017",
    "qof": "QOF 2016/17, NHS Digital: the 33 Newcastle practices (former 00G and 00H), 312,050 people on their lists",
    "lists": "NHS Payments to General Practice 2014/15, NHS Digital: the 34 Newcastle practices",
}


@dataclass(frozen=True, slots=True)
class Published:
    """One row. `form` is a format of the figure; `figure` the published one in words, empty where none is at hand; `low` and
    `high` the band (None: open on that side); `why` whose figure it is and how the band was chosen; `remedy` what would close
    a gap found at full size with seed 71 (docs/rehearsal.md), empty where none is open.
    """

    key: str
    quantity: str
    form: str
    figure: str = ""
    low: float | None = None
    high: float | None = None
    source: str = ""
    why: str = "no published figure at hand"
    remedy: str = ""

    def inside(self, value: float) -> bool | None:
        """Whether a value lies in the band; None where nothing is published."""
        if not self.figure:
            return None
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


#: remedies of several rows
MORE_UNEVEN = "intensity.frailty_sd 0.8 and spell_sd 0.9 give 15.4% of people and 13.5% of users"
YOUNGER = "people.age_beta [1.5, 1.4] gives 58.7, sd 8.85 (and lowers cost by 6%)"
FEWER = (
    "city.eligible {intervention: 7500, control: 7000}, HF 0.042 and OST 0.005 in people.registers; with 6.6% eligible, so "
    "these and the talk's 10.2% cannot both hold"
)


def _register(group: str, name: str, size: int) -> Published:
    share = size / 312_050
    return Published(
        f"register_{group}", f"{name} register, of all people", "{:.2%}", f"{share:.2%}", 0.75 * share, 1.25 * share, "qof",
        f"{size:,} people in Newcastle; band a quarter either side",
        FEWER,
    )  # fmt: skip


MONEY, SHARE, RATE = "£{:,.0f}", "{:.1%}", "{:.3f}"

COSTS = (
    Published("control_cost_2017_18", "cost a baseline head, control, 2017-18", MONEY, "£1,147", 975, 1_319, "talk",
              "£86 / 7.5%, derived; band 15% either side"),
    Published("cost", "cost a person-year, baseline", MONEY, "£1,147", 975, 1_319, "talk", "as above, of another year"),
    Published("cost_diabetes", "cost a person-year with diabetes", MONEY, "£1,686", 1_012, 1_686, "stedman",
              "type 2 of all ages, whose mean is higher; band from 60% of it"),
    Published("zero_years", "person-years at no cost", SHARE),
    Published("zero_quarters", "person-quarters at no cost", SHARE),
    Published("variation", "coefficient of variation of person-years", "{:.2f}"),
    Published("serial_correlation", "correlation of a person-year with the next", "{:.2f}", "0.35", 0.20, 0.45, "dixon",
              "root of R2 0.123, best forecast of next year's cost from two years' records, all people; band around it"),
    Published("highest_1", "share of cost: highest 1% of people", SHARE, "22-32%", 0.13, 0.32, "kelly",
              "people of 65 and over 22%, all ages 32%; from 13%, as most eligible people are patients (next row)",
              MORE_UNEVEN),
    Published("highest_1_of_users", "share of cost: highest 1% of users", SHARE, "13-18%", 0.13, 0.18, "kelly",
              "patients of 65 and over 13%, of all ages 18%", MORE_UNEVEN),
    Published("highest_5", "share of cost: highest 5% of people", SHARE, "50%", 0.35, 0.55, "dreyer",
              "primary and secondary care and drugs of all people; eligible people are more alike, so from 35%"),
    Published("practice_spread", "sd of practice means beyond sampling", SHARE, "10%", 0.05, 0.15, "dixon",
              "a third of practices 10% or more from the forecast is a normal sd of 10%, sampling included; half either side"),
    Published("practice_icc", "intraclass correlation of person-years", "{:.4f}"),
    Published("referred_to_others", "cost before: referred to never referred", "{:.2f}", "higher", 1.0, None, "wtw",
              "'a higher average level of medical complexity and need', without a figure"),
)  # fmt: skip

USE = (
    Published("admissions", "admissions a person-year", RATE, "0.339", 0.25, 0.51, "khalid",
              "type 2 diabetes, 2006-10; admissions have risen since: up to a half more, a quarter less"),
    Published("admitted_in_four_years", "admitted at least once in four years", SHARE, "60%", 0.50, 0.70, "khalid",
              "type 2 diabetes, 'approximately'; ten points either side"),
    Published("non_elective", "emergency admissions a person-year", RATE, "0.099", 0.099, 0.297, "nao",
              "5.8 million of all people, 2016-17; one to three times for 40-74 with a register in a deprived city"),
    Published("elective", "ordinary elective admissions a person-year", RATE),
    Published("day_case", "day cases a person-year", RATE),
    Published("ae", "A&E attendances a person-year", RATE, "0.407", 0.407, 0.813, "ae",
              "23.8 million of all people (0.51 in the most deprived tenth); one to two times",
              "intensity.rate.ae 0.62 gives 0.699"),
    Published("op_attended", "appointments attended a person-year", "{:.2f}", "1.61-4.45", 1.61, 4.45, "stafford",
              "between all people (96.4 million, NHS Digital 2019-20) and people with four conditions (8.9 in two years)"),
    Published("minor_department", "A&E not at a type 1 department", SHARE, "25.5%", 0.20, 0.35, "ae_type",
              "19.6 - 14.6 million of 19.6 million; types 2 and 4 with 3"),
    Published("zero_day_emergencies", "emergency stays of no night", SHARE, "33%", 0.28, 0.38, "steventon",
              "'around a third' of all people's; five points either side",
              "mix.emergency_stay_zero_or_one 0.45, three in four of them without a night (now one in two, in admitted.py)"),
    Published("emergency_stay", "mean nights of an emergency stay", "{:.1f}", "5.8", 4.6, 7.0, "nao",
              "33.59 / 5.8 million; a fifth either side"),
    Published("not_attended", "appointments not attended", SHARE, "19.9-22.8%", 0.18, 0.24, "op",
              "2009-10 and 2019-20, cancelled ones included, as the delivery includes them",
              "mix.op_not_attended 0.21 and intensity.rate.op 2.92, which keep the attended ones"),
    Published("first_attendances", "first of attended appointments", SHARE, "30%", 0.27, 0.33, "op_first",
              "7.3 million are 32.0% of first ones, so 22.8 of 75.5 million"),
    Published("unpriced", "contacts without a price", SHARE, "1-3%", 0.005, 0.03, "grouper",
              "ungrouped; band from half a per cent"),
)  # fmt: skip

PEOPLE = (
    Published("age", "mean age at launch", "{:.1f}"),
    Published("age_diabetes", "mean age at launch with diabetes", "{:.1f}", "57.8", 54.8, 60.8, "wildman",
              "type 2, 40-74, watched from 2011 to 2019; three years either side", YOUNGER),
    Published("age_sd_diabetes", "sd of age with diabetes", "{:.2f}", "8.78", 7.98, 9.58, "wildman", "0.8 years either side",
              YOUNGER),
    Published("women", "women", SHARE),
    Published("women_diabetes", "women with diabetes", SHARE, "43%", 0.38, 0.48, "wildman", "type 2; five points either side"),
    Published("deaths", "deaths a person-year after launch", "{:.2%}"),
    Published("leavers", "leavers of the city a person-year", "{:.2%}"),
    Published("list_size", "mean list of a practice", "{:,.0f}", "8,643", 7_346, 9_939, "lists", "15% either side"),
    Published("list_variation", "coefficient of variation of lists", "{:.2f}", "0.56", 0.35, 0.75, "lists",
              "0.40 in the west alone, 0.64 in the east",
              "draw city.list_size log-normal about 8,000 with sd 0.45 instead of evenly (a change in city.py)"),
    Published("eligible_of_list", "eligible of all people, intervention", SHARE, "10.2%", 0.087, 0.117, "talk",
              "14,300 of 140,000; 15% either side",
              "city.eligible {intervention: 11600, control: 10800} gives 10.2%, or lists a third longer"),
    Published("diabetes_a_practice", "eligible people with diabetes a practice", "{:.0f}", "337", 253, 438, "wildman",
              "8,086 of type 2 in 24 practices; from a quarter less to 30% more, as type 1 counts too", FEWER),
    _register("AST", "asthma", 17_814),
    _register("COPD", "COPD", 6_519),
    _register("CHD", "coronary heart disease", 9_118),
    _register("DM", "diabetes", 15_123),
    _register("HF", "heart failure", 2_406),
    _register("EP", "epilepsy", 2_082),
    _register("OST", "osteoporosis", 312),
)  # fmt: skip

PROGRAMME = (
    Published("referred", "referred by the end of year 4, of eligible", SHARE, "33-49%", 0.33, 0.49, "wtw",
              "4,700 by July 2018 and 7,000 by January 2020, of 14,300"),
    Published("engaged_of_referred", "engaged, of referred", SHARE, "76%", 0.71, 0.81, "wtw",
              "3,600 of 4,700 and 5,300 of 7,000; five points either side", "programme.engaged 0.76"),
    Published("high_of_engaged", "high-engaged, of engaged", SHARE),
    Published("months_served", "months on the programme", "{:.1f}", "18-21", 16, 23, "bridges", "two months either side"),
)  # fmt: skip

PUBLISHED = {row.key: row for row in (*COSTS, *USE, *PEOPLE, *PROGRAMME)}
