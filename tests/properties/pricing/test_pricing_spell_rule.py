"""The spell rule on the engine against an evaluator written a second time in plain Python, and rounding against Fraction.

The evaluator reads the rule as prose (files_and_pricing, section 2): nested questions about one spell, exact decimals. It
shares no code and no arithmetic with `pipeline.pricing`.
"""

import math
import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import ibis
import pandas as pd
import pytest

from pipeline import tables
from pipeline.pricing.spells import price_spells
from pipeline.pricing.tariff import Tariff, YearPrices
from pipeline.pricing.whole_pence import divided_half_up
from pipeline.study import Prices, PricingRules

COLUMNS = ["combined", "day_case", "ordinary_elective", "elective_trim", "non_elective", "ne_trim", "per_day"]
COLUMNS += ["short_stay_applies", "short_stay_price"]
#: pounds; None is `-`
BOOK = {
    "AA01A": (4065, None, None, 43, 3270, 40, 204, True, 1038),
    "AA02A": (514, None, None, 5, 504, 5, 187, True, 504),
    "AA03A": (None, 1726, 1394, 5, 896, 5, 203, False, None),
    "AA04A": (None, None, 1394, 5, 3061, 11, 203, False, None),
    "AA05A": (353, None, None, 5, 811, 5, 242, False, None),
    "PB03Z": (0, None, None, 5, 0, 5, 0, False, None),
    "UZ01Z": (0, None, None, 5, 0, 5, 0, False, None),
}
METHODS = [*("11", "12", "13", "21", "22", "28", "2A", "2D", "31", "32", "81", "82", "83", "98", "99"), None]
FACTORS = {"RXA": Decimal("1.035817"), "RXB": Decimal("1.0305"), "RXC": Decimal("1")}


def by_hand(spell: dict) -> tuple[str, int | None]:
    """(price_state, pence) of one spell, or None where there is no price."""
    if spell["admin_category"] == "02" or spell["treatment_function"] in ("700", "713", "424", "318"):
        return "out_of_scope", None
    if spell["discharge_date"] is None:
        return "missing", None
    if spell["patient_class"] in ("3", "4", "5"):
        return "no_price", None
    if spell["patient_class"] not in ("1", "2"):
        return "missing", None
    hrg = spell["spell_hrg"]
    if hrg is None and spell["episodes"] == 1:
        hrg = spell["episode_hrg"]
    if hrg is None:
        return "missing", None
    if hrg == "UZ01Z":
        return "ungroupable", None
    method = spell["admission_method"] or ""
    if method not in ("11", "12", "13", "31", "32", "81", "82", "83") and not method.startswith("2"):
        return "missing", None
    if hrg not in BOOK:
        return "no_price", None
    pounds = _pounds(dict(zip(COLUMNS, BOOK[hrg], strict=True)), method, spell)
    if pounds is None:
        return "no_price", None
    if spell["provider"] not in FACTORS:
        return "missing", None
    pence = (Decimal(pounds) * FACTORS[spell["provider"]]).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100
    return "priced", int(pence)


def _pounds(line: dict, method: str, spell: dict) -> int | None:
    stay = (spell["discharge_date"] - spell["admission_date"]).days
    if method in ("11", "12", "13"):
        if spell["patient_class"] == "2":
            return line["combined"] if line["combined"] is not None else line["day_case"]
        price = line["combined"] if line["combined"] is not None else line["ordinary_elective"]
        return None if price is None else price + line["per_day"] * max(0, stay - line["elective_trim"])
    if spell["patient_class"] == "2":
        stay = 0
    if method.startswith("2") and stay < 2 and spell["age"] >= 19 and line["short_stay_applies"]:
        return line["short_stay_price"]
    return line["non_elective"] + line["per_day"] * max(0, stay - line["ne_trim"])


def random_spell(draw: random.Random, number: int) -> dict:
    admitted = date(2016, 4, 1) + timedelta(days=draw.randrange(365))
    stay = draw.choice([0, 0, 1, 1, 2, 4, 5, 6, 7, 11, 12, 39, 40, 41, 43, 44, 60, None])
    codes = [*BOOK, "ZZ99Z", None]
    return {
        "spell_key": f"{number:05d}",
        "provider": draw.choice(["RXA", "RXA", "RXB", "RXC", "NT4"]),
        "admission_date": admitted,
        "discharge_date": None if stay is None else admitted + timedelta(days=stay),
        "admission_method": draw.choice(METHODS),
        "patient_class": draw.choice(["1"] * 8 + ["2"] * 5 + ["3", "4", "5", "8", "9", None]),
        "age": draw.choice([0, 17, 18, 19, 20, 70]),
        "spell_hrg": draw.choice(codes),
        "spell_hrgs": 1,
        "episode_hrg": draw.choice(codes),
        "episodes": draw.choice([1, 1, 2]),
        "admin_category": draw.choice(["01"] * 12 + ["02", None]),
        "treatment_function": draw.choice(["300"] * 12 + ["713", "424", None]),
    }


