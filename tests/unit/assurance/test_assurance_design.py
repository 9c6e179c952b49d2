"""The design gate's informing checks, which checks belong to which gate, and the months a fault is placed in."""

import pandas as pd
import pytest

from pipeline.assurance.assess import DesignEvidence, assess_design, required_checks
from pipeline.assurance.design import balance, contamination
from pipeline.assurance.window import fault_months, window
from pipeline.calendar import months
from pipeline.store import Store


def counts(study) -> pd.DataFrame:
    """Intervention mean ages 60 60 60 60 60 66, control 55 throughout; need 1 and 2."""
    rows = []
    for practice, arm in sorted(study.arm_of.items()):
        age = 66 if practice == "A80006" else 60 if arm == "intervention" else 55
        rows.append((practice, arm, 100, 100 * age, 100 if arm == "intervention" else 200))
    return pd.DataFrame(rows, columns=["practice", "arm", "heads", "age_sum", "need_sum"])


def flat_cells(study) -> pd.DataFrame:
    rows = [(p, arm, m, "cost", "all", 100, 50.0) for p, arm in study.arm_of.items() for m in study.baseline_period]
    return pd.DataFrame(rows, columns=["practice", "arm", "month", "outcome", "pod", "heads", "per_head"])


def test_balance_tells_means_difference_and_interval(study) -> None:
    age, need, cost = balance.check(counts(study), flat_cells(study), study)
    # intervention mean 61, sd of 60 60 60 60 60 66 is sqrt(6) = 2.449, error 1.0; control has none; t(4) at 95% is 2.776
    assert "61.00 in the intervention and 55.00 in the control" in age.message
    assert "6.00 (95% interval 3.22 to 8.78): more than practices differ by chance" in age.message
    assert "\N{MINUS SIGN}1.00" in need.message
    assert "£600 in the intervention and £600" in cost.message
    assert {f.verdict for f in (age, need, cost)} == {"inform"}


def test_balance_without_practices_is_not_evaluated(study) -> None:
    only = counts(study)[lambda f: f["arm"] == "intervention"]
    assert {f.verdict for f in balance.check(only, flat_cells(study), study)} == {"not_evaluated"}


def test_practices_are_counted_on_the_engine(store: Store, tmp_path) -> None:
    people = pd.DataFrame({"practice": ["A80001"] * 3, "arm": ["intervention"] * 3, "age": [40, 50, 60], "need": [1, 1, 3]})
    people.to_parquet(tmp_path / "people.parquet")
    counted = balance.practice_counts(store.con.read_parquet(tmp_path / "people.parquet")).execute()
    assert counted.to_dict("records") == [
        {"practice": "A80001", "arm": "intervention", "heads": 3, "age_sum": 150, "need_sum": 5}
    ]


@pytest.mark.parametrize(
    ("referred", "verdict", "who"),
    [(0, "pass", "No "), (3, "inform", "Fewer than eight "), (30, "inform", "About 6.0% of the ")],
)
def test_control_people_whom_the_programme_served_are_counted_to_the_years_end(study, referred, verdict, who) -> None:
    """A count that could point at somebody is not printed."""
    table = pd.DataFrame({"arm": ["control", "control"], "year": ["2015-16", "2016-17"], "referred": [referred, 40]})
    crossed, others = contamination.check(
        table, {"control": 500}, study=study, contract_year="2015-16", exposure_register=False
    )
    assert crossed.verdict == verdict
    assert crossed.message.startswith(who)
    assert others.verdict == "not_evaluated"
    assert "Remedy" in others.message


def test_what_was_not_delivered_or_is_not_read_yet_is_not_evaluated(study) -> None:
    found = contamination.check(None, {}, study=study, contract_year="2015-16", exposure_register=True)
    assert [f.verdict for f in found] == ["not_evaluated", "not_evaluated"]


def test_the_design_gate_speaks_of_all_three(study) -> None:
    evidence = DesignEvidence(study, flat_cells(study), counts(study), None, False)
    assert {f.check for f in assess_design(evidence, "2016-17")} == {"pre_trend", "balance", "contamination"}


def test_every_required_check_belongs_to_exactly_one_gate(study) -> None:
    assert required_checks(study, "data") == ("routes", "completeness")
    assert required_checks(study, "design") == ("pre_trend",)


def test_a_fault_is_placed_by_its_longest_run_that_touches_the_judged_months(study) -> None:
    judged = window(study, "2016-17")
    assert judged.watched == tuple(months("2013-04", "2017-03"))
    assert fault_months(months("2015-06", "2019-03"), judged) == ("2015-06", "2017-03")
    assert fault_months(months("2015-06", "2015-09"), judged) is None  # between baseline and the year
    assert fault_months([], judged) is None
    assert fault_months(["2014-01", "2016-10", "2016-11"], judged) == ("2016-10", "2016-11")
