"""Gathering on the engine, and the grid for the report: what it shows and what it must not."""

import ibis
import pandas as pd
import pytest

from pipeline.assurance.evidence import eligible_people, study_feed, study_population, wider_pool
from pipeline.assurance.grid import completeness_grid
from pipeline.store import Store


def table(store: Store, folder, name: str, rows: list[dict]):
    pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet")
    return store.con.read_parquet(folder / f"{name}.parquet")


CELL = {
    "practice": "A80001", "month": "2015-04", "stream": "ae", "pod": "ae", "department_type": "01", "provider": "ZT1",
    "population": "all", "age_band": "0-39", "rows": 2, "rows_linked": 1, "people_with_activity": 1, "cost_pence": 100,
    "unpriced_rows": 1,
}  # fmt: skip


def test_age_bands_and_departments_add_up_and_strangers_stay_out(store: Store, tmp_path, study) -> None:
    feed = table(
        store, tmp_path, "feed",
        [CELL, CELL | {"age_band": "75+", "department_type": "03", "cost_pence": None}, CELL | {"practice": "Z99999"},
         CELL | {"month": "2030-01"}],
    )  # fmt: skip
    (row,) = study_feed(feed, study).execute().to_dict("records")
    assert row == {
        "practice": "A80001", "month": "2015-04", "stream": "ae", "provider": "ZT1", "population": "all",
        "rows": 4, "rows_linked": 2, "cost_pence": 100, "unpriced_rows": 2,
    }  # fmt: skip
    people = {"practice": "A80001", "month": "2015-04", "population": "all", "person_months": 5, "deaths": 1}
    counted = study_population(table(store, tmp_path, "people", [people, people, people | {"practice": "Z99999"}]), study)
    assert counted.execute()["person_months"].tolist() == [10]


def test_what_was_not_filled_is_null_and_not_none(store: Store, tmp_path, study) -> None:
    """ROWS_LINKED, DEATHS and PEOPLE_WITH_ACTIVITY are optional: taken for 0 they would look like a fault, or hide one."""
    empty = {"rows_linked": None, "people_with_activity": None}
    feed = table(store, tmp_path, "feed", [CELL | empty]).cast(dict.fromkeys(empty, "int64"))
    assert study_feed(feed, study).execute()["rows_linked"].isna().all()
    assert eligible_people(feed.mutate(population=ibis.literal("eligible")), study).execute().empty
    people = {"practice": "A80001", "month": "2015-04", "population": "all", "person_months": 5, "deaths": None}
    told = table(store, tmp_path, "people", [people]).cast({"deaths": "int64"})
    assert study_population(told, study).execute()["deaths"].isna().all()


def test_people_with_activity_are_added_over_age_bands_only(store: Store, tmp_path, study) -> None:
    mine = CELL | {"population": "eligible", "people_with_activity": 3}
    feed = table(store, tmp_path, "feed", [mine, mine | {"age_band": "75+"}, mine | {"department_type": "03"}, CELL])
    counted = eligible_people(feed, study).execute().set_index("department_type")["people"]
    assert counted.to_dict() == {"01": 6, "03": 3}


def test_the_wider_pool_is_gathered_before_launch_only(store: Store, tmp_path, study) -> None:
    wide = study.model_copy(
        update={"arms": study.arms.model_copy(update={"wider": ["A80201"]}), "areas": study.areas | {"area-01": ["A80201"]}}
    )
    theirs = CELL | {"practice": "A80201"}
    people = {"practice": "A80201", "population": "all", "person_months": 9}
    feed = table(store, tmp_path, "feed", [theirs | {"month": "2015-03"}, theirs])
    time = table(store, tmp_path, "time", [people | {"month": "2015-03"}, people | {"month": "2015-04"}])
    pool = wider_pool(feed, time, wide)
    assert pool is not None
    assert pool[["area", "month", "rows", "person_months"]].to_dict("records") == [
        {"area": "area-01", "month": "2015-03", "rows": 2, "person_months": 9}
    ]
    assert wider_pool(feed, time, study) is None


def test_the_grid_shows_ratios_and_the_reference_only(town, damage, control_ae) -> None:
    late = lambda f: control_ae(f) & (f["month"] >= "2016-04")  # noqa: E731
    broken = damage(town, "extract", late, rows=0)
    broken = damage(broken, "feed", lambda f: late(f) & (f["population"] == "not_eligible"), rows=0.5)
    grid = completeness_grid(broken, "2016-17").set_index(["stream", "arm", "month"])
    assert len(grid) == 3 * 2 * 48
    assert list(grid.columns) == ["route_ratio", "state", "reference_index"]
    assert grid.loc[("ae", "control", "2016-04"), "state"] == "feed_only"
    assert grid.loc[("ae", "control", "2016-04"), "route_ratio"] == 0
    # providers' 54 and 18 rows a practice-month halve to 27 and 9: half of the usual
    assert grid.loc[("ae", "control", "2016-04"), "reference_index"] == pytest.approx(0.5)
    assert grid.loc[("ae", "control", "2016-03"), "reference_index"] == pytest.approx(1)
    assert set(grid.loc["op"]["state"]) == {"both"}


def test_the_grid_does_not_move_with_the_eligibles_use_after_launch(town, damage) -> None:
    late = lambda f: f["month"] >= "2015-04"  # noqa: E731
    other = damage(town, "extract", late, rows=3)
    other = damage(other, "feed", lambda f: late(f) & (f["population"] == "eligible"), rows=3)
    pd.testing.assert_frame_equal(completeness_grid(other, "2016-17"), completeness_grid(town, "2016-17"))
