"""Random villages: volume, mix and price add to the paid effect, and each is what contact by contact gives in fractions."""

import random
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from decomposed_village import contact, decomposed, people, study

from pipeline.calendar import months
from pipeline.estimation.decomposition import PARTS
from pipeline.settlement.parts import saving_parts
from pipeline.settlement.saving import saving
from pipeline.store import Store

HEADS = {"A80001": 7, "A80002": 12, "A80101": 9, "A80102": 5}
TREATED = ("A80001", "A80002")
PODS = ("non_elective", "ae", "op_first")
STRATA = (("40-54", 1), ("65-74", 3))


def random_village(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """People in two strata, some lost in the year, and contacts of six kinds, some unseen, unpriced or on the fall-back."""
    rng = random.Random(seed)
    who = people(HEADS)
    for n, person in enumerate(who):
        person["age_band"], person["need"] = STRATA[n % 2]
        if n % 5 == 4:
            person["lost_from"] = rng.choice(["2015-01", "2015-06", "2015-11"])
    rows = []
    for month in months("2014-04", "2016-03"):
        for person in who:
            if person.get("lost_from") and month >= person["lost_from"]:
                continue
            for _ in range(rng.choice([0, 0, 1, 2])):
                kind = rng.choice("ABCDE" if month >= "2015-04" else "ABCD")
                pence = rng.choice([None, 0, rng.randrange(1, 900_000), rng.randrange(1, 9_000)])
                state = {"price_state": "fallback"} if pence is not None and rng.random() < 0.1 else {}
                rows.append(contact(person["person"], month, rng.choice(PODS), kind, pence, **state))
    return rows, who


def by_fractions(rows: list[dict[str, Any]], who: list[dict[str, Any]]) -> dict[tuple[str, str], Fraction]:
    """Every contact's three parts, weighted back and differenced, with no cell in between."""
    home = {person["person"]: person for person in who}

    def kind(row: dict[str, Any]) -> str | None:
        return {"fallback": None, "priced": row["currency"]}.get(row["price_state"], "none")

    spent: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["month"] < "2015-04":
            for key in ((row["pod"],), (row["pod"], kind(row))):
                spent[key][0] += row["price_pence"] or 0
                spent[key][1] += 1
    price = {key: Fraction(pence, number) for key, (pence, number) in spent.items()}
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in rows:
        person, month = home[row["person"]], row["month"]
        alike = [p for p in who if (p["practice"], p["age_band"]) == (person["practice"], person["age_band"])]
        seen = [p for p in alike if not p.get("lost_from") or month < p["lost_from"]]
        treated = person["practice"] in TREATED
        arm = sum(heads for practice, heads in HEADS.items() if (practice in TREATED) == treated)
        sign = (1 if treated else -1) * (1 if month >= "2015-04" else -1)
        weight = Fraction(sign * len(alike), len(seen) * arm * 100)
        own = Fraction(row["price_pence"] or 0)
        usual = price[(row["pod"],)]
        of_kind = Fraction(0) if kind(row) == "none" else own
        if kind(row) not in (None, "none"):
            of_kind = price.get((row["pod"], kind(row)), own)
        for part, amount in zip(PARTS, (usual, of_kind - usual, own - of_kind), strict=True):
            found[row["pod"], part] += weight * amount
    return found


@pytest.mark.parametrize("seed", range(6))
def test_parts_add_and_are_those_of_fractions(store: Store, seed: int) -> None:
    rows, who = random_village(seed)
    found = decomposed(store, rows, who, study())
    expected = by_fractions(rows, who)
    for pod in PODS:
        # reference prices are kept to a millionth of a penny
        assert [found.found[pod][part] for part in PARTS] == pytest.approx(
            [float(expected[pod, part]) for part in PARTS], abs=1e-6
        )
        assert sum(found.found[pod][part] for part in PARTS) == pytest.approx(found.cost[pod], abs=1e-9)
    assert sum(found.found["all"][part] for part in PARTS) == pytest.approx(found.cost["all"], abs=1e-9)
    heads = sum(HEADS[practice] for practice in TREATED)
    saved = saving(effect_gbp_per_head=found.cost["all"], observed_mean=1.0, heads=heads).gbp
    pence = saving_parts(saved, {pod: {p: found.found[pod][p] for p in PARTS} for pod in PODS}, heads=heads)
    assert sum((sum(parts.values(), Decimal(0)) for parts in pence.values()), Decimal(0)) == saved
