"""A village in which every common break happened, from deliveries to the data gate of its last contract year.

Belongs here: that breaks by themselves shut nothing, that the aggregates' prices are the study's to the penny, and that the
recorded breaks are judged. Does not belong here: what a break does to files (tests/unit/rehearsal/test_breaks_*).
"""

import json
from pathlib import Path

import pandas as pd
import pytest
from broken_villages import every_file
from village_runs import here

YEAR = "2018-19"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village's study folder, received and run."""
    folder = tmp_path_factory.mktemp("breaks") / "study"
    assert here("rehearse", folder, "--scale", "0.03", "--break", "all").code == 0
    assert here("receive", folder / "deliveries", "--study", folder).code == 0
    said = here("run", "--study", folder, "--until", "data", "--year", YEAR)
    assert said.code == 0, said.err[-2000:] + said.out[-2000:]
    return folder


def findings(folder: Path) -> list[dict]:
    (path,) = (folder / "store" / "verdicts").glob(f"data-{YEAR}*.json")
    return json.loads(path.read_text())["verdict"]["findings"]


def snapshot(folder: Path, name: str) -> pd.DataFrame:
    (path,) = (folder / "store" / "snapshots" / name).glob("*.parquet")
    return pd.read_parquet(path)


def test_breaks_alone_shut_no_gate(broken: Path) -> None:
    assert [f["message"] for f in findings(broken) if f["verdict"] in ("fail", "not_evaluated")] == []


def test_rows_and_pence_of_both_routes_are_the_same(broken: Path) -> None:
    """The aggregates were valued by the rehearsal, the extract by the study: by means from April 2017 on, to the penny."""
    grain = ["practice", "month", "stream", "provider"]
    extract = snapshot(broken, "sealed_extract").groupby(grain)[["rows", "cost_pence", "unpriced_rows"]].sum()
    feed = every_file(broken, "practice_activity-")
    feed = feed[(feed["POPULATION"] == "eligible") & (feed["PRACTICE_CODE"] < "A80200")]
    stream = feed["POD"].map(lambda pod: "ae" if pod == "ae" else "op" if pod.startswith("op_") else "apc")
    pence = feed["COST_GBP"].astype(str).str.replace(".", "").replace("None", "0").astype(int)
    sent = feed.assign(stream=stream, cost_pence=pence, rows=feed["ROWS"], unpriced_rows=feed["UNPRICED_ROWS"])
    sent = sent.rename(columns={"PRACTICE_CODE": "practice", "MONTH": "month", "PROVIDER": "provider"})
    sent = sent.groupby(grain)[["rows", "cost_pence", "unpriced_rows"]].sum().astype("int64")
    pd.testing.assert_frame_equal(extract.sort_index(), sent.sort_index(), check_names=False)
    assert len(sent) > 5000
    assert extract["unpriced_rows"].sum() == 0


def test_years_of_the_other_grouper_rest_on_means(broken: Path) -> None:
    states = snapshot(broken, "priced_admitted_care").groupby("financial_year")["price_state"].value_counts(normalize=True)
    assert "priced" not in states["2018-19"], "no code of that year is looked up, not even one that stands in both groupers"
    assert states["2016-17"]["priced"] > 0.95


def test_attendances_come_from_the_declared_feed(broken: Path) -> None:
    seen = snapshot(broken, "attendances")
    from_ecds = seen["attendance_key"].str.startswith("ecds:")
    begins = seen["provider"].map({"ZT1": "2017-10", "ZT2": "2018-04", "ZT3": "9999-99"})
    assert (from_ecds == (seen["month"] >= begins)).all()
    assert from_ecds.sum() > 500


def test_every_recorded_break_is_judged_as_it_is_and_at_one_mix(broken: Path) -> None:
    found = [f for f in findings(broken) if f["check"] == "known_breaks" and f["stream"]]
    months = ["2015-04", "2016-04", "2016-10", "2017-04", "2017-09", "2017-10", "2018-04", "2018-05", "2018-06"]
    assert sorted({f["first_month"] for f in found}) == months
    assert len(found) == len(months) * 3 * 2, "three streams, rows and cost"
    for finding in found:
        assert "as delivered" in finding["message"]
        assert "at one mix of providers and departments" in finding["message"]


def test_who_opted_out_is_said_and_no_row_lost_against_the_trusts_return(broken: Path) -> None:
    """3% of people from May 2018 on, and their rows with them: at as many people as before the feed holds what it held."""
    (said,) = [f for f in findings(broken) if f["check"] == "known_breaks" and not f["stream"]]
    assert (said["verdict"], said["first_month"]) == ("inform", "2018-05")
    assert "the feed counts 3.0% fewer people" in said["message"]
    found = [f for f in findings(broken) if f["check"] == "trust_return"]
    assert found
    assert {f["verdict"] for f in found} <= {"pass", "undetermined"}
