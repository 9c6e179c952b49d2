"""What a stream's step comes to, all told: by hand in a town of whole numbers, and by simulation against a known loss."""

import numpy as np
import pytest
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic import steps
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted
from pipeline.assurance.arithmetic.pounds import Range
from pipeline.assurance.feed import mix, places, reference
from pipeline.assurance.feed.carried_over import carried_over, told

WINDOW = window_of("2016-17")
THEIRS = POPULATIONS.index("not_eligible")


def control_cost(stream: str) -> float:
    return VALUE.cost[stream, "control"] * VALUE.heads["intervention"]


def late(counts: Counted) -> "np.ndarray":
    return np.array([month >= "2015-04" for month in counts.months])


def test_a_known_loss_lies_inside_its_range_nineteen_times_in_twenty() -> None:
    """200 cities that lose 20% of the control's A&E: 190 ranges would hold its pounds, fewer than 179 in one of 1,000."""
    rng = np.random.default_rng(11)
    truth = -0.2 * control_cost("ae")
    ranges = [
        carried_over(until(lose(city(rng), 0.2, stream="ae"), WINDOW), window=WINDOW, value=VALUE)["ae"] for _ in range(200)
    ]
    held = sum(one.low <= truth <= one.high for one in ranges)
    assert held >= 179
    # and the values in the middle are off by no more than their Monte Carlo error
    points = np.array([one.point for one in ranges])
    assert abs(points.mean() - truth) < 4 * points.std(ddof=1) / len(points) ** 0.5


def test_rows_that_only_change_their_kind_at_the_same_cost_come_to_little() -> None:
    """Half of the control's day cases stand as elective stays from launch, with the pence they had."""
    rng = np.random.default_rng(12)
    clean = until(city(rng), WINDOW)
    before = carried_over(clean, window=WINDOW, value=VALUE)["apc"]
    day, stay = (next(k for k, kind in enumerate(clean.kinds) if kind.pod == pod) for pod in ("day_case", "elective"))
    at = np.ix_([THEIRS], np.flatnonzero(clean.control), np.flatnonzero(late(clean)))
    for figure in (clean.rows, clean.cost_pence):
        moved = np.round(figure[at][..., day, :] / 2)
        figure[(*at, day)] -= moved
        figure[(*at, stay)] += moved
    after = carried_over(clean, window=WINDOW, value=VALUE)["apc"]
    assert after.point == pytest.approx(before.point, abs=1)


def test_what_moves_every_stream_alike_cancels() -> None:
    """All of the control's contacts half as many from launch: beside one another no stream has moved."""
    counts = until(city(np.random.default_rng(13)), WINDOW)
    calm = carried_over(counts, window=WINDOW, value=VALUE)
    at = np.ix_([THEIRS], np.flatnonzero(counts.control), np.flatnonzero(late(counts)))
    counts.rows[at] /= 2
    counts.cost_pence[at] /= 2
    halved = carried_over(counts, window=WINDOW, value=VALUE)
    for stream, worth in halved.items():
        assert abs(worth.point) < abs(calm[stream].point) + 0.1 * control_cost(stream)


def test_streams_without_cost_or_company_are_left_out() -> None:
    counts = until(city(np.random.default_rng(14)), WINDOW)
    counts.cost_pence[:, :, :, counts.of_stream("op")] = 0
    assert set(carried_over(counts, window=WINDOW, value=VALUE)) == {"apc", "ae"}
    counts.rows[:, :, :, ~counts.of_stream("ae")] = 0
    assert "ae" not in carried_over(counts, window=WINDOW, value=VALUE)


def test_a_step_that_comes_to_nothing_material_informs() -> None:
    step = steps.Step("ae", "kinds", True, 0.2, 0.01, 20.0, {"intervention": 13, "control": 11}, "control")
    tested = steps.Tested(step, Range(-500_000.0, -600_000.0, -400_000.0), "fail", 10_000.0)
    small = Range(0.0, -VALUE.materiality_gbp / 2, VALUE.materiality_gbp / 2)
    assert told(tested, {"ae": small}, VALUE) == ("inform", small)
    large = Range(-2 * VALUE.materiality_gbp, -3 * VALUE.materiality_gbp, 0.0)
    assert told(tested, {"ae": large}, VALUE) == ("fail", large)
    assert told(tested, {}, VALUE) == ("fail", tested.worth)


def test_every_check_of_the_feed_tells_the_same_pounds() -> None:
    """A kind lost is fewer rows, a place that fell and another mix: one fault, one figure."""
    counts = until(lose(city(np.random.default_rng(15)), 0.8, stream="apc", departments=("day_case",)), WINDOW)
    carried = carried_over(counts, window=WINDOW, value=VALUE)
    found = [
        *reference.check(counts, None, window=WINDOW, value=VALUE, carried=carried),
        *places.check(counts, window=WINDOW, value=VALUE, carried=carried),
        *mix.check(counts, window=WINDOW, value=VALUE, carried=carried),
    ]
    said = {f.saving_effect_gbp for f in found if f.verdict in ("fail", "inform") and f.arm and f.stream == "apc"}
    assert len(said) == 1
    assert len({f.check for f in found if f.saving_effect_gbp in said}) >= 2
