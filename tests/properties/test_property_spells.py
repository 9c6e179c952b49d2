"""Spells do not depend on the order of rows or on how episodes are split over deliveries; and a plain-Python spell rule agrees.

The oracle walks each person's episodes with `if` statements, written from the rule in words (pipeline.cleaning.spelling's
docstring), without the engine.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cleaning import admitted_care
from pipeline.store import Store
from pipeline.study import CleaningRules

START = date(2015, 1, 1)
PEOPLE = 400


def stays(seed: int) -> list[dict[str, str | None]]:
    """Episodes on a short calendar, so that same days, follow-ons, repeats and interleaved stays all occur."""
    draw = random.Random(seed)
    rows: list[dict[str, str | None]] = []
    for person in range(PEOPLE):
        for _ in range(draw.randint(1, 5)):
            begin, at = draw.randint(0, 12), 0
            for order in range(1, draw.choice([1, 1, 1, 2, 3]) + 1):
                at, begin_episode = at + draw.randint(0, 3), begin + at
                method = draw.choice(["1", "8", "9", "4"])
                rows.append({
                    "EPIKEY": str(10_000 + len(rows)), "PSEUDO_HESID": f"P{person}",
                    "PROCODE3": draw.choice(["ZT1", "ZT1", "ZT2"]),
                    "EPISTAT": "3", "EPIORDER": str(order), "ADMIMETH": draw.choice(["11", "21"]), "ADMISORC": "19",
                    "DISDEST": "19", "DISMETH": method, "CLASSPAT": draw.choice(["1", "1", "2", "3"]), "ADMINCAT": "01",
                    "STARTAGE": "50", "GPPRAC": "A80001", "MAINSPEF": "300", "TRETSPEF": "300", "SUSHRG": "DZ21A",
                    "SUSCOREHRG": draw.choice(["DZ21A", "EB03A", None]),
                    "ADMIDATE": str(START + timedelta(begin if draw.random() < 0.9 else begin_episode)),
                    "EPISTART": str(START + timedelta(begin_episode)), "EPIEND": str(START + timedelta(begin + at)),
                    "DISDATE": str(START + timedelta(begin + at)) if method in "14" else None,
                    "SUSSPELLID": draw.choice([None, None, None, "1", "2", "-1"]),
                })  # fmt: skip
    return rows


def spells(rows: Sequence[dict], store: Store, path: Path) -> pd.DataFrame:
    kinds = pa.schema([(name, pa.int64() if name == "ROW_NO" else pa.string()) for name in rows[0]])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=kinds), path)
    table = admitted_care.spells(store.con.read_parquet(str(path)), rules=CleaningRules()).table
    return table.execute().sort_values("spell_key").reset_index(drop=True)


def delivered(rows: Sequence[dict], names: Sequence[str], seed: int) -> list[dict]:
    """Rows in another order, spread over deliveries received on one day, numbered within each."""
    draw = random.Random(seed)
    shuffled, count = draw.sample(list(rows), len(rows)), dict.fromkeys(names, 0)
    out = []
    for row in shuffled:
        name = draw.choice(list(names))
        count[name] += 1
        out.append(row | {"DELIVERY": name, "RECEIVED": "2016-07-15", "ROW_NO": count[name]})
    return out


def oracle(rows: Sequence[dict]) -> set[tuple[str, ...]]:
    """Sets of EPIKEYs, one a spell, after keeping the highest EPIKEY of rows alike in every date."""
    alike: dict[tuple, dict] = {}
    for row in sorted(rows, key=lambda row: (sum(value is not None for value in row.values()), int(row["EPIKEY"]))):
        impossible = row["DISDATE"] is not None and row["DISDATE"] < row["ADMIDATE"]
        row = row | {"DISDATE": None if impossible else row["DISDATE"]}
        alike[tuple(row[name] for name in
                    ("PSEUDO_HESID", "PROCODE3", "EPISTART", "EPIEND", "EPIORDER", "ADMIDATE", "DISDATE"))] = row  # fmt: skip
    found: list[list[dict]] = []
    regular = [row for row in alike.values() if row["CLASSPAT"] == "3"]
    others = [row for row in alike.values() if row["CLASSPAT"] != "3"]

    def number(row: dict) -> str:
        return "" if row["SUSSPELLID"] in (None, "-1") else row["SUSSPELLID"]

    others.sort(key=lambda row: (row["PSEUDO_HESID"], row["PROCODE3"], row["ADMIDATE"], number(row), row["EPISTART"],
                                 row["EPIEND"], int(row["EPIORDER"]), row["EPIKEY"]))  # fmt: skip
    for row in others:
        last = found[-1][-1] if found else None
        elsewhere = last is None or any(last[name] != row[name] for name in ("PSEUDO_HESID", "PROCODE3"))
        if elsewhere or (number(row) and number(last) and number(row) != number(last)):
            joins = False
        elif (
            number(row)
            and number(row) == number(last)
            and (row["ADMIDATE"] == last["ADMIDATE"] or row["EPISTART"] <= last["EPIEND"])
        ):
            joins = True
        elif row["EPIORDER"] == "1" and last["DISDATE"] and last["DISDATE"] <= row["EPISTART"] and last["DISMETH"] in "14":
            joins = False
        else:
            joins = (
                row["ADMIDATE"] == last["ADMIDATE"]
                or row["EPISTART"] == last["EPISTART"]
                or (last["DISMETH"] in "89" and row["EPISTART"] == last["EPIEND"])
            )
        if joins:
            found[-1].append(row)
        else:
            found.append([row])
    return {tuple(sorted(row["EPIKEY"] for row in spell)) for spell in found} | {(row["EPIKEY"],) for row in regular}


@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_deliveries_do_not_matter(seed: int, store: Store, tmp_path: Path) -> None:
    rows = stays(seed)
    once = spells(delivered(rows, ["d"], seed=0), store, tmp_path / "one.parquet")
    again = spells(delivered(rows, ["y1", "y2", "y3"], seed=9), store, tmp_path / "three.parquet")
    assert len(once) > PEOPLE
    pd.testing.assert_frame_equal(once, again)


def test_a_plain_reading_of_the_rule_agrees(store: Store, tmp_path: Path) -> None:
    rows = stays(seed=3)
    expected = oracle(rows)
    found = spells(delivered(rows, ["d"], seed=1), store, tmp_path / "d.parquet")
    assert sorted(zip(found["spell_key"], found["episodes"], strict=True)) == sorted((keys[0], len(keys)) for keys in expected)
    assert 0.05 < (found["episodes"] > 1).mean() < 0.9, "the draw must hold both single and joined episodes"
