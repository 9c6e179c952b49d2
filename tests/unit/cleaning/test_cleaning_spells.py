"""Assurance episodes: hand-written hospital stays, the spells they are, and why."""

from dataclasses import dataclass

import pytest

from pipeline.cleaning import admitted_care
from pipeline.study import CleaningRules

#: an ordinary emergency stay of one person at one provider; each episode below names what differs
USUAL = {
    "PSEUDO_HESID": "P1", "PROCODE3": "ZT1", "EPISTAT": "3", "EPIORDER": "1", "ADMIMETH": "21", "ADMISORC": "19",
    "DISDEST": "19", "DISMETH": "1", "CLASSPAT": "1", "ADMINCAT": "01", "STARTAGE": "60", "GPPRAC": "A80001",
    "MAINSPEF": "300", "TRETSPEF": "300", "DIAG_4_01": "J440", "SUSHRG": "DZ21A", "SUSCOREHRG": "DZ21A",
}  # fmt: skip


def episode(key: str, admission: str, start: str, end: str, discharge: str | None, **differs: str | None) -> dict:
    dates = {"EPIKEY": key, "ADMIDATE": admission, "EPISTART": start, "EPIEND": end, "DISDATE": discharge}
    return USUAL | dates | differs


@dataclass(frozen=True)
class Case:
    name: str
    why: str
    episodes: list[dict]
    spells: list[tuple[str, int, str | None]]  # smallest EPIKEY, episodes, month of discharge


