"""The page on people served, and attrition between the arms: open, blocked, not evaluated, and small numbers."""

from pathlib import Path
from typing import Any

import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_cohorts import cohorts
from unit.reports.example_result import estimate, paid

from pipeline.errors import InternalError
from pipeline.result import validated
from reports.disclosure import undisclosed_counts
from reports.figures import around_referral, draw_all
from reports.pages import other_ways_page, served_page, who_page
from reports.render import render


def open_run() -> dict[str, Any]:
    row = estimate("all", -467.0, 280.0) | {
        "population": "engaged",
        "name": "People engaged, against comparators",
        "note": "how",
    }
    return paid() | {"cohorts": cohorts(), "alternatives": [row]}


def words(result: dict[str, Any], page: Any = served_page) -> str:
    return str(page.section(result, draw_all(result)).plain())


def test_an_open_run_shows_every_answer_and_says_that_none_is_paid() -> None:
    said = words(open_run())
    for text in ("Nothing on this page is what is paid", "−700", "−467", "All eligible people (the paid figure)", "−120",
                 "not estimated: fewer than 8 people", "Women", "Register OST (not weighted on)", "62%"):  # fmt: skip
        assert text in said, text
    assert validated(open_run())
    assert undisclosed_counts(open_run()) == []


def test_figures_of_people_served_stand_on_their_own_page_only() -> None:
    assert "−467" not in words(open_run(), other_ways_page)


def test_small_numbers_are_stars_and_nobody_is_a_dash() -> None:
    result = open_run()
    section = served_page.section(result, {})
    table = next(b for b in section.blocks if getattr(b, "caption", "").startswith("People referred beside"))
    assert table.rows[1][5] == "*"
    result["cohorts"]["selection"][0]["people_by_group"]["high_engaged"] = 0
    section = served_page.section(result, {})
    table = next(b for b in section.blocks if getattr(b, "caption", "").startswith("People referred beside"))
    assert table.rows[1][5] != "*"
    assert "'*', '*'" in words(open_run(), who_page)  # the share of people without a date of birth


def test_a_small_count_left_in_is_found() -> None:
    for path in (("served", "states", 0, "intervention"), ("selection", 0, "people_by_group", "referred")):
        result = open_run()
        node: Any = result["cohorts"]
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = 3
        assert undisclosed_counts(result)


def test_a_closed_gate_shows_nothing_after_launch(tmp_path: Path) -> None:
    blocked = kinds.blocked() | {"cohorts": cohorts() | {"served": None}}
    said = words(blocked)
    assert "because a gate is closed" in said
    assert "before launch" in said
    assert "because a gate is closed" in words(blocked, who_page)
    with pytest.raises(InternalError, match="gate is closed"):
        render(kinds.blocked() | {"cohorts": cohorts()}, tmp_path)


def test_an_earlier_year_s_gate_is_named() -> None:
    result = open_run()
    served = {key: result["cohorts"]["served"][key] for key in ("states", "compared", "sentence")}
    result["cohorts"]["served"] = served | {"why_not": "The data gate for 2015-16 is shut."}
    assert "not evaluated. The data gate for 2015-16 is shut" in words(result)
    assert "died before the year" in words(result, who_page).lower()


def test_an_open_cohort_is_told_where_it_is_declared() -> None:
    result = open_run()
    assert "re-based" not in words(result, who_page)
    result["cohorts"]["served"]["open_cohort"] = {
        "at": "2018-03-31", "sha256": "ab" * 32, "heads": {"intervention": 15200, "control": "*"},
        "compared": result["cohorts"]["served"]["compared"],
    }  # fmt: skip
    said = words(result, who_page)
    assert "31 March 2018 it held 15,200 heads in the intervention and * in the control" in said


def test_the_figure_says_what_it_shows_or_is_not_there() -> None:
    drawing = around_referral(open_run())
    assert drawing is not None
    assert "dear spell" in drawing.title
    assert "£160" in drawing.alt
    assert around_referral(paid()) is None
    flat = open_run()
    for row in flat["cohorts"]["served"]["path"]:
        row["referred"] = 100.0
    drawing = around_referral(flat)
    assert drawing is not None
    assert "dear spell" not in drawing.title


def test_it_typesets(tmp_path: Path) -> None:
    written = render(open_run(), tmp_path)
    assert tmp_path / "figures" / "around_referral.svg" in written
