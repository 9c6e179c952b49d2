"""Volume, mix and price by hand, and the cases in which only one of them changes.

The hand example, a month of non-elective admissions in practices of ten heads each, in pounds:

    before launch, both practices   2 of A at 100, 2 of B at 300     800    price before launch: A 100, B 300, all 200
    the year, control               2 of A at 100, 2 of B at 300     800
    the year, intervention          1 of A at 100, 2 of B at 330     760

    volume   (3 - 4) x 200                          = -200
    mix      (1 x 100 + 2 x 300 - 3 x 200) - 0      = +100
    price    2 x (330 - 300)                        =  +60
    together                                        =  -40

Ten heads and twelve months: -240, +120, +72 and -48 £ a head and year.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from decomposed_village import YEAR, Decomposed, contact, decomposed, people, study
from estimation_city import gates

from pipeline.calendar import months
from pipeline.errors import DataGateClosed, DesignGateClosed, InternalError
from pipeline.estimation import decomposition as parts
from pipeline.settlement.parts import saving_parts
from pipeline.store import Store

USUAL = [("A", 100), ("A", 100), ("B", 300), ("B", 300)]
Admissions = Sequence[tuple[str, int | None]]


def split(
    store: Store, intervention: Admissions, *, pod: str = "non_elective", control: Admissions = USUAL, **more: Any
) -> Decomposed:
    """Every month before launch as usual in both practices, every month of the year as given. more : of the new contacts."""
    rows = []
    for month in months("2014-04", "2016-03"):
        late = month >= "2015-04"
        for practice, new in (("A80001", intervention), ("A80101", control)):
            for n, (kind, pounds) in enumerate(new if late else USUAL):
                pence = None if pounds is None else pounds * 100
                changed = more if late and practice == "A80001" else {}
                rows.append(contact(f"{practice}-{n}", month, pod, kind, pence, **changed))
    return decomposed(store, rows, people({"A80001": 10, "A80101": 10}), study())


def told(found: Decomposed) -> tuple[float, ...]:
    """Volume, mix and price of all care."""
    return tuple(found.found["all"][part] for part in parts.PARTS)


def test_by_hand(store: Store) -> None:
    found = split(store, [("A", 100), ("B", 330), ("B", 330)])
    assert told(found) == pytest.approx((-240, 120, 72), abs=1e-9)
    assert found.cost["all"] == pytest.approx(-48, abs=1e-9)
    assert found.found["non_elective"] == pytest.approx(found.found["all"], abs=1e-12)


def test_reference_prices_by_hand(store: Store) -> None:
    references = split(store, USUAL).references
    # 12 months x 2 practices x 2 contacts; £100 and £300 are 10,000 and 30,000 pence, in millionths
    assert references.to_dict("records") == [
        {"pod": "non_elective", "kind": "A", "contacts": 48, "pence": 480_000, "reference_price": 10_000_000_000},
        {"pod": "non_elective", "kind": "B", "contacts": 48, "pence": 1_440_000, "reference_price": 30_000_000_000},
    ]


@pytest.mark.parametrize(
    ("intervention", "expected"),
    [
        # half as many again, the same kinds at the same prices: +2 contacts x £200 = £400 a month
        ([*USUAL, ("A", 100), ("B", 300)], (480, 0, 0)),
        # nothing at all: -4 x £200
        ([], (-960, 0, 0)),
        # the same contacts at £10 less each: -£40 a month
        ([("A", 90), ("A", 90), ("B", 290), ("B", 290)], (0, 0, -48)),
        # one A is a B, at B's price: +£200 a month
        ([("A", 100), ("B", 300), ("B", 300), ("B", 300)], (0, 240, 0)),
    ],
    ids=["only more", "none left", "only cheaper", "only other kinds"],
)
def test_one_change_shows_in_one_part_to_the_penny(store: Store, intervention: Admissions, expected: tuple[float, ...]) -> None:
    found = split(store, intervention)
    assert told(found) == pytest.approx(expected, abs=1e-9)
    effects = {pod: {part: split[part] for part in parts.PARTS} for pod, split in found.found.items() if pod != "all"}
    total = Decimal(-sum(expected) * 10).quantize(Decimal("0.01"))
    pence = saving_parts(total, effects, heads=10)["non_elective"]
    assert pence == {part: Decimal(-value * 10) for part, value in zip(parts.PARTS, expected, strict=True)}
    assert [str(pence[part]) for part, value in zip(parts.PARTS, expected, strict=True) if not value] == ["0.00", "0.00"]


def test_upcoding_is_mix_and_never_volume(store: Store) -> None:
    """The same four admissions of the intervention, both A now coded C, at C's price: £500, known from the control.

    Two contacts at £500 instead of £100 are +£800 a month, £960 a head and year, and not one contact more.
    """
    rows = []
    for month in months("2014-04", "2016-03"):
        for practice in ("A80001", "A80101"):
            coded = "C" if practice == "A80001" and month >= "2015-04" else "A"
            for n, (kind, pounds) in enumerate([(coded, 500 if coded == "C" else 100)] * 2 + [("B", 300)] * 2):
                rows.append(contact(f"{practice}-{n}", month, "non_elective", kind, pounds * 100))
        rows.append(contact("A80101-9", month, "non_elective", "C", 50_000))
    found = decomposed(store, rows, people({"A80001": 10, "A80101": 10}), study())
    assert told(found) == pytest.approx((0, 960, 0), abs=1e-6)
    assert found.found["all"]["mix_unknown"] == 0


def test_a_kind_that_the_baseline_lacks_is_mix(store: Store) -> None:
    """One B of £300 is an N of £500: +£200 a month in all, and N stands £300 above the £200 of its point of delivery."""
    found = split(store, [("A", 100), ("A", 100), ("B", 300), ("N", 500)])
    assert told(found) == pytest.approx((0, 240, 0), abs=1e-9)
    assert found.found["all"]["mix_unknown"] == pytest.approx(360, abs=1e-9)


def test_a_lost_price_is_mix_and_not_fewer_contacts(store: Store) -> None:
    """One A without a price: -£100 a month in all; a contact at £0 stands £200 below its point of delivery's price."""
    found = split(store, [("A", 100), ("A", None), ("B", 300), ("B", 300)])
    assert told(found) == pytest.approx((0, -120, 0), abs=1e-9)
    assert found.found["all"]["mix_unpriced"] == pytest.approx(-240, abs=1e-9)


