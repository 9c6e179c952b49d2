"""The result's section on cohorts: definitions, attrition, selection and comparators, with small numbers held back.

Belongs here: turning frozen results into plain data under the disclosure rule that the caller gives. Does not belong here:
computing any of it (`pipeline.cohorts`, `pipeline.estimation`), wording (`reports`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from pipeline.cohorts.attrition_compared import Compared
from pipeline.cohorts.balance import Balance
from pipeline.cohorts.comparators import Comparators
from pipeline.cohorts.definitions import Definition, definitions
from pipeline.cohorts.leaving import STATES
from pipeline.cohorts.referral_path import FEWEST, Point
from pipeline.cohorts.selection import GROUPS, MEASURES, Selected
from pipeline.estimation.before_after import BeforeAfter
from pipeline.study import Study

Disclose = Callable[[int], int | str]

#: decimals of a share or a mean number of registers
SHARE_PLACES = 3


def definition_rows(found: Iterable[Definition]) -> list[dict[str, Any]]:
    """Every population's words, version and hash."""
    return [{"population": d.population, "version": d.version, "says": d.says, "sha256": d.sha256} for d in found]


def compared_rows(found: Iterable[Compared]) -> list[dict[str, Any]]:
    """Shares by arm with their verdicts; the figures are null where either arm's share rests on one to seven people."""
    rows = []
    for row in found:
        figures = {"intervention": row.intervention, "control": row.control, "difference": row.difference, "low": row.low,
                   "high": row.high, "gbp": row.gbp}  # fmt: skip
        if any(0 < n < FEWEST for n in row.people):
            figures = dict.fromkeys(figures)
        shown = {name: _rounded(value, 0 if name == "gbp" else SHARE_PLACES) for name, value in figures.items()}
        rows.append({"what": row.what, "of": row.of, "verdict": row.verdict} | shown)
    return rows


def _rounded(value: float | None, places: int) -> float | None:
    """Rounded, so that an exact count cannot be read back from a share and its denominator."""
    return None if value is None else round(value, places)


def state_rows(states: pd.DataFrame, disclose: Disclose) -> list[dict[str, Any]]:
    """What became of the cohort, a row a state in reading order, arms side by side."""
    sums = states.groupby(["state", "arm"])["people"].sum().to_dict()
    return [
        {"state": state, "says": says} | {arm: disclose(int(sums.get((state, arm), 0))) for arm in ("intervention", "control")}
        for state, says in STATES.items()
    ]


def selection_rows(found: Iterable[Selected], disclose: Disclose) -> list[dict[str, Any]]:
    """A row a measure; a mean of one to seven people, or a share that counts so many, is null."""
    rows = []
    for row in found:
        values, places = {}, 0 if row.measure == "cost" else SHARE_PLACES
        for group in GROUPS:
            value, people = row.values[group], row.people[group]
            few = 0 < people < FEWEST or (
                value is not None and row.measure not in ("need", "cost") and 0 < round(value * people) < FEWEST
            )
            values[group] = None if few else _rounded(value, places)
        people_by_group = {group: disclose(row.people[group]) for group in GROUPS}
        shown = not any(0 < row.people[group] < FEWEST for group in ("referred", "not_referred"))
        apart = {name: _rounded(getattr(row, name), places) for name in ("difference", "low", "high")}
        rows.append(
            {"measure": row.measure, "says": MEASURES[row.measure], "values": values, "people_by_group": people_by_group}
            | (apart if shown else dict.fromkeys(apart))
        )
    return rows


def balance_rows(found: Iterable[Balance], persons: int) -> list[dict[str, Any]]:
    """Levels as they are, without figures where the share stands for one to seven people served."""
    rows = []
    for row in found:
        plain = asdict(row)
        if 0 < row.served * persons < FEWEST:
            plain |= dict.fromkeys(("served", "before", "after", "smd_before", "smd_after", "chance"))
        rows.append(plain)
    return rows


def weights_row(found: Comparators) -> dict[str, Any]:
    """How much the weights cost and how far served and comparators overlap."""
    served, pool = found.in_equipoise or (None, None)
    return {
        "population": found.population,
        "effective_share": found.effective_share,
        "served_in_equipoise": served,
        "comparators_in_equipoise": pool,
        "quarters_without": [{"first_month": month, "why": why} for month, why in found.reasons.items()],
    }


def path_rows(found: Iterable[Point]) -> list[dict[str, Any]]:
    """Quarters from the referral month on, GBP a head and month."""
    return [asdict(point) for point in found]


def before_after_row(found: BeforeAfter | None, disclose: Disclose) -> dict[str, Any] | None:
    """None where nobody was followed, or no more than seven people."""
    if found is None or found.people < FEWEST:
        return None
    return asdict(found) | {"people": disclose(found.people)}


def open_cohort(row: Compared, came: pd.DataFrame, study: Study, disclose: Disclose) -> dict[str, Any]:
    """The cohort re-based for the year: its definition's hash, heads by arm, and its inflow compared."""
    heads = came.groupby("arm")["out_of"].sum()
    return {
        "at": study.eligible.at.isoformat(),
        "sha256": definitions(study)[0].sha256,
        "heads": {arm: disclose(int(heads.get(arm, 0))) for arm in ("intervention", "control")},
        "compared": compared_rows([row]),
    }


def not_estimated(reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """Populations without a matched estimate, each with why."""
    return [{"population": population, "why": why} for population, why in reasons.items()]
