"""Figures: message, text alternative, one look an arm, and nothing but what the result holds."""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_result import finding, paid

from reports import figures
from reports.figures.completeness_words import gaps, there
from reports.figures.drawing import ARM_STYLES
from reports.figures.waterfall import _label

NAMES = ["how_sure", "completeness", "cost_per_head", "parts", "event_study", "waterfall"]


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


def changed(stream: str, arm: str, first: str, last: str, **cells: Any) -> dict[str, Any]:
    """The paid example with these cells in these months."""
    result = paid()
    for row in result["data"]["completeness"]:
        if (row["stream"], row["arm"]) == (stream, arm) and first <= row["month"] <= last:
            row |= cells
    return result


def said_of(result: dict[str, Any]) -> figures.Drawing:
    drawing = figures.completeness(result)
    assert drawing is not None
    return drawing


def test_completeness_names_a_partial_loss() -> None:
    drawing = said_of(changed("op", "intervention", "2017-05", "2017-05", route_ratio=0.4))
    assert drawing.title == (
        "Outpatients of the intervention holds only 40.0% of the feed's rows in May 2017: not delivered, not a change in care."
    )
    assert "Outpatients of the intervention: 60% not delivered in May 2017;" in drawing.alt


def test_completeness_says_which_route_lacks_the_rows() -> None:
    # 1 / 0.7 extract rows for every row of the feed: the feed holds 70% of what is expected
    drawing = said_of(changed("ae", "control", "2015-04", "2019-03", route_ratio=1 / 0.7))
    title = "The feed lacks up to 30.0% of the extract's rows in A&E of the control between April 2015 and March 2019."
    assert drawing.title == title
    alone = said_of(changed("ae", "control", "2018-12", "2018-12", route_ratio=None, state="extract_only"))
    assert "The feed lacks up to 100.0% of the extract's rows in A&E of the control in December 2018." in alone.title
    assert "A&E of the control: nothing in the feed in December 2018;" in alone.alt


def test_completeness_gives_ink_in_proportion_to_what_is_there() -> None:
    ratios = [(1.0, "both"), (0.997, "both"), (0.8, "both"), (1.25, "both")]
    ratios += [(0.0, "feed_only"), (None, "extract_only"), (None, "neither")]
    found = [there({"month": "2018-04", "route_ratio": ratio, "state": state}) for ratio, state in ratios]
    assert [share for share, _ in found] == pytest.approx([1, 0.997, 0.8, 0.8, 0, 0, 0])
    assert [lacks for _, lacks in found] == ["nothing", "nothing", "extract", "feed", "extract", "feed", "both"]


def test_months_that_lack_rows_in_different_places_are_different_gaps() -> None:
    ratios = {"2018-03": 1.0, "2018-04": 0.9, "2018-05": 0.7, "2018-06": 2.0, "2018-08": 0.5}
    found = gaps([{"month": month, "route_ratio": ratio} for month, ratio in ratios.items()])
    assert [(gap.first, gap.last, gap.label) for gap in found] == [
        ("2018-04", "2018-05", "30% not delivered"),
        ("2018-06", "2018-06", "50% not in the feed"),
        ("2018-08", "2018-08", "50% not delivered"),
    ]


def test_completeness_outlines_what_the_checks_object_to_and_not_what_is_undecided() -> None:
    result = paid()
    linked = finding("linkage", "fail", "x", stream="op", arm="control", first_month="2018-04", last_month="2018-06")
    result["gates"]["data"]["findings"] += [
        linked,
        linked | {"check": "pricing", "first_month": "2018-07", "last_month": "2018-09"},
        linked | {"check": "reference", "verdict": "undetermined", "first_month": "2016-04", "last_month": "2016-09"},
        linked | {"first_month": None, "last_month": None},
    ]
    drawing = said_of(result)
    assert drawing.title == (
        "Extract and feed agree in every month, yet the checks object to outpatients of the control between April 2018 and "
        "September 2018: rows linked to a person."
    )
    assert drawing.alt.count("findings outlined") == 1
    assert len(drawing.svg) > len(said_of(paid()).svg)


def test_completeness_tells_of_people_not_eligible_where_one_arm_leaves_its_usual() -> None:
    low = changed("ae", "control", "2018-04", "2019-03", reference_ratio=0.7)
    assert said_of(low).title == (
        "Extract and feed agree in every month, yet people not eligible have 70% of their usual rows in A&E of the control in "
        "2018-19."
    )
    for row in low["data"]["completeness"]:  # both arms alike: no difference between them
        if row["stream"] == "ae" and row["month"] >= "2018-04":
            row["reference_ratio"] = 0.7
    assert said_of(low).title.startswith("The extract holds the feed's rows")


def test_completeness_marks_launch_known_breaks_and_shows_no_count() -> None:
    result = paid()
    plain = said_of(result).svg
    result["study"]["known_breaks"] = [{"month": "2017-04", "what": "HRG4+"}, {"month": "2017-10", "what": "ECDS"}]
    marked = said_of(result)
    assert "HRG4+" in marked.svg
    assert "HRG4+" not in plain
    assert "launch" in plain
    assert "Known breaks: HRG4+ in April 2017; ECDS in October 2017." in marked.alt


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


def test_the_parts_say_which_way_each_goes() -> None:
    drawing = figures.draw_all(paid())["parts"]
    assert drawing.title == (
        "The measured difference of £120 a head is fewer contacts (£145), contacts of dearer kinds (−£15) and dearer "
        "contacts of the same kind (−£10)."
    )
    assert "how many contacts £105 to £185" in drawing.alt
    assert "all together £40 to £200" in drawing.alt


def test_parts_without_an_interval_are_drawn_without_one() -> None:
    result = paid()
    for row in [result["saving"], *result["decomposition"]["rows"]]:
        row |= {"gbp_per_head_low": None, "gbp_per_head_high": None}
    assert figures.draw_all(result)["parts"].alt.endswith("95% intervals, £ a head: refused.")
