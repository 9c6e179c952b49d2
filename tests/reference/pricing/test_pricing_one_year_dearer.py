"""One tariff year made a tenth dearer: what is paid on does not move by a penny, what the year's own list says does.

From rows to the cost per head of the panel, on the official workbooks: rows of 2016/17 carry HRG4, later ones HRG4+.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from cohorts_village import village

from pipeline import panel, tables
from pipeline.pricing import fallback, price_tables
from pipeline.pricing.appointments import price_appointments
from pipeline.pricing.attendances import price_attendances
from pipeline.pricing.spells import price_spells
from pipeline.pricing.tariff import Tariff, YearPrices, read_workbook, together
from pipeline.store import Store
from pipeline.study import PricingRules

MONTHS = {"first": "2016-04", "last": "2019-03"}
STUDY = village(
    calendar={"baseline": list(MONTHS.values()), "launch": "2019-04-01", "contract_years": ["2019-20"]},
    eligible={"age": [40, 74], "registers": ["COPD"], "at": "2019-03-31"},
    prices={
        "base": "2016-17", "grouper": "HRG4", "fallback": "pod_los_band",
        "grouper_by_year": {"2017-18": "HRG4+", "2018-19": "HRG4+"},
    },
)  # fmt: skip
PRACTICES = ("A80001", "A80002", "A80101", "A80102")
HRGS = {"2016-17": ("EB03H", "DZ21A", "GA10E", "FZ51Z"), "2017-18": ("EB03C", "AA22C", "CA14Z", "FZ51Z")}
MONEY = {
    "apc": ("op_procedure", "combined", "day_case", "ordinary_elective", "non_elective", "per_day", "short_stay_price"),
    "outpatient": ("WF01B", "WF02B", "WF01A", "WF02A"),
    "ae": ("type12", "type3"),
}


def dearer(prices: YearPrices) -> YearPrices:
    """Every price x 1.1, exactly: as printed they are whole pounds."""
    lists = {
        part: getattr(prices, part).assign(**{c: getattr(prices, part)[c] * 110 // 100 for c in columns})
        for part, columns in MONEY.items()
    }
    return replace(prices, **lists)


def contacts(draw: random.Random, number: int) -> dict[str, Any]:
    """Facts that a spell, an attendance and an appointment take what they need of."""
    day = date(2016, 4, 1) + timedelta(draw.randrange(3 * 365))
    start = day.year - (day.month < 4)
    year = f"{start}-{(start + 1) % 100:02d}"
    return {
        "person": f"p{draw.randrange(40)}", "provider": draw.choice(["RTD", "RR7"]), "month": f"{day:%Y-%m}",
        "financial_year": year, "day": day, "key": f"{number:04d}", "hrg": draw.choice(HRGS.get(year, HRGS["2017-18"])),
    }  # fmt: skip


def streams(seed: int) -> dict[str, list[dict[str, Any]]]:
    draw = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {"apc": [], "ae": [], "op": []}
    for number in range(900):
        c = contacts(draw, number)
        kept = {name: c[name] for name in ("person", "provider", "month", "financial_year")}
        stay = draw.choice([0, 1, 3, 6, 45])
        elective = draw.random() < 0.5
        rows["apc"].append(kept | {
            "spell_key": c["key"], "spell_hrg": c["hrg"], "spell_hrgs": 1, "episodes": 1, "age": 70, "discharge_date": c["day"],
            "admission_date": c["day"] - timedelta(stay), "admission_method": "11" if elective else "21",
            "patient_class": "2" if elective and not stay else "1",
        })  # fmt: skip
        rows["ae"].append(kept | {
            "attendance_key": c["key"], "hrg": draw.choice(["VB01Z", "VB11Z", None]), "arrival_date": c["day"],
            "department_type": draw.choice(["01", "03"]),
        })  # fmt: skip
        rows["op"].append(kept | {
            "appointment_key": c["key"], "hrg": draw.choice(["WF01B", "WF02A", "FZ51Z", None]), "appointment_date": c["day"],
            "treatment_function": draw.choice(["300", "320"]), "first_attendance": draw.choice(["1", "2"]),
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def books(shared_data: Path) -> Tariff:
    return together([read_workbook(path) for path in sorted((shared_data / "tariff").glob("*.xlsx"))])


@pytest.fixture
def paid_on(store: Store, engine_table):
    """The panel of one tariff: cells, and cost per head with what it is made of."""
    rows = streams(20171)
    people = [
        {"person": f"p{n}", "practice": PRACTICES[n % 4], "age_band": "55-64", "need": 1 + n % 3, "observed_from": "2016-04"}
        for n in range(40)
    ]
    told = {
        "apc": (price_spells, engine_table(rows["apc"], tables.SPELLS)),
        "ae": (price_attendances, engine_table(rows["ae"], tables.ATTENDANCES)),
        "op": (price_appointments, engine_table(rows["op"], tables.APPOINTMENTS)),
    }
    of_people = engine_table(people, tables.PEOPLE)

    def run(tariff: Tariff) -> tuple[pd.DataFrame, pd.DataFrame]:
        given = {"tariff": tariff, "prices": STUDY.prices, "rules": STUDY.pricing, "con": store.con}
        first, *rest = (price(table, **given) for price, table in told.values())
        contacts_of_all = fallback.prices(
            first.union(*rest), prices=STUDY.prices, rules=STUDY.pricing, baseline=STUDY.calendar.baseline,
            factors=price_tables.load(store.con, [tariff.base(STUDY.prices)]).mff,
        )  # fmt: skip
        # laid down once, as the pipeline does: the panel reads tables, not the rule
        laid = store.get(store.put("priced", contacts_of_all, ("stream", "activity_key")))
        cells = panel.cells(laid, of_people, study=STUDY, **MONTHS).execute()
        heads = panel.heads(of_people, study=STUDY, **MONTHS).execute()
        key = ["practice", "month", "age_band", "need", "pod"]
        return cells.sort_values(key, ignore_index=True), panel.paid_cells(cells, heads, study=STUDY)

    return run


def test_the_constant_price_measure_does_not_move_and_the_current_one_does(books: Tariff, paid_on) -> None:
    cells, paid = paid_on(books)
    scaled = Tariff(dict(books.years) | {"2017-18": dearer(books.years["2017-18"])})
    cells_after, paid_after = paid_on(scaled)
    pd.testing.assert_frame_equal(paid, paid_after, check_exact=True)
    assert paid.loc[(paid["outcome"] == "cost") & (paid["pod"] == "all") & (paid["month"] > "2017-04"), "per_head"].sum() > 0

    moved = ["current_pence", "both_current_pence"]
    pd.testing.assert_frame_equal(cells.drop(columns=moved), cells_after.drop(columns=moved))
    in_year = cells["month"].between("2017-04", "2018-03")
    pd.testing.assert_frame_equal(cells.loc[~in_year, moved], cells_after.loc[~in_year, moved])
    before, after = cells.loc[in_year, "current_pence"].sum(), cells_after.loc[in_year, "current_pence"].sum()
    assert before > 0
    # each price is rounded to a penny once before and once after: at most half a penny and 0.55 of one a contact
    assert abs(after - before * 11 / 10) <= 1.05 * cells.loc[in_year, "current_contacts"].sum()


def test_making_the_base_year_dearer_moves_it(books: Tariff, paid_on) -> None:
    scaled = Tariff(dict(books.years) | {"2016-17": dearer(books.years["2016-17"])})
    before, after = (frame.loc[(frame["outcome"] == "cost") & (frame["pod"] == "all"), "per_head"].sum() for frame in (
        paid_on(books)[1], paid_on(scaled)[1]))  # fmt: skip
    assert after == pytest.approx(1.1 * before, rel=1e-4)


def test_a_spell_of_the_dearer_year_by_hand(books: Tariff, store: Store, engine_table) -> None:
    # EB03C, non-elective, 2017/18: 2887 x 1.1 = 3175.70; x 1.035817 = 3289.4440469 -> 3289.44; before 2990.403679 -> 2990.40
    row = streams(1)["apc"][0] | {
        "spell_hrg": "EB03C", "admission_method": "21", "patient_class": "1", "provider": "RTD", "financial_year": "2017-18",
        "admission_date": date(2017, 6, 1), "discharge_date": date(2017, 6, 6),
    }  # fmt: skip
    table = engine_table([row], tables.SPELLS)
    scaled = Tariff(dict(books.years) | {"2017-18": dearer(books.years["2017-18"])})
    got = []
    for tariff in (books, scaled):
        priced = price_spells(table, tariff=tariff, prices=STUDY.prices, rules=PricingRules(), con=store.con)
        got.append(priced.to_pyarrow().to_pylist()[0]["current_price_pence"])
    assert got == [299040, 328944]
    assert [int((Decimal(pounds) * Decimal("1.035817")).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100) for pounds in (
        "2887", "3175.70")] == got  # fmt: skip
