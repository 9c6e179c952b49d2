"""The route ratio: what it finds, where it says it lies, and what it is worth. Figures of the town are in conftest."""

import ibis
import pandas as pd
import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes import routes
from pipeline.store import Store


def of(found: list[Finding], check: str, verdict: str) -> list[Finding]:
    return [f for f in found if f.check == check and f.verdict == verdict]


def test_a_stream_lost_from_the_extract_fails_with_its_place_and_pounds(town, damage, control_ae) -> None:
    broken = damage(town, "extract", control_ae, rows=0, cost_pence=0, supplier_rows=0, supplier_cost_pence=0)
    for year, last in (("2015-16", "2016-03"), ("2016-17", "2017-03")):
        (fault,) = of(assess_data(broken, year), "routes", "fail")
        assert (fault.stream, fault.arm, fault.provider) == ("ae", "control", None)
        assert (fault.first_month, fault.last_month) == ("2015-04", last)
        # the whole of the control's £96 a head, taken from the saving of 600 intervention heads
        assert fault.saving_effect_gbp == -57_600
        # the town's payment is half of a positive saving: at the target of 600 x £86 = £51,600 all £25,800 of it is lost,
        # and at true savings of £57,600 and more, half of the £57,600
        assert fault.payment_effect_gbp == -25_800
        assert (fault.payment_effect_gbp_low, fault.payment_effect_gbp_high) == (-28_800, 0)
        assert "A&E" in (fault.question_for_supplier or "")


def test_rows_lost_by_the_intervention_overstate_the_saving_and_name_the_provider(town, damage) -> None:
    # ZT2 carries 2 of 8 A&E rows: a quarter of £96 x 600 heads
    broken = damage(
        town, "extract", lambda f: (f["practice"] < "A80100") & (f["provider"] == "ZT2") & (f["month"] >= "2015-10"), rows=0
    )
    (fault,) = of(assess_data(broken, "2016-17"), "routes", "fail")
    assert (fault.arm, fault.provider, fault.first_month, fault.last_month) == ("intervention", "ZT2", "2015-10", "2017-03")
    assert fault.saving_effect_gbp == pytest.approx(14_400)


def test_a_fault_outside_the_judged_months_is_not_this_years(town, damage, control_ae) -> None:
    broken = damage(town, "extract", lambda f: control_ae(f) & (f["month"] <= "2016-03"), rows=0)
    assert of(assess_data(broken, "2015-16"), "routes", "fail")
    assert not of(assess_data(broken, "2016-17"), "routes", "fail")


def test_an_immaterial_loss_informs(town, damage, control_ae) -> None:
    # 1 of the 12 months of one of 5 practices: 1/60 of £57,600 = £960, below the materiality of £1,000
    one = lambda f: control_ae(f) & (f["practice"] == "A80101") & (f["month"] == "2016-04")  # noqa: E731
    (said,) = of(assess_data(damage(town, "extract", one, rows=0), "2016-17"), "routes", "inform")
    assert said.saving_effect_gbp == pytest.approx(-960)


def test_what_both_arms_lose_alike_in_all_years_does_not_close(town, damage) -> None:
    broken = damage(town, "extract", lambda f: f["provider"] == "ZT2", rows=0)
    assert not of(assess_data(broken, "2016-17"), "routes", "fail")
    assert len(of(assess_data(broken, "2016-17"), "routes", "inform")) == 2


def test_a_loss_in_all_years_of_one_arm_has_no_step_but_a_range_and_fails(town, damage) -> None:
    broken = damage(town, "extract", lambda f: (f["practice"] > "A80100") & (f["provider"] == "ZT2"), rows=0)
    (fault,) = of(assess_data(broken, "2016-17"), "routes", "fail")
    # a quarter of the rows of £96 x 600, whose cost may have moved by the plausible 30%: £4,320 either way
    assert (fault.saving_effect_gbp, fault.saving_effect_gbp_low, fault.saving_effect_gbp_high) == (0, -4320, 4320)
    assert (fault.first_month, fault.last_month) == ("2013-04", "2017-03")


def test_a_true_effect_of_any_size_passes(town, damage) -> None:
    """The programme halves the intervention's A&E: both routes see it alike."""
    treated = lambda f: (f["practice"] < "A80100") & (f["stream"] == "ae") & (f["month"] >= "2015-04")  # noqa: E731
    eligible = lambda f: treated(f) & (f["population"] == "eligible")  # noqa: E731
    half = {"rows": 0.5, "cost_pence": 0.5}
    helped = damage(town, "extract", treated, **half, supplier_rows=0.5, supplier_cost_pence=0.5)
    helped = damage(helped, "feed", eligible, **half, rows_linked=0.5)
    found = assess_data(helped, "2016-17")
    assert {f.verdict for f in found if f.check not in ("conservation", "plausible")} == {"pass"}
    assert of(found, "plausible", "fail"), "a half is more than the 30% that the protocol calls plausible"


def test_no_message_tells_how_much_the_eligible_used_after_launch(town, damage) -> None:
    """Blinding: scaling all the eligible's rows after launch by both routes alike changes no word of any finding."""
    late = lambda f: f["month"] >= "2015-04"  # noqa: E731
    eligible = lambda f: late(f) & (f["population"] == "eligible")  # noqa: E731
    more = damage(town, "extract", late, rows=3, cost_pence=3, supplier_rows=3, supplier_cost_pence=3)
    more = damage(more, "feed", eligible, rows=3, cost_pence=3, rows_linked=3)
    plain = [f for f in assess_data(town, "2016-17") if f.check != "conservation"]
    assert [f for f in assess_data(more, "2016-17") if f.check != "conservation"] == plain


def test_the_extract_is_counted_under_the_baseline_practice(store: Store, tmp_path) -> None:
    """Three rows of one eligible person, one of a stranger, one unfinished: the three count, one unpriced, one at a mean."""
    row = {
        "stream": "ae", "person": "p1", "provider": "ZT1", "department_type": "01", "month": "2015-04", "pod": "ae",
        "price_state": "priced", "price_pence": 100, "supplier_cost_pence": 90,
    }  # fmt: skip
    priced = pd.DataFrame(
        [
            row,
            row | {"price_state": "missing", "price_pence": None, "supplier_cost_pence": None},
            row | {"price_state": "fallback", "price_pence": 70, "supplier_cost_pence": 60},
            row | {"person": "stranger"},
            row | {"month": None},
        ]
    )
    people = pd.DataFrame([{"person": "p1", "practice": "A80001"}])
    tables = []
    for name, frame in (("priced", priced), ("people", people)):
        frame.to_parquet(tmp_path / f"{name}.parquet")
        tables.append(store.con.read_parquet(tmp_path / f"{name}.parquet"))
    counted = routes.extract_counts(
        tables[0].cast({"price_pence": "int64", "supplier_cost_pence": "int64"}), tables[1]
    ).execute()
    assert counted.to_dict("records") == [
        {
            "practice": "A80001", "month": "2015-04", "stream": "ae", "pod": "ae", "department_type": "01", "provider": "ZT1",
            "rows": 3, "people": 1, "cost_pence": 170, "unpriced_rows": 1, "fallback_rows": 1, "fallback_pence": 70,
            "fallback_supplier_pence": 60, "supplier_rows": 2,
            "supplier_cost_pence": 150,
        }
    ]  # fmt: skip
    assert isinstance(tables[0], ibis.expr.types.Table)
