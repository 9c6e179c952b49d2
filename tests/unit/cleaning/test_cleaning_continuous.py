"""Hand-written stays across hospitals, the continuous spells they are, and why."""

from collections import Counter
from dataclasses import dataclass

import pytest

from pipeline.cleaning import admitted_care, summary
from pipeline.cleaning.continuous import continuous_spells
from pipeline.study import CleaningRules

USUAL = {
    "PROCODE3": "ZT1", "EPISTAT": "3", "EPIORDER": "1", "ADMIMETH": "21", "ADMISORC": "19", "DISDEST": "19", "DISMETH": "1",
    "CLASSPAT": "1", "ADMINCAT": "01", "STARTAGE": "60", "GPPRAC": "A80001", "MAINSPEF": "300", "TRETSPEF": "300",
    "SUSHRG": "DZ21A", "SUSCOREHRG": "DZ21A",
}  # fmt: skip


def stay(provider: str, admitted: str, discharged: str | None, **differs: str) -> dict:
    """One provider spell of one episode in June 2015: days as text of two digits."""
    end = discharged or admitted
    dates = {"ADMIDATE": admitted, "EPISTART": admitted, "EPIEND": end, "DISDATE": discharged}
    days = {name: day and f"2015-06-{day}" for name, day in dates.items()}
    return USUAL | days | {"PROCODE3": provider} | differs


@dataclass(frozen=True)
class Case:
    name: str
    why: str
    spells: list[dict]
    stays: list[tuple[int, int, str | None]]  # provider spells, providers, day of discharge
    days: int = 2


CASES = [
    Case("one hospital", "nothing to join", [stay("ZT1", "01", "04")], [(1, 1, "04")]),
    Case("sent on", "discharged to another hospital (DISDEST 51) and admitted there the same day",
         [stay("ZT1", "01", "04", DISDEST="51"), stay("ZT2", "04", "09")], [(2, 2, "09")]),
    Case("came from", "only the second hospital says so (ADMISORC 51), two days later",
         [stay("ZT1", "01", "04"), stay("ZT2", "06", "09", ADMISORC="51")], [(2, 2, "09")]),
    Case("three days", "later than the protocol's two days: another stay",
         [stay("ZT1", "01", "04"), stay("ZT2", "07", "09", ADMISORC="51")], [(1, 1, "04"), (1, 1, "09")]),
    Case("three days allowed", "as HES_pipeline counts",
         [stay("ZT1", "01", "04"), stay("ZT2", "07", "09", ADMISORC="51")], [(2, 2, "09")], days=3),
    Case("no transfer", "home in between: admitted elsewhere on the day of discharge without a word of transfer",
         [stay("ZT1", "01", "04"), stay("ZT2", "04", "09")], [(1, 1, "04"), (1, 1, "09")]),
    Case("emergency transfer", "ADMIMETH 2B",
         [stay("ZT1", "01", "04"), stay("ZT2", "04", "09", ADMIMETH="2B")], [(2, 2, "09")]),
    Case("other transfer", "ADMIMETH 81", [stay("ZT1", "01", "04"), stay("ZT2", "04", "09", ADMIMETH="81")], [(2, 2, "09")]),
    Case("there and back", "three provider spells, two hospitals, one stay",
         [stay("ZT1", "01", "04", DISDEST="52"), stay("ZT2", "04", "06", DISDEST="51"), stay("ZT1", "06", "20")],
         [(3, 2, "20")]),
    Case("regular attender", "a day attendance is never joined, whatever it says of a transfer",
         [stay("ZT1", "01", "04", DISDEST="51"), stay("ZT2", "04", "04", CLASSPAT="3", ADMISORC="51")],
         [(1, 1, "04"), (1, 1, "04")]),
    Case("still there", "the second hospital has not discharged: the stay is unfinished",
         [stay("ZT1", "01", "04", DISDEST="51"), stay("ZT2", "04", None, DISMETH="8")], [(2, 2, None)]),
    Case("lent for a day", "a day case elsewhere within the stay; the third is compared with the latest discharge, the 20th",
         [stay("ZT1", "01", "20", DISDEST="51"), stay("ZT2", "05", "05", CLASSPAT="2", ADMISORC="51"),
          stay("ZT3", "21", "25", ADMISORC="52")], [(3, 3, "25")]),
    Case("weeks later", "sent on, but nobody admitted within days",
         [stay("ZT1", "01", "04", DISDEST="51"), stay("ZT2", "20", "22")], [(1, 1, "04"), (1, 1, "22")]),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(delivered):
    """Stays of every case, by name and days allowed; one person a case."""
    rows = [
        spell | {"PSEUDO_HESID": case.name, "EPIKEY": f"{number * 10 + place}"}
        for number, case in enumerate(CASES, 1)
        for place, spell in enumerate(case.spells)
    ]
    spells = admitted_care.spells(delivered(rows), rules=CleaningRules()).table
    return {
        days: continuous_spells(spells, rules=CleaningRules(continuous_spell_days=days)).execute() for days in (2, 3)
    }, spells.execute()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, found) -> None:
    stays = found[0][case.days]
    mine = stays[stays["person"] == case.name]
    day = [None if value is None or value != value else f"{value:%d}" for value in mine["discharge_date"]]
    assert Counter(zip(mine["spells"], mine["providers"], day, strict=True)) == Counter(case.stays), case.why


def test_every_provider_spell_is_in_exactly_one_stay(found) -> None:
    stays, spells = found
    assert stays[2]["spells"].sum() == stays[3]["spells"].sum() == len(spells) == sum(len(case.spells) for case in CASES)
    assert stays[2]["continuous_key"].is_unique


def test_the_stay_takes_admission_from_its_first_spell(found) -> None:
    stays = found[0][2]
    (there_and_back,) = stays[stays["person"] == "there and back"].to_dict("records")
    assert there_and_back["continuous_key"] == str((1 + [c.name for c in CASES].index("there and back")) * 10)
    assert (there_and_back["admission_method"], there_and_back["patient_class"], there_and_back["practice"]) == (
        "21",
        "1",
        "A80001",
    )
    assert (f"{there_and_back['admission_date']:%Y-%m-%d}", there_and_back["month"]) == ("2015-06-01", "2015-06")


def test_counted_by_year_of_discharge_unfinished_ones_left_out(delivered) -> None:
    rows = [
        stay("ZT1", "01", "04", DISDEST="51") | {"PSEUDO_HESID": "a", "EPIKEY": "1"},
        stay("ZT2", "04", "09") | {"PSEUDO_HESID": "a", "EPIKEY": "2"},
        stay("ZT1", "01", "04") | {"PSEUDO_HESID": "b", "EPIKEY": "3"},
        stay("ZT1", "01", None, DISMETH="8") | {"PSEUDO_HESID": "c", "EPIKEY": "4"},
    ]
    spells = admitted_care.spells(delivered(rows), rules=CleaningRules()).table
    counted = summary.by_year(continuous_spells(spells, rules=CleaningRules()))
    assert counted.to_dict("records") == [{"financial_year": "2015-16", "provider_spells": 3, "continuous_spells": 2}]