DAY = ("2015-06-01", "2015-06-01", "2015-06-01", "2015-06-01")
CASES = [
    Case("one episode", "a stay with one consultant", [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", "2015-06-02")],
         [("1", 1, "2015-06")]),
    Case("two consultants", "same admission date; the last episode carries the discharge",
         [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", None, DISMETH="8"),
          episode("2", "2015-05-30", "2015-06-02", "2015-07-01", "2015-07-01", EPIORDER="2")], [("1", 2, "2015-07")]),
    Case("discharge on every episode", "some suppliers repeat DISDATE; the stay is one all the same",
         [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", "2015-07-01"),
          episode("2", "2015-05-30", "2015-06-02", "2015-07-01", "2015-07-01", EPIORDER="2")], [("1", 2, "2015-07")]),
    Case("still in hospital", "no discharge on the last episode: kept, in no month",
         [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", None, DISMETH="8")], [("1", 1, None)]),
    Case("over 31 March", "episodes of one stay come in two yearly deliveries",
         [episode("1", "2015-03-25", "2015-03-25", "2015-03-30", None, DISMETH="8", DELIVERY="y1"),
          episode("2", "2015-03-25", "2015-03-30", "2015-04-04", "2015-04-04", EPIORDER="2", DELIVERY="y2")],
         [("1", 2, "2015-04")]),
    Case("admission date rewritten", "not discharged (DISMETH 8) and starts where the one before ended",
         [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", None, DISMETH="8"),
          episode("2", "2015-06-02", "2015-06-02", "2015-06-09", "2015-06-09", EPIORDER="2")], [("1", 2, "2015-06")]),
    Case("readmitted on the day of discharge", "discharged (DISMETH 1), so the same rule does not join",
         [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", "2015-06-02"),
          episode("2", "2015-06-02", "2015-06-02", "2015-06-09", "2015-06-09")], [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("day case and readmission of one day", "both are first episodes and the first one is discharged by then",
         [episode("1", *DAY, CLASSPAT="2", ADMIMETH="11"), episode("2", *DAY[:2], "2015-06-03", "2015-06-03")],
         [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("two day cases of one day", "alike in every date, but the provider gave two spell numbers",
         [episode("1", *DAY, CLASSPAT="2", PROVSPNOPS="a"), episode("2", *DAY, CLASSPAT="2", PROVSPNOPS="b")],
         [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("one day case twice", "alike in every date and no number tells them apart: the same episode delivered again",
         [episode("1", *DAY, CLASSPAT="2"), episode("2", *DAY, CLASSPAT="2")], [("2", 1, "2015-06")]),
    Case("two episodes of one day case", "the second is EPIORDER 2: one stay",
         [episode("1", *DAY, CLASSPAT="2"), episode("2", *DAY, CLASSPAT="2", EPIORDER="2")], [("1", 2, "2015-06")]),
    Case("one number for both", "the supplier says that the two are one spell (SUSSPELLID)",
         [episode("1", *DAY, SUSSPELLID="77"), episode("2", *DAY[:2], "2015-06-03", "2015-06-03", SUSSPELLID="77")],
         [("1", 2, "2015-06")]),
    Case("two numbers", "the supplier's spell numbers differ though the admission date is the same",
         [episode("1", *DAY, PROVSPNOPS="a"), episode("2", *DAY, PROVSPNOPS="b", EPIORDER="2")],
         [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("unspellable", "SUSSPELLID -1 is no number: the dates decide",
         [episode("1", "2015-05-30", "2015-05-30", "2015-06-02", None, DISMETH="8", SUSSPELLID="-1"),
          episode("2", "2015-05-30", "2015-06-02", "2015-06-03", "2015-06-03", EPIORDER="2", SUSSPELLID="-1")],
         [("1", 2, "2015-06")]),
    Case("one number for ever", "a number filled with one value joins nothing that the dates keep apart",
         [episode("1", *DAY, PROVSPNOPS="x"), episode("2", *["2016-02-01"] * 4, PROVSPNOPS="x")],
         [("1", 1, "2015-06"), ("2", 1, "2016-02")]),
    Case("two hospitals", "a spell ends at the door of the provider",
         [episode("1", "2015-06-01", "2015-06-01", "2015-06-03", "2015-06-03", DISDEST="51"),
          episode("2", "2015-06-03", "2015-06-03", "2015-06-08", "2015-06-08", PROCODE3="ZT2", ADMISORC="51")],
         [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("two people", "never joined", [episode("1", *DAY), episode("2", *DAY, PSEUDO_HESID="P2", EPIORDER="2")],
         [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("regular attender", "CLASSPAT 3: counted, each by itself, and no bridge between others",
         [episode("1", *DAY, CLASSPAT="3"), episode("2", *DAY, CLASSPAT="3", EPIORDER="2")],
         [("1", 1, "2015-06"), ("2", 1, "2015-06")]),
    Case("day case in the midst of a stay", "the stay keeps its episodes together",
         [episode("1", "2015-06-01", "2015-06-01", "2015-06-05", None, DISMETH="8"),
          episode("2", "2015-06-01", "2015-06-05", "2015-06-10", "2015-06-10", EPIORDER="2"),
          episode("3", "2015-06-03", "2015-06-03", "2015-06-03", "2015-06-03", CLASSPAT="2", ADMIMETH="11")],
         [("1", 2, "2015-06"), ("3", 1, "2015-06")]),
    Case("sentinel discharge", "1801-01-01 is no date: the spell is unfinished",
         [episode("1", "2015-06-01", "2015-06-01", "2015-06-05", "1801-01-01")], [("1", 1, None)]),
    Case("discharged before admitted", "the date cannot be: discharge not known",
         [episode("1", "2015-06-01", "2015-06-01", "2015-06-05", "2015-05-05")], [("1", 1, None)]),
]  # fmt: skip


TAKES = [
    episode("11", "2015-05-30", "2015-06-02", "2016-04-01", "2016-04-01", EPIORDER="2", STARTAGE="1", GPPRAC="A80001",
            SUSHRG="AA23C", SUSCOREHRG="EB03A", COST_GBP="0.05", ADMIMETH="11", DIAG_4_01="J440"),
    episode("10", "2015-05-30", "2015-05-30", "2015-06-02", None, DISMETH="8", STARTAGE="7003", GPPRAC="V81999",
            SUSHRG="AA22C", SUSCOREHRG=None, COST_GBP="1000.10", DIAG_4_01="I200 ", CLASSPAT=" 1"),
]  # fmt: skip
TWO_HRGS = [episode("1", *DAY, SUSCOREHRG="EB03A"), episode("2", *DAY, EPIORDER="2", SUSCOREHRG="DZ21A")]
ALONE = [episode("1", *DAY, SUSCOREHRG=None)]


@pytest.fixture(scope="module")
def seen(clean_apart):
    cases = [case.episodes for case in CASES] + [TAKES, TWO_HRGS, ALONE]
    return clean_apart(cases, lambda rows: admitted_care.spells(rows, rules=CleaningRules()), key=("EPIKEY", "spell_key"))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_spells_of_assurance_episodes(number: int, seen) -> None:
    found = sorted((row["spell_key"], row["episodes"], row["month"]) for row in seen[number].rows)
    assert found == CASES[number].spells, CASES[number].why


def test_what_a_spell_takes_from_which_episode(seen) -> None:
    (spell,) = seen[len(CASES)].rows
    assert (spell["age"], spell["admission_method"], spell["patient_class"], spell["diagnosis"]) == (0, "21", "1", "I200")
    assert (str(spell["discharge_date"])[:10], spell["financial_year"]) == ("2016-04-01", "2016-17")
    assert (spell["spell_hrg"], spell["spell_hrgs"]) == ("EB03A", 1)
    assert spell["supplier_cost_pence"] == 100_015  # 1000.10 + 0.05 pounds
    assert spell["practice"] is None  # V81999 is no practice, and the second episode's does not stand in
    assert spell["episode_hrg"] is None  # two episodes: neither HRG is the spell's


def test_two_spell_hrgs_in_one_spell_are_counted(seen) -> None:
    (spell,) = seen[len(CASES) + 1].rows
    assert (spell["spell_hrg"], spell["spell_hrgs"]) == ("EB03A", 2)


def test_single_episode_keeps_its_own_hrg_and_no_cost_is_null(seen) -> None:
    (spell,) = seen[len(CASES) + 2].rows
    assert (spell["episode_hrg"], spell["spell_hrg"], spell["supplier_cost_pence"]) == ("DZ21A", None, None)


def test_hrgs_of_episodes_are_handed_on_only_where_no_spell_hrg_is(delivered) -> None:
    """For the price rule's proxy: two episodes without SUSCOREHRG; not a spell that has one, nor a single episode."""
    two = [
        episode("1", *DAY, SUSCOREHRG=None, SUSHRG="AA22C"), episode("2", *DAY, EPIORDER="2", SUSCOREHRG=None, SUSHRG="DZ21A"),
        episode("3", *DAY, EPIORDER="3", SUSCOREHRG=None, SUSHRG="DZ21A"),
    ]  # fmt: skip
    others = [row | {"PSEUDO_HESID": f"P{n}", "EPIKEY": f"{n}{row['EPIKEY']}"} for n, rows in enumerate((TWO_HRGS, ALONE), 2)
              for row in rows]  # fmt: skip
    rows = [row | {"ROW_NO": number} for number, row in enumerate([*two, *others], 1)]
    found = admitted_care.episode_hrgs(delivered(rows), rules=CleaningRules()).order_by("hrg").to_pyarrow().to_pylist()
    assert found == [{"spell_key": "1", "hrg": "AA22C"}, {"spell_key": "1", "hrg": "DZ21A"}]
