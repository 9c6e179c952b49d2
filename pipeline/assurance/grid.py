"""The completeness grid for the report: stream x arm x month, what may be seen of it without unblinding.

Belongs here: route ratios and the reference population's index, by month. Does not belong here: counts or rates of the eligible
after launch, which nothing here holds; drawing (`reports.figures`).
"""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.evidence import DataEvidence
from pipeline.assurance.window import window
from pipeline.study import Study
from pipeline.vocabulary import STREAMS


def completeness_grid(evidence: DataEvidence, contract_year: str) -> pd.DataFrame:
    """Every stream x compared arm x month from the first baseline month to the end of `contract_year`.

    Columns: stream, arm, month; route_ratio (extract rows / feed rows of the eligible; null where the feed has none);
    state (`both`, `feed_only`, `extract_only`, `neither`: which route has rows); reference_index (the not-eligible people's
    rows a person-month over the mean of the same calendar month in the baseline; null where there is nothing to compare with).
    """
    study = evidence.study
    judged = window(study, contract_year)
    keys = pd.MultiIndex.from_product([STREAMS, COMPARED, judged.watched], names=["stream", "arm", "month"])

    extract = _rows(evidence.extract, study, keys)
    feed = _rows(_of(evidence.feed, "eligible"), study, keys)
    state = pd.Series("neither", index=keys)
    state[(extract > 0) & (feed > 0)] = "both"
    state[(extract == 0) & (feed > 0)] = "feed_only"
    state[(extract > 0) & (feed == 0)] = "extract_only"
    grid = pd.DataFrame({"route_ratio": extract / feed.where(feed > 0), "state": state}).reset_index()
    grid["reference_index"] = _reference_index(evidence, keys, judged.before)
    return grid


def _of(frame: pd.DataFrame, population: str) -> pd.DataFrame:
    return frame[frame["population"] == population]


def _rows(frame: pd.DataFrame, study: Study, keys: pd.MultiIndex) -> "pd.Series[int]":
    labelled = frame.assign(arm=frame["practice"].map(study.arm_of))
    return labelled.groupby(["stream", "arm", "month"])["rows"].sum().reindex(keys, fill_value=0)


def _reference_index(evidence: DataEvidence, keys: pd.MultiIndex, before: tuple[str, ...]) -> "np.ndarray":
    """Rows a person-month of the not-eligible over their usual rate in that calendar month, in the order of `keys`."""
    table = _rows(_of(evidence.feed, "not_eligible"), evidence.study, keys).reset_index()
    theirs = _of(evidence.population, "not_eligible")
    time = theirs.assign(arm=theirs["practice"].map(evidence.study.arm_of)).groupby(["arm", "month"], as_index=False)
    table = table.merge(time["person_months"].sum(), on=["arm", "month"], how="left")
    table["rate"] = table["rows"] / table["person_months"].where(table["person_months"] > 0)
    table["season"] = table["month"].str[5:]
    place = ["stream", "arm", "season"]
    baseline = table[table["month"].isin(before)].groupby(place)["rate"].mean().rename("usual").reset_index()
    usual = table.merge(baseline, on=place, how="left")["usual"]
    return (table["rate"] / usual.where(usual > 0)).to_numpy()
