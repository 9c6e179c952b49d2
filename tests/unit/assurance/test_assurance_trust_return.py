"""The trusts' return. In the town of conftest ZT1 returns 1,000 attendances a month, 660 in the feed; ZT2 400 and 220."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.feed.return_shares import share_steps
from pipeline.assurance.feed.trust_return import returned
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import window
from pipeline.store import Store


def told(town, year: str = "2016-17") -> list[Finding]:
    return [f for f in assess_data(town, year) if f.check == "trust_return"]


def losing(returns: pd.DataFrame, where, times: float) -> pd.DataFrame:
    out = returns.copy()
    picked = where(out)
    assert picked.any()
    out.loc[picked, "rows"] = (out.loc[picked, "rows"] * times).round().astype("int64")
    return out


def test_the_town_passes(town) -> None:
    assert [f.verdict for f in told(town)] == ["pass"]


def test_rows_lost_before_both_routes_fail_with_provider_months_and_range(town) -> None:
    from_october = lambda f: (f["provider"] == "ZT1") & (f["month"] >= "2016-10")  # noqa: E731
    found = told(replace(town, returns=losing(town.returns, from_october, 0.9)))
    (fault,) = [f for f in found if f.verdict == "fail"]
    assert (fault.provider, fault.first_month, fault.last_month) == ("ZT1", "2016-10", "2017-03")
    # 66 of 660 rows for half a year: 5% of ZT1's rows, which are three quarters of either arm's A&E of £96. Even over all:
    # nothing between equal arms; all of them the control's (5/11 of the provider's rows): 0.05 x 11/5 x 3/4 of £96 x 600; all
    # of them the intervention's (6/11): 0.05 x 11/6 x 3/4
    assert fault.saving_effect_gbp == pytest.approx(0, abs=0.01)
    assert fault.saving_effect_gbp_low == pytest.approx(-0.05 * 11 / 5 * 0.75 * 96 * 600)
    assert fault.saving_effect_gbp_high == pytest.approx(0.05 * 11 / 6 * 0.75 * 96 * 600)
    assert "ZT1" in (fault.question_for_supplier or "")
    assert [f.verdict for f in found if "ZT2" in f.message] == ["pass"]


def test_rows_counted_twice_are_a_step_up(town) -> None:
    year = lambda f: (f["provider"] == "ZT2") & (f["month"] >= "2016-04")  # noqa: E731
    fault = next(f for f in told(replace(town, returns=losing(town.returns, year, 1.1))) if f.verdict == "fail")
    assert "more rows" in fault.message
    assert "loaded twice" in (fault.question_for_supplier or "")


def test_a_small_step_informs(town) -> None:
    month = lambda f: (f["provider"] == "ZT2") & (f["month"] == "2016-06")  # noqa: E731
    fault = told(replace(town, returns=losing(town.returns, month, 0.9)))[0]
    # 22 of 2,640 rows: 0.83% x 11/5 x 1/4 of £57,600 is £264, below £1,000
    assert (fault.verdict, fault.first_month, fault.last_month) == ("inform", "2016-06", "2016-06")


def test_a_loss_of_one_department_type_is_named(town) -> None:
    both = pd.concat([town.returns, town.returns.assign(department_type="03", attendances=100, rows=60)], ignore_index=True)
    minor = lambda f: (f["provider"] == "ZT1") & (f["department_type"] == "03") & (f["month"] >= "2016-04")  # noqa: E731
    fault = told(replace(town, returns=losing(both, minor, 0.0)))[0]
    assert "Nearly all of it lies in A&E of department type 03" in fault.message


def test_a_fall_of_attendances_that_both_count_is_none(town) -> None:
    fewer = town.returns.copy()
    late = fewer["month"] >= "2016-04"
    fewer.loc[late, ["rows", "attendances"]] //= 2
    assert {f.verdict for f in told(replace(town, returns=fewer))} == {"pass"}


def test_absent_it_informs_and_too_short_it_is_not_evaluated(town) -> None:
    assert [f.verdict for f in told(replace(town, returns=None))] == ["inform"]
    short = town.returns[town.returns["month"] >= "2014-10"]
    assert [f.verdict for f in told(replace(town, returns=short))] == ["not_evaluated"]


def noisy(study, rng: np.random.Generator, lost: float, drift: float = 0.0) -> pd.DataFrame:
    """Three providers of 2,000 rows a month and Poisson patients from elsewhere; `drift` moves the share from year to year."""
    rows = []
    for provider in ("ZT1", "ZT2", "ZT3"):
        for year in range(2013, 2017):
            shift = np.exp(rng.normal(0, drift))
            for month in [f"{year}-{m:02d}" for m in range(4, 13)] + [f"{year + 1}-{m:02d}" for m in range(1, 4)]:
                here = int(rng.poisson(2000))
                elsewhere = int(rng.poisson(350 * shift))
                kept = round(here * (1 - lost)) if provider == "ZT1" and month >= "2016-04" else here
                rows.append((provider, month, "01", here + elsewhere, kept))
    return pd.DataFrame(rows, columns=["provider", "month", "department_type", "attendances", "rows"])


def test_clean_returns_stay_quiet_and_six_per_cent_lost_are_always_seen(study) -> None:
    rng, judged = np.random.default_rng(11), window(study, "2016-17")
    clean = [share_steps(noisy(study, rng, 0.0), judged) for _ in range(100)]
    assert sum(step.is_beyond for steps in clean for step in steps) <= 1  # 0.04 expected
    hurt = [share_steps(noisy(study, rng, 0.06), judged) for _ in range(40)]
    assert all(steps[0].is_beyond and steps[0].provider == "ZT1" for steps in hurt)


def test_the_step_is_that_of_the_shares_and_its_error_that_of_quarters(study) -> None:
    """By hand: shares of quarters 0.8 +- 0.01 in turn; the year at 0.76 lost 5%, error 0.0107 x (1/4 + 1/8)^0.5."""
    judged = window(study, "2016-17")
    months = list(judged.watched)
    rows = [(800 + (10 if m // 3 % 2 else -10)) if month < "2015-04" else 760 for m, month in enumerate(months)]
    frame = pd.DataFrame({"provider": "ZT1", "month": months, "department_type": "01", "attendances": 1000, "rows": rows})
    (step,) = share_steps(frame, judged)
    assert step.lost == pytest.approx(0.05)
    deviation = 0.01 * (8 / 7) ** 0.5  # standard deviation of four at +0.01 and four at -0.01, less one degree
    t = float(step.reach * 0.8 / (deviation * (1 / 4 + 1 / 8) ** 0.5))
    # Student's t with 7 degrees of freedom in closed form (Abramowitz and Stegun 26.7.3): the part within -t to t
    sine, cosine, angle = np.sin(np.arctan(t / 7**0.5)), np.cos(np.arctan(t / 7**0.5)), np.arctan(t / 7**0.5)
    within = 2 / np.pi * (angle + sine * (cosine + 2 / 3 * cosine**3 + 8 / 15 * cosine**5))
    assert 1 - within == pytest.approx(0.0004, rel=1e-6)


def test_only_cells_that_were_returned_count_and_all_practices_of_the_feed_do(store: Store, tmp_path, study) -> None:
    feed = {
        "practice": "A80001", "month": "2015-04", "stream": "ae", "department_type": "01", "provider": "ZT1",
        "population": "all", "rows": 5,
    }  # fmt: skip
    stated = {"provider": "ZT1", "month": "2015-04", "department_type": "01", "attendances": 20}
    tables = []
    for name, rows in (
        ("feed", [feed, feed | {"practice": "A80101"}, feed | {"population": "eligible"}, feed | {"stream": "op"},
                  feed | {"practice": "Z99999"}, feed | {"provider": "ZT2"}]),
        ("stated", [stated, stated | {"month": "2015-05"}, stated | {"provider": "ZT9"}, stated | {"month": "2030-01"}]),
    ):  # fmt: skip
        pd.DataFrame(rows).to_parquet(tmp_path / f"{name}.parquet")
        tables.append(store.con.read_parquet(tmp_path / f"{name}.parquet"))
    assert returned(tables[1], tables[0], study).to_dict("records") == [
        {"provider": "ZT1", "month": "2015-04", "department_type": "01", "attendances": 20, "rows": 10},
        {"provider": "ZT1", "month": "2015-05", "department_type": "01", "attendances": 20, "rows": 0},
    ]


def test_one_bad_month_does_not_take_its_neighbours_along(town) -> None:
    november = lambda f: (f["provider"] == "ZT1") & (f["month"] == "2016-11")  # noqa: E731
    (fault,) = [f for f in told(replace(town, returns=losing(town.returns, november, 0.3))) if f.verdict in ("fail", "inform")]
    assert (fault.first_month, fault.last_month) == ("2016-11", "2016-11")


def test_a_step_that_began_before_the_contract_year_is_followed_back(town) -> None:
    since_launch = lambda f: (f["provider"] == "ZT1") & (f["month"] >= "2015-04")  # noqa: E731
    (fault,) = [f for f in told(replace(town, returns=losing(town.returns, since_launch, 0.9))) if f.verdict == "fail"]
    assert (fault.first_month, fault.last_month) == ("2015-04", "2017-03")


@pytest.mark.parametrize(("late", "arm"), [("control", "control"), ("intervention", "intervention"), (None, None)])
def test_the_arm_whose_other_people_cost_less_is_named_as_likelier(town, late: str | None, arm: str | None) -> None:
    """The feed holds a tenth less of ZT1's return from April 2016, and half of what one arm (or neither) had there."""
    feed, kinds = (frame.copy() for frame in (town.feed, town.kinds))
    for frame in (feed, kinds):
        hit = (frame["stream"] == "ae") & (frame["provider"] == "ZT1") & (frame["month"] >= "2016-04")
        hit &= frame["practice"].map(town.study.arm_of) == late
        frame.loc[hit, ["rows", "cost_pence"]] = (frame.loc[hit, ["rows", "cost_pence"]] * 0.5).round().astype("int64")
    year = lambda f: (f["provider"] == "ZT1") & (f["month"] >= "2016-04")  # noqa: E731
    broken = replace(town, feed=feed, kinds=kinds, returns=losing(town.returns, year, 0.9))
    (fault,) = [f for f in told(broken) if f.verdict == "fail"]
    assert fault.arm == arm
    assert ("likelier" in fault.message) == (arm is not None)
    # the sentence on one arm's rows is of this provider's step alone: the same whoever lost them
    (alone,) = [f for f in told(replace(town, returns=broken.returns)) if f.verdict == "fail"]
    assert fault.message.split("all are one arm's")[1] == alone.message.split("all are one arm's")[1]
