"""Figures: message, text alternative, one look an arm, and nothing but what the result holds."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_result import paid

from reports import figures
from reports.figures.drawing import ARM_STYLES
from reports.figures.waterfall import _label

NAMES = ["how_sure", "completeness", "cost_per_head", "event_study", "waterfall"]


@pytest.fixture(scope="module", params=["paid", "holds_zero", "below_threshold", "blocked"])
def drawn(request: pytest.FixtureRequest) -> dict[str, figures.Drawing]:
    return figures.draw_all(kinds.every_kind()[request.param])


def test_an_open_run_fills_every_figure() -> None:
    assert list(figures.draw_all(paid())) == NAMES


def test_titles_are_sentences_and_alternatives_say_more(drawn: dict[str, figures.Drawing]) -> None:
    for drawing in drawn.values():
        assert drawing.title[0].isupper()
        assert drawing.title.endswith("."), drawing.name
        assert len(drawing.title.split()) >= 7, drawing.name
        assert len(drawing.alt) > len(drawing.title), drawing.name
        assert re.search(r"\d", drawing.alt), f"{drawing.name}: a text alternative without a number says nothing"


def test_svg_names_itself_and_carries_no_date(drawn: dict[str, figures.Drawing]) -> None:
    for drawing in drawn.values():
        root = ElementTree.fromstring(drawing.svg)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == drawing.alt
        assert root[0].text == drawing.title
        assert "<dc:date>" not in drawing.svg


def test_arms_differ_without_colour_and_in_grey() -> None:
    styles = list(ARM_STYLES.values())
    assert len({style.line for style in styles}) == len({style.marker for style in styles}) == len(styles)

    def lightness(colour: str) -> float:
        # relative luminance weights of WCAG 2.x, without its gamma: enough to tell greys apart
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255

    intervention, control = ARM_STYLES["intervention"].colour, ARM_STYLES["control"].colour
    assert abs(lightness(intervention) - lightness(control)) > 0.2


def test_completeness_names_what_was_not_delivered() -> None:
    said = figures.completeness(kinds.blocked())
    assert said is not None
    assert said.title == (
        "A&E of the control is empty in extract and feed between April 2015 and March 2019: not delivered, not a change in "
        "care."
    )
    whole = figures.completeness(paid())
    assert whole is not None
    assert whole.title == "The extract holds the feed's rows in every stream and arm: 99.9% in every month."


def test_completeness_names_a_partial_loss() -> None:
    result = paid()
    for row in result["data"]["completeness"]:
        if (row["stream"], row["arm"], row["month"]) == ("op", "intervention", "2017-05"):
            row["route_ratio"] = 0.4
    said = figures.completeness(result)
    assert said is not None
    assert said.title == (
        "Outpatients of the intervention holds only 40.0% of the feed's rows in May 2017: not delivered, not a change in care."
    )


def test_waterfall_tells_every_clause() -> None:
    said = figures.waterfall(paid())
    assert said is not None
    assert "the measured difference of £1,800,000 becomes £630,000.00" in said.title
    assert "Clause 7.3 changes nothing; clause 7.2 changes it by −£1,170,000.00; clause 7.5 changes nothing." in said.alt


def test_clauses_that_change_nothing_share_a_row() -> None:
    assert _label({"clause": "7.2", "says": "35% of the saving is paid"}) == "clause 7.2: 35% of the\nsaving is paid"
    result = paid()
    with_idle = figures.waterfall(result)
    result["payment"]["clauses"] = [step for step in result["payment"]["clauses"] if step["clause"] == "7.2"]
    without = figures.waterfall(result)
    assert with_idle is not None
    assert without is not None
    rows = [svg.count('id="ytick_') for svg in (with_idle.svg, without.svg)]
    # measured, clause 7.2, what changes nothing (7.3 and 7.5 together), owed; and the same without the idle two
    assert rows == [4, 3]


def test_how_sure_has_zero_threshold_and_target_on_one_line() -> None:
    said = figures.how_sure(paid())
    assert said is not None
    assert "zero at £0, threshold at £43, target at £86" in said.alt
    assert "£120" in said.alt


def test_known_breaks_are_marked_and_said() -> None:
    result = paid()
    result["study"]["known_breaks"] = [{"month": "2017-04", "what": "HRG4+"}]
    said = figures.cost_per_head(result)
    assert said is not None
    assert "Known breaks: HRG4+ in April 2017." in said.alt


def test_nothing_to_draw_is_no_figure() -> None:
    result = kinds.blocked()
    result["series"] |= {"cost_per_head": [], "event_study": []}
    result["data"]["completeness"] = []
    assert figures.draw_all(result) == {}


def test_a_blocked_run_draws_nothing_after_launch() -> None:
    drawn = figures.draw_all(kinds.blocked())
    assert list(drawn) == ["completeness", "cost_per_head", "event_study"]
    for name in ("cost_per_head", "event_study"):
        assert "nothing after launch is shown" in drawn[name].title
        assert "After launch the" not in drawn[name].alt
