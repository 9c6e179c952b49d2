"""The trusts' return of a village: its feed's A&E rows, all people of all practices, plus patients from elsewhere."""

from pathlib import Path

import pytest
from rehearsal_files import all_years

from pipeline.rehearsal.feed_cells import Elsewhere
from pipeline.rehearsal.layout_trust_return import ELSEWHERE, table
from pipeline.rehearsal.world import World

CELL = ["PROVIDER", "MONTH", "DEPT_TYPE"]


def test_the_feed_of_the_delivered_files_is_its_known_part(village: Path, village_world: World, elsewhere: Elsewhere) -> None:
    stated = table(village_world, elsewhere).to_pandas().set_index(CELL)["ATTENDANCES"]
    assert stated.index.is_unique
    assert len(stated) == 3 * 108 * 2
    feed = all_years(village, "practice_activity")
    feed = feed[(feed["POD"] == "ae") & (feed["POPULATION"] == "all")].astype({"DEPT_TYPE": str})
    feed["DEPT_TYPE"] = feed["DEPT_TYPE"].str.replace(".0", "", regex=False).str.zfill(2)
    rows = feed.groupby(CELL)["ROWS"].sum().reindex(stated.index, fill_value=0)
    assert (stated >= rows).all()
    from_elsewhere = int((stated - rows).sum())
    expected = int(rows.sum()) * ELSEWHERE / (1 - ELSEWHERE)
    assert from_elsewhere == pytest.approx(expected, abs=5 * expected**0.5)  # Poisson


def test_the_same_city_returns_the_same(village_world: World, elsewhere: Elsewhere) -> None:
    assert table(village_world, elsewhere).equals(table(village_world))
