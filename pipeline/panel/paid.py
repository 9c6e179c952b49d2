"""What a head cost in a month: the paid denominator, and person-years alive beside it.

Belongs here: practice x month figures from cells and heads, on small frames. Does not belong here: person-level rows
(`pipeline.panel`), effects (`pipeline.estimation`).

Method.md section 1. Paid per baseline head: nothing is spent after death and the head stays; heads who were not observed
in a month are taken to have cost what the observed of their practice x age band x need cost. With H heads of whom L were
not observed, a stratum's sum counts H / (H - L) times. Sums are integers until then and each month's strata are added with
`math.fsum`, which rounds once, so that no order of rows can change a figure.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.errors import InternalError, ProtocolInvalid
from pipeline.panel.measures import MEASURES, Measure, measured
from pipeline.study import Study

_COLUMNS = ["practice", "arm", "area", "month", "outcome", "pod"]


@dataclass(frozen=True, slots=True)
class _Stratum:
    """One age band x need of a practice in a month. `sums` are integers in the order of the measures."""

    age_band: str
    heads: int
    lost: int
    dead: int
    sums: tuple[int, ...]

    @property
    def observed(self) -> int:
        return self.heads - self.lost


def paid_cells(
    cells: pd.DataFrame, heads: pd.DataFrame, *, study: Study, measures: Sequence[Measure] = MEASURES
) -> pd.DataFrame:
    """Cost and activity per baseline head, practice x month x outcome x point of delivery, zero cells included.

    cells, heads : frames of `pipeline.tables` CELLS and HEADS, of the same months; heads decide which months there are.
    measures : other figures, of VALUED_CELLS, weighted alike (`pipeline.panel.measures.VALUED`).

    Columns: practice, arm, area, month, outcome, pod, heads, per_head, unweighted_per_head, borrowed_heads.

    outcome : `cost` (GBP; pod each of `vocabulary.PODS` and `all`) or an activity of `vocabulary.ACTIVITY_OUTCOMES`
        (contacts, or days; pod `all` only: the outcome's own definition says which it counts).
    heads : baseline heads of the practice, the same in every month: the fixed weight of the estimate.
    per_head : in that month (not a year), weighted back as above. Points of delivery sum to `all` within 1e-9.
    unweighted_per_head : the plain sum over the same heads, as if people not observed had cost nothing.
    borrowed_heads : heads of strata in which nobody was observed; they take the mean of their practice x age band, failing
        that of their practice, in the same month.

    Raises ProtocolInvalid when a practice has heads but none was observed in a month, InternalError for cells without heads.
    """
    rows, places = [], _places(study)
    for practice, month, strata in _practice_months(cells, heads, measures):
        total = sum(stratum.heads for stratum in strata)
        borrowed = sum(stratum.heads for stratum in strata if stratum.observed == 0)
        for place, measure in enumerate(measures):
            plain = sum(stratum.sums[place] for stratum in strata)
            paid = math.fsum(_weighted(stratum, strata, place) for stratum in strata) if plain else 0.0
            rows.append(
                (
                    *places[practice],
                    month,
                    measure.outcome,
                    measure.pod,
                    total,
                    paid / (measure.per_unit * total),
                    plain / (measure.per_unit * total),
                    borrowed,
                )
            )
    return _frame(rows, ["heads", "per_head", "unweighted_per_head", "borrowed_heads"])


def person_year_cells(cells: pd.DataFrame, heads: pd.DataFrame, *, study: Study) -> pd.DataFrame:
    """Cost and activity per person-year alive and observed: the alternative denominator.

    Columns: practice, arm, area, month, outcome, pod, person_months, per_person_year. person_months = heads - lost - dead,
    where the month of death still counts as lived; per_person_year is GBP or contacts, twelve times the month's mean.
    Raises like `paid_cells`, and ProtocolInvalid also when nobody observed was alive.
    """
    rows, places = [], _places(study)
    for practice, month, strata in _practice_months(cells, heads, MEASURES):
        alive = sum(stratum.observed - stratum.dead for stratum in strata)
        if alive == 0:
            raise _nobody(practice, month)
        for place, measure in enumerate(MEASURES):
            plain = sum(stratum.sums[place] for stratum in strata)
            rows.append(
                (*places[practice], month, measure.outcome, measure.pod, alive, 12 * plain / (measure.per_unit * alive))
            )
    return _frame(rows, ["person_months", "per_person_year"])


def _practice_months(
    cells: pd.DataFrame, heads: pd.DataFrame, measures: Sequence[Measure]
) -> Iterator[tuple[str, str, list[_Stratum]]]:
    """Practice, month and its strata, in sorted order."""
    sums = measured(cells, measures)
    strata: dict[tuple[str, str], list[_Stratum]] = defaultdict(list)
    nothing = (0,) * len(measures)
    key = ["practice", "month", "age_band", "need"]
    wanted = [*key, "heads", "lost", "dead"]
    if heads.duplicated(key).any():
        raise InternalError("The heads hold a stratum of a practice-month twice.")
    for practice, month, age_band, need, head, lost, dead in heads[wanted].itertuples(index=False, name=None):
        found = sums.pop((practice, month, age_band, int(need)), nothing)
        strata[practice, month].append(_Stratum(age_band, int(head), int(lost), int(dead), found))
        if head == lost and any(found):
            raise InternalError(f"Practice {practice} has activity in {month} in a stratum where nobody was observed.")
    if sums:
        practice, month, *_ = min(sums)
        raise InternalError(f"{len(sums)} cells have no heads behind them, the first in practice {practice}, {month}.")
    for practice, month in sorted(strata):
        if not any(stratum.observed for stratum in strata[practice, month]):
            raise _nobody(practice, month)
        yield practice, month, strata[practice, month]


def _weighted(stratum: _Stratum, strata: list[_Stratum], place: int) -> float:
    """The stratum's sum as if all its heads had been observed; integers are divided once."""
    if stratum.observed:
        return stratum.sums[place] * stratum.heads / stratum.observed
    lenders = [other for other in strata if other.age_band == stratum.age_band and other.observed] or strata
    lent = sum(other.sums[place] for other in lenders)
    return lent * stratum.heads / sum(other.observed for other in lenders)


def _places(study: Study) -> dict[str, tuple[str, str, str]]:
    """Practice to practice, arm and area, made once: the protocol makes its tables anew when asked."""
    arms, areas = study.arm_of, study.area_of
    return {practice: (practice, arm, areas[practice]) for practice, arm in arms.items()}


def _frame(rows: Sequence[tuple[object, ...]], figures: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*_COLUMNS, *figures])


def _nobody(practice: str, month: str) -> ProtocolInvalid:
    return ProtocolInvalid(
        f"Practice {practice} has eligible people, but none of them was observed in {month}: its cost a head is not known.",
        "Begin calendar.baseline later, or leave the practice out of the arms.",
    )