def test_the_fall_back_mean_has_no_price_part(store: Store) -> None:
    """All four at a mean of £250, whatever their codes: +£200 a month, each £50 above £200. Their code A says nothing."""
    found = split(store, [("A", 250)] * 4, price_state="fallback")
    assert told(found) == pytest.approx((0, 240, 0), abs=1e-9)
    assert found.found["all"]["mix_unknown"] == pytest.approx(240, abs=1e-9)


def test_what_happened_to_both_arms_is_no_part_of_the_effect(store: Store) -> None:
    both = [("A", 80), ("B", 300), ("B", 350), ("N", 700), ("B", None)]
    assert told(split(store, both, control=both)) == pytest.approx((0, 0, 0), abs=1e-9)


def test_kinds_of_attendance_are_told_apart(store: Store) -> None:
    """Type 3 departments have one price whatever the HRG; several professions have another than one."""
    rows = []
    for month in months("2014-04", "2016-03"):
        for practice in ("A80001", "A80101"):
            late = practice == "A80001" and month >= "2015-04"
            said = {"department_type": "03", "price_reason": "type 3 department, flat price"}
            rows.append(contact(f"{practice}-1", month, "ae", "VB01Z" if late else "VB11Z", 6_000, **said))
            several = "multi" if late else "single"
            priced = {"price_reason": f"first attendance, {several}-professional"}
            rows.append(contact(f"{practice}-2", month, "op_first", "300", 25_000 if late else 18_000, **priced))
            rows.append(contact(f"{practice}-3", month, "op_first", "300", 18_000, price_reason="first, single-professional"))
    found = decomposed(store, rows, people({"A80001": 10, "A80101": 10}), study())
    assert [found.found["ae"][part] for part in parts.PARTS] == [0, 0, 0]
    # +£70 a month, of another kind than before: £84 a head and year
    assert [found.found["op_first"][part] for part in parts.PARTS] == pytest.approx([0, 84, 0], abs=1e-9)


def test_lost_people_are_weighted_back_in_every_part(store: Store) -> None:
    """Half of the intervention's ten heads have left in the year: two contacts of the five who stay stand for four."""
    who = people({"A80001": 10, "A80101": 10})
    for person in who[5:10]:
        person["lost_from"] = "2015-04"
    rows = []
    for month in months("2014-04", "2016-03"):
        stays = month >= "2015-04"
        for practice in ("A80001", "A80101"):
            new = [("A", 100), ("B", 300)] if stays and practice == "A80001" else USUAL
            rows += [contact(f"{practice}-{n}", month, "elective", kind, pounds * 100) for n, (kind, pounds) in enumerate(new)]
    found = decomposed(store, rows, who, study())
    assert told(found) == pytest.approx((0, 0, 0), abs=1e-9)


def test_another_point_of_delivery_paid_on_is_split_alone(store: Store) -> None:
    rows = []
    for month in months("2014-04", "2016-03"):
        for practice in ("A80001", "A80101"):
            fewer = practice == "A80001" and month >= "2015-04"
            for n, (kind, pounds) in enumerate(USUAL[: 2 if fewer else 4]):
                rows.append(contact(f"{practice}-{n}", month, "non_elective", kind, pounds * 100))
            rows.append(contact(f"{practice}-9", month, "ae", "VB", 5_000 if fewer else 10_000))
    narrow = study(estimand={"baseline_months": 12, "pod": "ae"})
    found = decomposed(store, rows, people({"A80001": 10, "A80101": 10}), narrow)
    assert set(found.found) == {"all", "ae"}
    assert told(found) == pytest.approx((0, 0, -60), abs=1e-9)


@pytest.mark.parametrize(
    ("gate", "error"), [("data_verdict", DataGateClosed), ("design_verdict", DesignGateClosed)], ids=["data", "design"]
)
def test_no_part_without_both_gates(gate: str, error: type[Exception]) -> None:
    empty = pd.DataFrame()
    with pytest.raises(error):
        parts.decomposition(empty, empty, prices={}, study=study(), contract_year=YEAR, **gates(YEAR) | {gate: None})


def test_parts_of_another_cost_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the parts not of the cost that is paid on, nothing would be printed."""
    whole = parts.part_cells

    def shifted(*given: Any) -> pd.DataFrame:
        cells = whole(*given)
        late = (cells["month"] >= "2015-04") & (cells["arm"] == "intervention") & (cells["outcome"] == "price")
        return cells.assign(per_head=cells["per_head"] + 1e-6 * late)

    monkeypatch.setattr(parts, "part_cells", shifted)
    with pytest.raises(InternalError, match="do not add"):
        split(store, USUAL)
