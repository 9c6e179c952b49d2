"""The rehearsal's own prices of single contacts, each worked out by hand from the published book and MFF."""

import numpy as np
import pytest

from pipeline.rehearsal.valuation import (
    AE_HRGS,
    HRG_INDEX,
    TREATMENT_FUNCTIONS,
    UNPRICED,
    price_appointments,
    price_attendances,
    price_spells,
    with_market_forces,
)

ZT1, ZT2, ZT3 = 0, 1, 2


def one(value: object) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize(
    ("hrg", "emergency", "day_case", "stay", "age", "provider", "pence"),
    [
        ("DZ21K", True, False, 5, 60, ZT1, 162_105),  # 1,565 x 1.035817 = 1,621.0536
        ("DZ21K", True, False, 14, 60, ZT1, 200_845),  # trim 12: (1,565 + 2 x 187) x 1.035817 = 2,008.4492
        ("DZ21K", True, False, 12, 60, ZT1, 162_105),  # stay = trim point: no excess day
        ("DZ21K", True, False, 1, 60, ZT1, 48_683),  # short stay, column N: 470 x 1.035817 = 486.8340
        ("DZ21K", True, False, 1, 18, ZT1, 162_105),  # under 19 the full price
        ("DZ21K", True, False, 2, 60, ZT1, 162_105),  # two nights are not short
        ("EB07H", True, False, 0, 60, ZT2, 176_545),  # L is No: 1,717 x 1.028218 = 1,765.4503
        ("FZ18C", False, True, 0, 60, ZT3, 127_000),  # day case apart: 1,233 x 1.030009 = 1,270.0011
        ("FZ18C", False, False, 1, 60, ZT3, 95_482),  # ordinary: 927 x 1.030009 = 954.8183
        ("HB21C", False, False, 11, 60, ZT1, 620_040),  # trim 9: (5,566 + 2 x 210) x 1.035817 = 6,200.4006
        ("UZ01Z", True, False, 3, 60, ZT1, UNPRICED),  # printed at 0, but ungroupable: no price
    ],
)
def test_spell_price(hrg: str, emergency: bool, day_case: bool, stay: int, age: int, provider: int, pence: int) -> None:
    found = price_spells(
        hrg=one(HRG_INDEX[hrg]), emergency=one(emergency), day_case=one(day_case), stay=one(stay), age=one(age),
        provider=one(provider),
    )  # fmt: skip
    assert found.tolist() == [pence]


def test_a_day_case_never_has_excess_days() -> None:
    plain = {"hrg": one(HRG_INDEX["FZ51Z"]), "emergency": one(False), "age": one(60), "provider": one(ZT1)}
    assert price_spells(day_case=one(True), stay=one(9), **plain).tolist() == [45_680]  # 441 x 1.035817 = 456.7953
    assert price_spells(day_case=one(False), stay=one(9), **plain).tolist() == [132_274]  # + 4 x 209: 1,277 -> 1,322.7383


def attendance(hrg: str, department: int, provider: int) -> list[int]:
    index = AE_HRGS.tolist().index(hrg)
    return price_attendances(hrg=one(index), department=one(department), provider=one(provider)).tolist()


def test_attendance_price_by_department_type() -> None:
    assert attendance("VB01Z", 1, ZT1) == [25_481]  # 246 x 1.035817 = 254.8110
    assert attendance("VB01Z", 3, ZT3) == [5_871]  # type 3 is flat: 57 x 1.030009 = 58.7105
    assert attendance("UZ01Z", 1, ZT1) == [UNPRICED]
    assert attendance("UZ01Z", 3, ZT1) == [UNPRICED]


def appointment(function: int, first: bool, procedure: int, provider: int) -> list[int]:
    index = TREATMENT_FUNCTIONS.tolist().index(function)
    return price_appointments(function=one(index), first=one(first), procedure=one(procedure), provider=one(provider)).tolist()


def test_appointment_price_first_follow_up_and_procedure() -> None:
    assert appointment(340, True, -1, ZT2) == [18_714]  # 182 x 1.028218 = 187.1357
    assert appointment(340, False, -1, ZT1) == [10_876]  # 105 x 1.035817 = 108.7608
    assert appointment(101, True, HRG_INDEX["LB72A"], ZT1) == [39_983]  # column D alone: 386 x 1.035817 = 399.8254
    assert appointment(400, True, -1, ZT1) == [UNPRICED]  # neurology has no national price


def test_half_a_penny_is_rounded_up() -> None:
    # 1,000 x 1.035817 = 103,581.7 pence; 250 x 1.028218 = 25,705.45 pence; 2,500 x 1.028218 = 257,054.5 pence, a half
    assert with_market_forces(pounds=np.array([1_000, 250, 2_500]), provider=np.array([ZT1, ZT2, ZT2])).tolist() == [
        103_582,
        25_705,
        257_055,
    ]
