"""Every branch of the spell rule by its reason, on the made-up workbook of conftest (prices there, factor of RXB 1)."""

from datetime import date, timedelta

import ibis
import pytest

from pipeline import tables
from pipeline.errors import ProtocolInvalid
from pipeline.pricing.spells import price_spells
from pipeline.study import PricingRules

ADMITTED = date(2016, 5, 2)
#: an emergency spell of five days at AA10A: 2000 x 1
PLAIN = {
    "provider": "RXB",
    "admission_method": "21",
    "patient_class": "1",
    "age": 70,
    "spell_hrg": "AA10A",
    "spell_hrgs": 1,
    "episodes": 1,
    "days": 5,
}

#: what differs from PLAIN -> point of delivery, state, pence, reason
BRANCHES = [
    ({}, "non_elective", "priced", 200000, "non-elective"),
    ({"days": 23}, "non_elective", "priced", 230000, "non-elective with excess days"),  # 2000 + 3 x 100
    ({"days": 1}, "non_elective", "priced", 60000, "reduced short-stay emergency"),
    ({"admission_method": "11"}, "elective", "priced", 100000, "ordinary elective"),
    (
        {"admission_method": "11", "days": 12},
        "elective",
        "priced",
        120000,
        "ordinary elective with excess days",
    ),  # 1000 + 2 x 100
    ({"admission_method": "11", "patient_class": "2", "days": 0}, "day_case", "priced", 100000, "day case"),
    # a day case pays no excess days, whatever the dates say
    ({"admission_method": "11", "patient_class": "2", "days": 30}, "day_case", "priced", 100000, "day case"),
    ({"provider": "RXA"}, "non_elective", "priced", 220000, "non-elective"),  # 2000 x 1.1
    ({"spell_hrg": "PB03Z"}, "non_elective", "priced", 0, "non-elective"),
    # assumptions are said
    (
        {"patient_class": "2", "days": 4},
        "non_elective",
        "priced",
        60000,
        "reduced short-stay emergency; day-case class with a non-elective admission, taken as length of stay 0",
    ),
    (
        {"spell_hrg": None, "spell_hrgs": 0, "episode_hrg": "AA10A"},
        "non_elective",
        "priced",
        200000,
        "non-elective; no spell HRG, HRG of the only episode",
    ),
    (
        {"spell_hrgs": 2, "episodes": 2},
        "non_elective",
        "priced",
        200000,
        "non-elective; episodes carry more than one spell HRG",
    ),
    # outside the tariff
    ({"admin_category": "02"}, "non_elective", "out_of_scope", None, "private patient: outside the national tariff"),
    (
        {"treatment_function": "713"},
        "non_elective",
        "out_of_scope",
        None,
        "treatment function that the national tariff excludes",
    ),
    # no national price
    ({"patient_class": "3"}, "other", "no_price", None, "regular attender: no national price"),
    ({"patient_class": "4"}, "other", "no_price", None, "regular attender: no national price"),
    (
        {"patient_class": "5", "admission_method": "31"},
        "other",
        "no_price",
        None,
        "mother and baby using delivery facilities only: no national price",
    ),
    ({"spell_hrg": "ZZ99Z"}, "non_elective", "no_price", None, "HRG is not on the 2016-17 price list"),
    (
        {"spell_hrg": "AA12A", "admission_method": "11", "patient_class": "2"},
        "day_case",
        "no_price",
        None,
        "HRG has no day case price",
    ),
    ({"spell_hrg": "AA13A", "admission_method": "11"}, "elective", "no_price", None, "HRG has no ordinary elective price"),
    ({"spell_hrg": "AA12A"}, "non_elective", "no_price", None, "HRG has no non-elective price"),
    ({"spell_hrg": "AA13A", "days": 1}, "non_elective", "no_price", None, "HRG has no reduced short-stay emergency price"),
    ({"spell_hrg": "AA13A"}, "non_elective", "no_price", None, "HRG has no trim point or no price a day beyond it"),
    # missing facts
    ({"days": None}, "non_elective", "missing", None, "not discharged yet"),
    ({"days": -2}, "non_elective", "missing", None, "discharged before admission"),
    ({"admission_date": None}, "non_elective", "missing", None, "admission date not known"),
    ({"patient_class": "8"}, "non_elective", "missing", None, "patient class not known"),
    ({"patient_class": None, "admission_method": "12"}, "other", "missing", None, "patient class not known"),
    ({"spell_hrg": None, "spell_hrgs": 0}, "non_elective", "missing", None, "no HRG"),
    (
        {"spell_hrg": None, "spell_hrgs": 0, "episodes": 2},
        "non_elective",
        "missing",
        None,
        "no spell HRG and more than one episode",
    ),
    ({"admission_method": "99"}, "other", "missing", None, "admission method not known"),
    ({"admission_method": None}, "other", "missing", None, "admission method not known"),
    ({"age": None, "days": 1}, "non_elective", "missing", None, "age not known where the short-stay price depends on it"),
    ({"provider": "NT4"}, "non_elective", "missing", None, "provider has no market forces factor in 2016-17"),
    # data that cannot be grouped are printed at 0 and are not a price
    ({"spell_hrg": "UZ01Z"}, "non_elective", "ungroupable", None, "HRG UZ01Z: data invalid for grouping"),
]