@pytest.fixture
def tariff() -> Tariff:
    lines = []
    for hrg, line in BOOK.items():
        row = dict(zip(COLUMNS, line, strict=True))
        in_pence = {k: None if row[k] is None else row[k] * 100 for k in COLUMNS if not k.endswith(("trim", "applies"))}
        lines.append({"hrg": hrg, "name": hrg, "op_procedure": None} | row | in_pence)
    kinds = {"hrg": "string", "name": "string", "short_stay_applies": "boolean"}
    apc = pd.DataFrame(lines)
    apc = apc.astype({column: kinds.get(column, "Int64") for column in apc.columns})
    mff = pd.DataFrame({"provider": list(FACTORS), "value": [int(f * 1_000_000) for f in FACTORS.values()]})
    mff = mff.astype({"provider": "string", "value": "Int64"})
    ae = pd.DataFrame({"hrg": ["VB01Z"], "type12": [100], "type3": [50]}).astype(
        {"hrg": "string", "type12": "Int64", "type3": "Int64"}
    )
    outpatient = pd.DataFrame({"tfc": ["300"]} | {c: [100] for c in ("WF01B", "WF02B", "WF01A", "WF02A")})
    outpatient = outpatient.astype({c: "string" if c == "tfc" else "Int64" for c in outpatient.columns})
    return Tariff({"2016-17": YearPrices("2016-17", "made up", "HRG4", "0" * 64, apc, outpatient, ae, mff, 0)})


def test_two_thousand_random_spells_get_the_same_price_twice(tariff: Tariff, store, engine_table) -> None:
    draw = random.Random(20161)
    spells = [random_spell(draw, number) for number in range(2000)]
    priced = price_spells(
        engine_table(spells, tables.SPELLS),
        tariff=tariff,
        prices=Prices(base="2016-17", grouper="HRG4"),
        rules=PricingRules(),
        con=store.con,
    )
    got = {r["activity_key"]: (r["price_state"], r["price_pence"]) for r in priced.to_pyarrow().to_pylist()}
    expected = {spell["spell_key"]: by_hand(spell) for spell in spells}
    different = {key: (expected[key], got.get(key)) for key in expected if expected[key] != got.get(key)}
    assert different == {}
    assert len(got) == 2000
    states = [state for state, _ in expected.values()]
    assert min(states.count(s) for s in ("priced", "missing", "no_price", "ungroupable", "out_of_scope")) >= 50


def test_whole_pence_are_exact_up_to_the_stated_bound(store) -> None:
    draw = random.Random(7)
    pairs = [(draw.randrange(2**51), draw.randrange(1, 2_000_000)) for _ in range(2000)]
    pairs += [(5, 10), (4, 10), (83470_500_000, 1_000_000), (0, 3), (2**51, 1), (999_999_499_999, 1_000_000)]
    store.con.raw_sql("CREATE TABLE pairs (n BIGINT, d BIGINT)")
    store.con.raw_sql("INSERT INTO pairs VALUES " + ", ".join(f"({n}, {d})" for n, d in pairs))
    table = store.con.table("pairs")
    done = table.select("n", "d", quotient=divided_half_up(table.n, table.d)).to_pyarrow().to_pylist()
    assert len(done) == len(pairs)
    for row in done:
        assert row["quotient"] == math.floor(Fraction(row["n"], row["d"]) + Fraction(1, 2))


def test_prices_rise_with_the_stay_and_never_fall_with_the_factor(tariff: Tariff, store, engine_table) -> None:
    # metamorphic: among overnight emergency spells of one HRG a longer stay of two days or more never costs less
    first = {"admission_method": "21", "patient_class": "1", "age": 70, "spell_hrg": "AA01A", "spell_hrgs": 1, "episodes": 1}
    spells = [
        first
        | {
            "spell_key": f"{p} {d:02d}",
            "provider": p,
            "admission_date": date(2016, 4, 1),
            "discharge_date": date(2016, 4, 1) + timedelta(d),
        }
        for p in ("RXC", "RXA")
        for d in range(2, 60)
    ]
    table = engine_table(spells, tables.SPELLS)
    priced = price_spells(
        table, tariff=tariff, prices=Prices(base="2016-17", grouper="HRG4"), rules=PricingRules(), con=store.con
    )
    rows = priced.order_by(ibis.asc("activity_key")).to_pyarrow().to_pylist()
    dear, plain = ([r["price_pence"] for r in rows if r["provider"] == p] for p in ("RXA", "RXC"))
    assert plain == sorted(plain)
    assert plain[0] < plain[-1]
    assert all(d > p for d, p in zip(dear, plain, strict=True))
