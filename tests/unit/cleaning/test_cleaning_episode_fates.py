"""What becomes of each delivered episode: kept, quarantined, merged or out of scope, and why."""

import pytest

from pipeline.cleaning import admitted_care
from pipeline.cleaning.accounting import accounting, check_accounting
from pipeline.study import CleaningRules

EPISODE = {
    "EPIKEY": "100", "PSEUDO_HESID": "P1", "PROCODE3": "ZT1", "EPISTAT": "3", "EPIORDER": "1", "ADMIMETH": "21",
    "ADMISORC": "19", "DISDEST": "19", "DISMETH": "1", "CLASSPAT": "1", "ADMINCAT": "01", "STARTAGE": "60",
    "GPPRAC": "A80001", "MAINSPEF": "300", "TRETSPEF": "300", "DIAG_4_01": "J440", "SUSHRG": "DZ21A", "SUSCOREHRG": "DZ21A",
    "ADMIDATE": "2015-06-01", "EPISTART": "2015-06-01", "EPIEND": "2015-06-03", "DISDATE": "2015-06-03", "SUBDATE": None,
}  # fmt: skip
LATEST, COMPLETE = CleaningRules(), CleaningRules(duplicates="most_complete_then_latest")

RULINGS = [
    ({"EPISTAT": "1", "EPIEND": None}, "out_of_scope", "unfinished episode"),
    ({"EPISTAT": None}, "quarantined", "EPISTAT is neither 1 nor 3"),
    ({"PSEUDO_HESID": "  "}, "quarantined", "PSEUDO_HESID is empty"),
    ({"EPIKEY": ""}, "quarantined", "EPIKEY is empty"),
    ({"PROCODE3": "&"}, "quarantined", "PROCODE3 is empty or not known"),
    ({"EPISTART": "1801-01-01"}, "quarantined", "EPISTART is empty or not a date"),
    ({"EPIEND": "1600-01-01"}, "quarantined", "EPIEND is empty or not a date"),
    ({"EPIEND": "2015-02-30"}, "quarantined", "EPIEND is empty or not a date"),
    ({"EPIEND": "2015-05-31"}, "quarantined", "EPIEND before EPISTART"),
    ({"ADMIDATE": "1582-10-15", "ADMISORC": "51"}, "quarantined", "ADMIDATE is empty or not a date"),
    ({"ADMIDATE": "1800-01-01", "EPIORDER": "2"}, "quarantined", "ADMIDATE is empty or not a date"),
    ({"ADMIDATE": "1800-01-01"}, "kept", "ADMIDATE filled from EPISTART"),
    ({"DISDATE": "2015-05-01"}, "kept", "DISDATE before ADMIDATE: discharge not known"),
    ({"COST_GBP": "12.345"}, "kept", "COST_GBP is not a sum of money"),
    ({"EPISTAT": " 3 ", "ADMIDATE": "20150601", "COST_GBP": "12.34"}, "kept", ""),
]


#: cases of duplicates: the rows and the row number that stays, the others merged into it
OLD_FULL = EPISODE | {"EPIKEY": "101", "SUBDATE": "2015-07-01", "LSOA11": "E01000001"}
NEW_BARE = EPISODE | {"EPIKEY": "099", "SUBDATE": "2015-08-01", "LSOA11": None}
CORRECTED = {"RECEIVED": "2016-09-15", "EPIEND": "2015-06-09", "DISDATE": "2015-06-09"}
STAYS = {
    "latest submission before most complete": ([OLD_FULL, NEW_BARE], 2),
    "without submission dates, the latest received": ([EPISODE, EPISODE | {"EPIKEY": "005", "RECEIVED": "2016-09-01"}], 2),
    "then the most complete": ([EPISODE | {"LSOA11": "E01000001"}, EPISODE | {"EPIKEY": "999", "LSOA11": None}], 1),
    "then the highest key as a number, 99 below 1000": ([EPISODE | {"EPIKEY": key} for key in ("99", "1000", "998")], 2),
    "one key is one record though its dates were corrected": ([EPISODE, EPISODE | CORRECTED], 2),
    "1 goes to 2 by EPIKEY, and follows it to 3 by its dates": (
        [EPISODE | {"RECEIVED": "2016-01-01"}, EPISODE | {"RECEIVED": "2016-02-01"}, EPISODE | {"EPIKEY": "200"}], 3),
}  # fmt: skip
#: each tells two episodes apart
APART = [
    {"EPISTART": "2015-06-02"}, {"EPIEND": "2015-06-02"}, {"EPIORDER": "2"}, {"PROCODE3": "ZT2"}, {"DISDEST": "51"},
    {"DISDATE": "2015-06-04"}, {"PSEUDO_HESID": "P2"}, {"PROVSPNOPS": "b"}, {"ADMIDATE": "2015-05-31"},
]  # fmt: skip


@pytest.fixture(scope="module")
def seen(clean_apart):
    cases = [[EPISODE | differs] for differs, _, _ in RULINGS] + [rows for rows, _ in STAYS.values()]
    cases += [[EPISODE | {"PROVSPNOPS": "a"}, EPISODE | {"EPIKEY": "101", "PROVSPNOPS": "a"} | differs] for differs in APART]
    return clean_apart(cases, lambda rows: admitted_care.spells(rows, rules=LATEST), key=("EPIKEY", "spell_key"))


@pytest.mark.parametrize("number", range(len(RULINGS)), ids=lambda number: f"{RULINGS[number][2]} {RULINGS[number][0]}")
def test_one_episode(number: int, seen) -> None:
    _, fate, reason = RULINGS[number]
    assert seen[number].fates == {1: (fate, reason, 0)}
    assert len(seen[number].rows) == (1 if fate == "kept" else 0)


@pytest.mark.parametrize("name", list(STAYS))
def test_which_duplicate_stays(name: str, seen) -> None:
    rows, best = STAYS[name]
    expected = dict.fromkeys(range(1, len(rows) + 1), ("merged", admitted_care.SAME_EPISODE, best))
    assert seen[len(RULINGS) + list(STAYS).index(name)].fates == expected | {best: ("kept", "", 0)}


@pytest.mark.parametrize("number", range(len(APART)), ids=lambda number: next(iter(APART[number])))
def test_every_part_of_the_key_tells_episodes_apart(number: int, seen) -> None:
    fates = seen[len(RULINGS) + len(STAYS) + number].fates
    assert [fate[0] for fate in fates.values()] == ["kept", "kept"]


def test_the_protocol_may_put_completeness_first(delivered) -> None:
    fates = admitted_care.spells(delivered([OLD_FULL, NEW_BARE]), rules=COMPLETE).fates.execute()
    assert dict(zip(fates["row_no"], fates["fate"], strict=True)) == {1: "kept", 2: "merged"}


def test_all_rows_are_accounted_for_and_out_of_scope_names_its_clause(delivered) -> None:
    rows = [EPISODE | {"EPIKEY": str(number)} | differs for number, (differs, _, _) in enumerate(RULINGS)]
    counted = accounting(admitted_care.spells(delivered(rows), rules=LATEST).fates)
    check_accounting(len(rows), counted)
    # of the four kept alone, three agree in every date once ADMIDATE is filled: one of them stays, two are merged into it
    assert counted.groupby("fate")["rows"].sum().to_dict() == {"kept": 2, "merged": 2, "out_of_scope": 1, "quarantined": 10}
    assert counted.loc[counted["fate"] == "out_of_scope", "clause"].tolist() == [admitted_care.FINISHED_ONLY]