def as_rows(cases):
    rows = []
    for number, case in enumerate(cases):
        spell = PLAIN | {"admission_date": ADMITTED} | case
        days = spell.pop("days")
        discharged = None if days is None else ADMITTED + timedelta(days=days)
        rows.append(spell | {"spell_key": f"{number:03d}", "discharge_date": discharged})
    return rows


@pytest.fixture
def price(tariff, at_2016_17, store, engine_table):
    def priced(cases, rules=None, **more):
        table = engine_table(as_rows(cases), tables.SPELLS)
        done = price_spells(table, tariff=tariff, prices=at_2016_17, rules=rules or PricingRules(), con=store.con, **more)
        assert done.schema() == tables.PRICED_ACTIVITY
        return done.order_by("activity_key").to_pyarrow().to_pylist()

    return priced


def test_every_branch_gives_its_state_and_its_reason(price) -> None:
    got = price([case for case, *_ in BRANCHES])
    seen = [
        (str(case), r["pod"], r["price_state"], r["price_pence"], r["price_reason"])
        for (case, *_), r in zip(BRANCHES, got, strict=True)
    ]
    assert seen == [(str(case), *expected) for case, *expected in BRANCHES]


def test_no_state_but_priced_carries_pence(price) -> None:
    for row in price([case for case, *_ in BRANCHES]):
        assert (row["price_state"] == "priced") == (row["price_pence"] is not None)


def test_length_of_stay_is_handed_on_unadjusted(price) -> None:
    assert [row["bed_days"] for row in price([{"days": 23}, {"days": 0}, {"days": None}])] == [23, 0, 0]


def test_the_protocols_short_stay_age_is_used(price) -> None:
    spell = {"days": 1, "age": 70}
    assert price([spell], PricingRules(short_stay_minimum_age=71))[0]["price_pence"] == 200000


def test_a_substitute_factor_prices_and_is_said(price) -> None:
    row = price([{"provider": "NT4"}], PricingRules(missing_mff=1.05))[0]
    assert (row["price_pence"], row["price_state"]) == (210000, "priced")  # 2000 x 1.05
    assert row["price_reason"].endswith("market forces factor of the provider missing, protocol's substitute")


PROXY = PricingRules(multi_episode_without_spell_hrg="highest_episode")


def test_the_highest_episode_proxy_is_refused_where_the_episodes_are_not_known(price) -> None:
    with pytest.raises(ProtocolInvalid, match="highest_episode cannot be applied"):
        price([{}], PROXY)


def test_the_dearest_episode_stands_in_for_a_spell_hrg_where_the_protocol_says_so(price, engine_table) -> None:
    """AA10A costs 2000 for an emergency of five days and 1000 elective, AA11A 900 and 800, AA12A has no emergency price."""
    gap = {"spell_hrg": None, "spell_hrgs": 0, "episodes": 2}
    cases = [
        (gap, ["AA11A", "AA10A"], 200000),
        (gap | {"admission_method": "11"}, ["AA10A", "AA11A"], 100000),
        (gap, ["AA12A", "ZZ99Z"], None),  # none of them has a price
        (gap, [], None),
        ({"episodes": 2}, ["AA11A"], 200000),  # a spell HRG is never replaced
        (gap | {"episodes": 1, "episode_hrg": "AA11A"}, ["AA10A"], 90000),  # nor that of an only episode
    ]
    hrgs = [{"spell_key": f"{n:03d}", "hrg": hrg} for n, (_, told, _) in enumerate(cases) for hrg in told]
    table = engine_table(hrgs, ibis.schema({"spell_key": "string", "hrg": "string"}))
    got = price([case for case, *_ in cases], PROXY, episode_hrgs=table)
    assert [row["price_pence"] for row in got] == [pence for *_, pence in cases]
    said = "no spell HRG, dearest HRG of its episodes as a proxy"
    assert [row["price_reason"] for row in got] == [
        f"non-elective; {said}", f"ordinary elective; {said}", "no spell HRG and more than one episode",
        "no spell HRG and more than one episode", "non-elective", "non-elective; no spell HRG, HRG of the only episode",
    ]  # fmt: skip
    assert [row["currency"] for row in got[:3]] == ["AA10A", "AA10A", None]


def test_every_spell_comes_out_once(price) -> None:
    keys = [row["activity_key"] for row in price([case for case, *_ in BRANCHES])]
    assert keys == sorted(set(keys))
    assert len(keys) == len(BRANCHES)
