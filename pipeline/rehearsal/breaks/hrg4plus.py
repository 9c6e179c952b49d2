"""The HRGs of HRG4+, which every hospital's admitted care and outpatient procedures carry from April 2017.

Belongs here: which code of HRG4+ stands where a code of HRG4 stood. Does not belong here: what such rows are valued at
(`fallback_means`).

Codes are those of the 2017/18 workbook (Annex B1, sheet '1a APC & OPROC 17.18'): for each code that the rehearsal uses one of
the same condition, at a middling score of complications. In life one code splits into many; how it splits is no part of this.
Three of them stand in both workbooks, as do all A&E codes (VB): by the code alone nobody can tell the grouper.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks.happened import Break, Document
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.valuation import HRGS

NAME = "hrg4plus"
YEARS = ("2017-18", "2018-19")

PLUS = {
    "AA22A": "AA35D", "AA26B": "AA26H", "AA29B": "AA29F", "BZ02Z": "BZ34C", "BZ04Z": "BZ33Z", "DZ11A": "DZ11S",
    "DZ11B": "DZ11U", "DZ15F": "DZ15R", "DZ21A": "DZ65K", "DZ21H": "DZ65F", "DZ21J": "DZ65H", "DZ21K": "DZ65J",
    "EA36A": "EY43F", "EB01Z": "EB14E", "EB03H": "EB03C", "EB03I": "EB03E", "EB07H": "EB07D", "EB10Z": "EB10D",
    "FZ17C": "FZ17G", "FZ18C": "FZ18K", "FZ51Z": "FZ51Z", "HB21C": "HN22E", "HB22C": "HN23C", "JC05C": "JC42A",
    "KB03B": "KB03E", "LA04E": "LA04Q", "LA04G": "LA04S", "LB26Z": "LB26B", "LB72A": "LB72A", "UZ01Z": "UZ01Z",
    "WA23X": "WH09E", "WA23Y": "WH09G",
}  # fmt: skip
#: codes of HRG4 as `valuation.HRGS` has them, then those of HRG4+ in the same order
BOTH = [*HRGS.tolist(), *(PLUS[code] for code in HRGS.tolist())]


def first_month(p: Parameters) -> int:
    """Index of the first month whose rows carry codes of HRG4+."""
    return p.months.index(p.breaks[NAME]["first_month"])


def in_both(hrg: NDArray[np.int64], plus: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index into BOTH of codes that index HRGS, of HRG4+ where `plus`; a negative index (no code) stays."""
    return np.asarray(np.where(plus & (hrg >= 0), hrg + len(HRGS), hrg))


def regrouped(p: Parameters, breaks: tuple[str, ...], month: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether rows of these months (indices) carry codes of HRG4+, shape (n,)."""
    return np.asarray(month >= first_month(p)) if NAME in breaks else np.zeros(len(month), dtype=bool)


def _known(p: Parameters) -> list[tuple[str, str]]:
    return [(p.breaks[NAME]["first_month"], "HRG4 to HRG4+")]


def _clauses(document: Document, p: Parameters) -> None:
    document["prices"] |= {"fallback": "pod_los_band", "grouper_by_year": dict.fromkeys(YEARS, "HRG4+")}
    for control in document["negative_controls"]:  # the same care under its new code
        control["hrgs"] = list(dict.fromkeys([*control["hrgs"], *(PLUS[code] for code in control["hrgs"])]))


BREAK = Break(NAME, "HRGs are of HRG4+ from April 2017, which no price list of 2016/17 prices.", _known, _clauses)
