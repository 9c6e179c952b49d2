"""Spells priced by hand from the official workbooks: every line can be checked with the printed book and a calculator.

Prices as printed, GBP. 2016/17, sheet `1 APC & OPROC`:
  HRG    E combined  F day case  G ordinary  H trim  I non-el.  J trim  K a day  L short  N short stay
  EB03H  4065        -           -           43      3270       40      204      Yes      1038
  DZ21A  514         -           -           5       504        5       187      Yes      504
  WA23Y  2311        -           -           96      998        5       198      Yes      400 (M 0.4: 998 x 0.4 = 399.2)
  GA10D  -           -           1394        5       3061       11      203      No
  GA10E  -           1726        1394        5       896        5       203      No
  CZ10U  -           1925        1620        5       3794       13      330      No
  BZ23Z  353         -           -           5       810        5       242      No
  PB03Z  0           -           -           5       0          5       0        No
2017/18 AA22C 8207, trim 117, 9766, trim 98, 240 a day, short stay 2930; 2018/19 AA22C 8285, 9859, 2958; 2017/18 DZ65K
non-elective 467, no short stay. MFF 2016/17: RTD 1.035817, RR7 1.028218, RX3 1.02654, TAH 1.0305; the same in 2017/19.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.pricing.spells import price_spells
from pipeline.pricing.tariff import read_workbook, together
from pipeline.store import Store
from pipeline.study import Prices, PricingRules

ADMITTED = date(2016, 5, 2)

#: HRG, ADMIMETH, CLASSPAT, days, age, provider -> pence, by hand
CASES_2016_17 = [
    # emergency, beyond and below the trim point of 40 days
    ("EB03H", "21", "1", 5, 70, "RTD", 338712),  # 3270 x 1.035817 = 3387.121590
    ("EB03H", "21", "1", 40, 70, "RTD", 338712),  # LOS = trim: no excess day
    ("EB03H", "21", "1", 41, 70, "RTD", 359843),  # (3270 + 1 x 204) x 1.035817 = 3598.428258
    ("EB03H", "21", "1", 50, 70, "RTD", 550019),  # (3270 + 10 x 204) x 1.035817 = 5500.188270
    ("EB03H", "21", "1", 5, 70, "RR7", 336227),  # 3270 x 1.028218 = 3362.272860
    ("EB03H", "21", "1", 41, 70, "RR7", 357203),  # 3474 x 1.028218 = 3572.029332
    # reduced short stay: emergency, 0 or 1 day, 19 or over, from the printed column N
    ("EB03H", "21", "1", 0, 70, "RTD", 107518),  # 1038 x 1.035817 = 1075.178046
    ("EB03H", "28", "1", 1, 19, "RTD", 107518),
    ("EB03H", "2D", "1", 1, 70, "RTD", 107518),
    ("EB03H", "21", "1", 1, 18, "RTD", 338712),  # under 19: full price
    ("EB03H", "21", "1", 2, 70, "RTD", 338712),  # two days: full price
    ("EB03H", "81", "1", 0, 70, "RTD", 338712),  # transfer: full price
    ("EB03H", "31", "1", 1, 30, "RTD", 338712),  # maternity: full price
    ("WA23Y", "22", "1", 0, 80, "RTD", 41433),  # N 400 x 1.035817 = 414.326800, not 399.2 or 399
    ("DZ21A", "25", "1", 1, 66, "RTD", 52205),  # N 504 (100%) x 1.035817 = 522.051768
    # day-case class with an emergency admission: non-elective, length of stay 0
    ("EB03H", "21", "2", 0, 70, "RTD", 107518),
    ("EB03H", "81", "2", 0, 70, "RTD", 338712),
    # elective, combined price
    ("EB03H", "11", "2", 0, 70, "RTD", 421060),  # 4065 x 1.035817 = 4210.596105
    ("EB03H", "12", "1", 3, 70, "RTD", 421060),
    ("EB03H", "13", "1", 43, 70, "RTD", 421060),  # LOS = elective trim
    ("EB03H", "13", "1", 44, 70, "RTD", 442190),  # (4065 + 1 x 204) x 1.035817 = 4421.902773
    # elective, day case and ordinary priced apart
    ("GA10E", "11", "2", 0, 50, "RTD", 178782),  # 1726 x 1.035817 = 1787.820142
    ("GA10E", "11", "1", 1, 50, "RTD", 144393),  # 1394 x 1.035817 = 1443.928898
    ("GA10E", "11", "1", 6, 50, "RTD", 165420),  # (1394 + 1 x 203) x 1.035817 = 1654.199749
    ("GA10D", "11", "1", 2, 50, "RTD", 144393),
    ("GA10D", "11", "2", 0, 50, "RTD", None),  # no day-case price is printed
    ("GA10D", "21", "1", 2, 50, "RTD", 317064),  # 3061 x 1.035817 = 3170.635837
    ("CZ10U", "12", "2", 0, 12, "RX3", 197609),  # 1925 x 1.02654 = 1976.08950
    ("CZ10U", "12", "1", 1, 12, "RX3", 166299),  # 1620 x 1.02654 = 1662.99480
    # half a penny goes up: 810 x 1.0305 = 834.7050, 83470.5 pence
    ("BZ23Z", "21", "1", 1, 50, "TAH", 83471),
    # a price of nothing is a price; data that cannot be grouped have none, though the book prints 0
    ("PB03Z", "82", "1", 1, 0, "RTD", 0),
    ("UZ01Z", "21", "1", 3, 70, "RTD", None),
    # HRG4+ codes have no price in the HRG4 book, a provider without factor has no price
    ("AA22C", "21", "1", 3, 70, "RTD", None),
    ("EB03H", "21", "1", 5, 70, "NT4", None),
]
CASES_2017_18 = [
    ("AA22C", "21", "1", 1, 70, "RTD", 303494),  # 2930 x 1.035817 = 3034.943810
    ("AA22C", "21", "1", 98, 70, "RTD", 1011579),  # 9766 x 1.035817 = 10115.788822
    ("AA22C", "21", "1", 99, 70, "RTD", 1036438),  # (9766 + 1 x 240) x 1.035817 = 10364.384902
    ("AA22C", "21", "1", 98, 70, "RW4", 1011956),  # 9766 x 1.036203 = 10119.558498
    ("AA22C", "11", "1", 117, 70, "RTD", 850095),  # 8207 x 1.035817 = 8500.950119
    ("AA22C", "11", "1", 118, 70, "RTD", 874955),  # (8207 + 1 x 240) x 1.035817 = 8749.546199
    ("DZ65K", "21", "1", 1, 70, "RTD", 48373),  # no short stay: 467 x 1.035817 = 483.726539
    ("DZ21A", "21", "1", 1, 70, "RTD", None),  # an HRG4 code
]
CASES_2018_19 = [
    ("AA22C", "21", "1", 0, 70, "RR7", 304147),  # 2958 x 1.028218 = 3041.468844
    ("AA22C", "11", "2", 0, 70, "RTD", 858174),  # 8285 x 1.035817 = 8581.743845
]


@pytest.mark.parametrize(
    ("base", "grouper", "cases"),
    [("2016-17", "HRG4", CASES_2016_17), ("2017-18", "HRG4+", CASES_2017_18), ("2018-19", "HRG4+", CASES_2018_19)],
)
def test_spells_cost_what_the_book_says(shared_data: Path, store: Store, engine_table, base, grouper, cases) -> None:
    rows = [
        {
            "spell_key": f"{number:03d} {' '.join(str(fact) for fact in facts)}",
            "provider": facts[5],
            "admission_date": ADMITTED,
            "discharge_date": ADMITTED + timedelta(days=facts[3]),
            "admission_method": facts[1],
            "patient_class": facts[2],
            "age": facts[4],
            "spell_hrg": facts[0],
            "spell_hrgs": 1,
            "episodes": 1,
        }
        for number, (*facts, _) in enumerate(cases)
    ]
    books = together([read_workbook(path) for path in sorted((shared_data / "tariff").glob("*.xlsx"))])
    priced = price_spells(
        engine_table(rows, tables.SPELLS),
        tariff=books,
        prices=Prices(base=base, grouper=grouper),
        rules=PricingRules(),
        con=store.con,
    )
    got = {r["activity_key"]: r["price_pence"] for r in priced.select("activity_key", "price_pence").to_pyarrow().to_pylist()}
    assert got == {row["spell_key"]: pence for row, (*_, pence) in zip(rows, cases, strict=True)}
