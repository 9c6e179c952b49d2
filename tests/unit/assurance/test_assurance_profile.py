"""Dates, repeats and prices of rows: shares counted by hand, what fails, what informs, what stays silent."""

import numpy as np
import pandas as pd
from assurance_city import MONTHS, PRACTICES, TREATED, VALUE, window_of

from pipeline.assurance.delivered import profile
from pipeline.assurance.delivered.profiles import GRAIN, extract_profile
from pipeline.assurance.finding import Finding
from pipeline.store import Store

WINDOW = window_of("2016-17")
ARM_OF = {practice: "intervention" if n < TREATED else "control" for n, practice in enumerate(PRACTICES)}
USUAL = {
    "weekend": 0.285,
    "first_of_month": 0.033,
    "past_12th": 0.6,
    "same_day_again": 0.005,
    "zero_price": 0.0,
    "no_currency": 0.01,
}


def shares(rng: np.random.Generator, **later: tuple[str, float]) -> pd.DataFrame:
    """A frame of 80 A&E rows a practice-month; `later` gives a quantity another share in an arm ('' for both) from launch."""
    frames = []
    for quantity, share in USUAL.items():
        arm, other = later.get(quantity, ("none", share))
        for practice in PRACTICES:
            off = arm in ("", ARM_OF[practice])
            p = [other if off and month >= "2015-04" else share for month in MONTHS]
            frames.append(
                pd.DataFrame({"practice": practice, "month": MONTHS, "stream": "ae", "quantity": quantity,
                              "part": rng.binomial(80, p), "whole": 80})
            )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def judged(frame: pd.DataFrame) -> list[Finding]:
    return profile.check(frame, arm_of=ARM_OF, window=WINDOW, value=VALUE)


def test_shares_are_counted_from_the_rows_by_hand(store: Store, tmp_path) -> None:
    """Two people of practice A, one stranger, one unfinished spell; expected parts and wholes are counted by hand."""
    columns = ["stream", "activity_key", "person", "date", "month", "pod", "currency", "price_pence", "bed_days"]
    rows = [
        ("ae", "2", "p", "2015-05-02", "2015-05", "ae", "VB01Z", 100, 0),  # a Saturday
        ("ae", "1", "p", "2015-05-02", "2015-05", "ae", "VB01Z", 100, 0),  # the same day: the first by key
        ("ae", "3", "q", "2015-05-02", "2015-05", "ae", None, 0, 0),  # another person, priced at nothing
        ("ae", "4", "q", "2015-05-01", "2015-05", "ae", "VB01Z", None, 0),  # a Friday, the first of the month
        ("apc", "5", "p", "2015-05-02", "2015-05", "non_elective", "X", 100, 0),  # another stream on that day
        ("apc", "6", "p", "2015-05-13", "2015-05", "non_elective", "X", 100, 2),  # a Wednesday after the twelfth
        ("apc", "7", "p", "2015-05-12", "2015-05", "elective", "X", 100, 3),  # overnight, but planned
        ("apc", "8", "p", None, None, "non_elective", "X", 100, 9),  # unfinished
        ("op", "9", "stranger", "2015-05-13", "2015-05", "op_first", "X", 100, 0),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame["date"] = pd.to_datetime(frame["date"]).dt.date
    frame.to_parquet(tmp_path / "priced.parquet")
    pd.DataFrame({"person": ["p", "q"], "practice": ["A", "A"]}).to_parquet(tmp_path / "people.parquet")
    found = extract_profile(
        store.con.read_parquet(tmp_path / "priced.parquet"), store.con.read_parquet(tmp_path / "people.parquet")
    )
    assert list(found.columns) == [*GRAIN, "part", "whole"]
    assert {str(kind) for kind in found[["part", "whole"]].dtypes} == {"int64"}
    assert set(found["practice"]) == {"A"}
    counted = {(r.stream, r.quantity): (r.part, r.whole) for r in found.itertuples()}
    assert counted == {
        ("ae", "weekend"): (3, 4), ("ae", "first_of_month"): (1, 4), ("ae", "past_12th"): (0, 4),
        ("ae", "same_day_again"): (1, 4), ("ae", "zero_price"): (1, 4), ("ae", "no_currency"): (1, 4),
        ("apc", "weekend"): (1, 3), ("apc", "first_of_month"): (0, 3), ("apc", "past_12th"): (1, 3),
        ("apc", "same_day_again"): (0, 3), ("apc", "zero_price"): (0, 3), ("apc", "no_currency"): (0, 3),
        ("apc", "overnight"): (1, 2),
    }  # fmt: skip


def test_forty_clean_cities_pass_and_rarely_inform() -> None:
    """No verdict fails in 40 (2% at the family's 0.05%); at 1% a city more than two that inform have a chance of 0.7%."""
    rng = np.random.default_rng(41)
    found = [judged(shares(rng)) for _ in range(40)]
    assert not [f for one in found for f in one if f.verdict == "fail"]
    assert sum(any(f.verdict == "inform" for f in one) for one in found) <= 2


def test_attendances_sent_twice_fail_and_overstate_the_arms_cost() -> None:
    """5% of the control's rows a second time: its cost is 5% of £102 x 15,000 = £76,500 too high, so the saving too."""
    rng = np.random.default_rng(42)
    for _ in range(10):  # at a power of 80% all ten would come in 11%
        (fault,) = [f for f in judged(shares(rng, same_day_again=("control", 0.055))) if f.verdict == "fail"]
        assert (fault.stream, fault.arm) == ("ae", "control")
        assert fault.saving_effect_gbp_low < 76_500 < fault.saving_effect_gbp_high
    assert "split" in fault.question_for_supplier


def test_repeats_beyond_chance_that_are_worth_little_inform() -> None:
    """1.3% of £102 x 15,000 is £20,000, below the materiality of £25,000."""
    found = judged(shares(np.random.default_rng(45), same_day_again=("control", 0.018)))
    assert not [f for f in found if f.verdict == "fail"]
    (said,) = [f for f in found if f.verdict == "inform"]
    assert (said.arm, "further rows" in said.message) == ("control", True)


def test_dates_set_to_the_first_of_a_month_inform_by_arm_and_alike() -> None:
    rng = np.random.default_rng(43)
    (one,) = [f for f in judged(shares(rng, first_of_month=("control", 0.1))) if f.verdict == "inform"]
    assert (one.stream, one.arm, one.saving_effect_gbp) == ("ae", "control", None)
    (both,) = [f for f in judged(shares(rng, past_12th=("", 0.3))) if f.verdict == "inform"]
    assert both.arm is None
    assert "alike in both arms" in both.message
    assert "Day and month" not in one.question_for_supplier
    assert "day and month exchanged" in both.question_for_supplier


def test_no_share_is_told() -> None:
    said = judged(shares(np.random.default_rng(44), weekend=("control", 0.4)))
    assert not [f for f in said if "%" in f.message]


def test_nothing_counted_is_not_evaluated() -> None:
    assert [f.verdict for f in judged(shares(np.random.default_rng(1)).head(0))] == ["not_evaluated"]
