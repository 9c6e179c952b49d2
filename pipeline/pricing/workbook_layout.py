"""Where prices stand in the official workbooks: editions, sheets, headers.

Belongs here: names of sheets and columns as printed, one edition a constant. Does not belong here: reading cells
(`workbook_sheet`), what prices mean (`spells`, `attendances`, `appointments`).
Headers are compared after `workbook_sheet.normalised`: white space collapsed, lower case, `trimpoint` = `trim point`, no
trailing `*`. Columns are found by header, since their letters differ between sheets and editions.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["pence", "days", "yes_no", "mark", "millionths", "text"]
Grouper = Literal["HRG4", "HRG4+"]

HRG_PATTERN = r"^[A-Z]{2}\d{2}[A-Z]$"
TREATMENT_FUNCTION_PATTERN = r"^\d{3}$"
PROVIDER_PATTERN = r"^[A-Z0-9]{3}$"

#: our column -> (header as printed, kind of cell)
APC_COLUMNS: dict[str, tuple[str, Kind]] = {
    "name": ("HRG name", "text"),
    "op_procedure": ("Outpatient procedure tariff (£)", "pence"),
    "combined": ("Combined day case / ordinary elective spell tariff (£)", "pence"),
    "day_case": ("Day case spell tariff (£)", "pence"),
    "ordinary_elective": ("Ordinary elective spell tariff (£)", "pence"),
    "elective_trim": ("Ordinary elective long stay trim point (days)", "days"),
    "non_elective": ("Non-elective spell tariff (£)", "pence"),
    "ne_trim": ("Non-elective long stay trim point (days)", "days"),
    "per_day": ("Per day long stay payment (for days exceeding trim point) (£)", "pence"),
    "short_stay_applies": ("Reduced short stay emergency tariff applicable?", "yes_no"),
    "short_stay_price": ("Reduced short stay emergency tariff (£)", "pence"),
}
#: in scope of a best-practice price: `1` in 2016/17, `HRG` or `Sub-HRG` after; a sheet may lack it
BEST_PRACTICE = "best_practice"
BEST_PRACTICE_2016_17 = "HRGs within scope of BPTs? (if '1' see 'BPTs' sheet)"
BEST_PRACTICE_2017_19 = "BPT applies to HRG or sub-HRG level"
#: letters run B = first attendance, A = follow-up
OUTPATIENT_COLUMNS: dict[str, tuple[str, Kind]] = {
    "WF01B": ("WF01B First Attendance - Single Professional", "pence"),
    "WF02B": ("WF02B First Attendance - Multi Professional", "pence"),
    "WF01A": ("WF01A Follow Up Attendance - Single Professional", "pence"),
    "WF02A": ("WF02A Follow Up Attendance - Multi Professional", "pence"),
}
AE_COLUMNS: dict[str, tuple[str, Kind]] = {
    "type12": ("Type 1 and 2 Departments", "pence"),
    "type3": ("Type 3 Departments", "pence"),
}
#: the 2017/18 sheet carries the 2016-17 title as well (files_and_pricing 1.2), and 2018/19 shares it
MFF_COLUMNS: dict[str, tuple[str, Kind]] = {"value": ("Payment index value for 2016-17", "millionths")}


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One sheet: its trimmed name, our name and printed header of its key, which keys are prices, and the columns read.

    optional : our names of columns without which the sheet still says every price; null throughout where absent.
    """

    name: str
    key: str
    key_header: str
    pattern: str
    columns: dict[str, tuple[str, Kind]]
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class YearLayout:
    """The four price sheets of one financial year, and the grouper its HRGs come from."""

    year: str
    grouper: Grouper
    apc: SheetLayout
    outpatient: SheetLayout
    ae: SheetLayout
    mff: SheetLayout
    hrgs_in_full: int
    ae_substitutes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """One official workbook. `front_page_says`: a word its front page must hold for `name` to be a true label."""

    name: str
    years: tuple[YearLayout, ...]
    front_page_says: str = ""


def _year(
    year: str,
    grouper: Grouper,
    sheets: tuple[str, str, str, str],
    tfc: str,
    full: int,
    best_practice: str,
    **more: dict[str, str],
) -> YearLayout:
    apc, outpatient, ae, mff = sheets
    return YearLayout(
        year=year,
        grouper=grouper,
        apc=SheetLayout(
            apc,
            "hrg",
            "HRG code",
            HRG_PATTERN,
            APC_COLUMNS | {BEST_PRACTICE: (best_practice, "mark")},
            frozenset({BEST_PRACTICE}),
        ),
        outpatient=SheetLayout(outpatient, "tfc", tfc, TREATMENT_FUNCTION_PATTERN, OUTPATIENT_COLUMNS),
        ae=SheetLayout(ae, "hrg", "HRG code", HRG_PATTERN, AE_COLUMNS),
        mff=SheetLayout(mff, "provider", "Provider Code", PROVIDER_PATTERN, MFF_COLUMNS),
        hrgs_in_full=full,
        **more,
    )


ANNEX_A_2016_17 = Edition(
    name="National tariff 2016/17, Annex A",
    years=(
        _year(
            "2016-17",
            "HRG4",
            ("1 APC & OPROC", "2 OP Attendances", "3 A&E", "19 MFF Payment values"),
            "Treatment function",
            1283,
            BEST_PRACTICE_2016_17,
            # sheet `3 A&E`, note in A17: patients grouped to VB99Z attract the tariff for VB09Z
            ae_substitutes={"VB99Z": "VB09Z"},
        ),
    ),
)
ANNEX_B1_2017_19 = Edition(
    name="National tariff 2017/18 and 2018/19, Annex B1: statutory consultation, proposed prices",
    years=(
        _year(
            "2017-18",
            "HRG4+",
            ("1a APC & OPROC 17.18", "2a Outpatients 17.18", "3a A&E 17.18", "12 MFF values"),
            "Treatment function code",
            2303,
            BEST_PRACTICE_2017_19,
        ),
        _year(
            "2018-19",
            "HRG4+",
            ("1b APC & OPROC 18.19", "2b Outpatients 18.19", "3b A&E 18.19", "12 MFF values"),
            "Treatment function code",
            2303,
            BEST_PRACTICE_2017_19,
        ),
    ),
    front_page_says="consultation",
)
EDITIONS = (ANNEX_A_2016_17, ANNEX_B1_2017_19)
