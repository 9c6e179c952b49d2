"""Registers, registrations, referrals and link-worker contacts: rulings, dates in all their forms, the same entry twice."""

import pytest

from pipeline import tables
from pipeline.cleaning import programme, registers, registrations
from pipeline.study import CleaningRules

RULES = CleaningRules()
ENTRY = {
    "PSEUDO_HESID": "P1", "PRACTICE_CODE": "A80001", "GROUP_CODE": "COPD", "REGISTER_START": "2012-05-01", "REGISTER_END": None,
}  # fmt: skip
REGISTRATION = {
    "PSEUDO_HESID": "P1", "PRACTICE_CODE": "A80001", "REGISTRATION_START": "2009-05-01", "REGISTRATION_END": None,
    "MYDOB": "1960-05-31", "SEX": "2", "LSOA11": "E01000001", "DEATH_DATE": None,
}  # fmt: skip
REFERRAL = {
    "PSEUDO_HESID": "P1", "PRACTICE_CODE": "A80001", "REFERRAL_DATE": "2015-05-01", "FIRST_CONTACT_DATE": "2015-05-20",
    "STATUS": "engaged", "PROVIDER": "LW1", "END_DATE": None,
}  # fmt: skip
CONTACT = {"PSEUDO_HESID": "P1", "CONTACT_DATE": "2015-06-01", "CONTACT_TYPE": "meeting", "PROVIDER": "LW1"}
READERS = {"register": (registers.registers, ENTRY), "registration": (registrations.registrations, REGISTRATION),
           "referral": (programme.referrals, REFERRAL), "contact": (programme.contacts, CONTACT)}  # fmt: skip

#: list, what differs, fate and reason
RULINGS = [
    ("register", {"PSEUDO_HESID": " "}, "quarantined", "PSEUDO_HESID is empty"),
    ("register", {"GROUP_CODE": None}, "quarantined", "GROUP_CODE is empty"),
    ("register", {"REGISTER_START": "1801-01-01"}, "quarantined", "REGISTER_START is empty or not a date"),
    ("register", {"REGISTER_END": "soon"}, "quarantined", "REGISTER_END is not a date"),
    ("register", {"REGISTER_END": "1800-01-01"}, "kept", None),
    ("register", {"REGISTER_END": "2012-04-30"}, "quarantined", "REGISTER_END before REGISTER_START"),
    ("registration", {"PSEUDO_HESID": None}, "quarantined", "PSEUDO_HESID is empty"),
    ("registration", {"REGISTRATION_START": None}, "quarantined", "REGISTRATION_START is empty or not a date"),
    ("registration", {"REGISTRATION_END": "2015-13-01"}, "quarantined", "REGISTRATION_END is not a date"),
    ("registration", {"REGISTRATION_END": "2009-04-30"}, "quarantined", "REGISTRATION_END before REGISTRATION_START"),
    ("registration", {"DEATH_DATE": "2015"}, "quarantined", "DEATH_DATE is not a date"),
    ("registration", {"MYDOB": "131960"}, "kept", "MYDOB is empty or not a date"),
    ("registration", {"PRACTICE_CODE": "V81999"}, "kept", "PRACTICE_CODE is empty or stands for no practice"),
    ("referral", {"PSEUDO_HESID": None}, "quarantined", "PSEUDO_HESID is empty"),
    ("referral", {"REFERRAL_DATE": "1582-10-15"}, "quarantined", "REFERRAL_DATE is empty or not a date"),
    ("referral", {"FIRST_CONTACT_DATE": "x"}, "quarantined", "FIRST_CONTACT_DATE is not a date"),
    ("referral", {"FIRST_CONTACT_DATE": "2015-04-30"}, "quarantined", "FIRST_CONTACT_DATE before REFERRAL_DATE"),
    ("referral", {"FIRST_CONTACT_DATE": None}, "kept", None),
    ("referral", {"END_DATE": "x"}, "quarantined", "END_DATE is not a date"),
    ("referral", {"END_DATE": "2015-04-30"}, "quarantined", "END_DATE before REFERRAL_DATE"),
    ("contact", {"PSEUDO_HESID": ""}, "quarantined", "PSEUDO_HESID is empty"),
    ("contact", {"CONTACT_DATE": None}, "quarantined", "CONTACT_DATE is empty or not a date"),
    ("contact", {"CONTACT_DATE": "1801-01-01"}, "quarantined", "CONTACT_DATE is empty or not a date"),
    ("contact", {"CONTACT_DATE": "31/06/2015"}, "quarantined", "CONTACT_DATE is empty or not a date"),
    ("contact", {"CONTACT_TYPE": " "}, "kept", "CONTACT_TYPE is empty"),
    ("contact", {"CONTACT_DATE": "20150601"}, "kept", None),
]
#: forms of a birth date and the day they give
BIRTHS = [
    ("1960-05-31", "1960-05-31"), ("19600531", "1960-05-31"), ("051960", "1960-05-01"), ("1960-05", "1960-05-01"),
    ("011801", None), ("1801-01-01", None), ("1960-02-30", None), (None, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def fates(delivered):
    """Fates of RULINGS, in their order; each case is another person where one is given, so that nothing is merged."""
    found: dict[int, tuple[str, str | None]] = {}
    for name, (reader, row) in READERS.items():
        mine = [(number, differs) for number, (of, differs, _, _) in enumerate(RULINGS) if of == name]
        rows = [row | {"PSEUDO_HESID": f"P{number}", "ROW_NO": number} | differs for number, differs in mine]
        frame = reader(delivered(rows), rules=RULES).fates.execute().astype(object)
        frame = frame.where(frame.notna(), None)
        found |= {int(row.row_no): (row.fate, row.reason) for row in frame.itertuples()}
    return found


@pytest.mark.parametrize("number", range(len(RULINGS)), ids=lambda number: f"{RULINGS[number][0]} {RULINGS[number][1]}")
def test_one_row(number: int, fates) -> None:
    assert fates[number] == RULINGS[number][2:]


@pytest.mark.parametrize("name", list(READERS))
def test_the_same_entry_twice_keeps_the_latest_received(name: str, delivered) -> None:
    reader, row = READERS[name]
    rows = [row | {"RECEIVED": "2017-01-01"}, row | {"DELIVERY": "e"}, row | {"PSEUDO_HESID": "P2"}]
    frame = reader(delivered(rows), rules=RULES).fates.execute().set_index("row_no")
    assert frame["fate"].to_dict() == {1: "kept", 2: "merged", 3: "kept"}
    assert frame.loc[2, "merged_into"] == "d:1"


def test_every_form_of_a_birth_date(delivered) -> None:
    rows = [REGISTRATION | {"PSEUDO_HESID": f"P{number}", "MYDOB": given} for number, (given, _) in enumerate(BIRTHS)]
    frame = registrations.registrations(delivered(rows), rules=RULES).table.execute().set_index("person")["birth_date"]
    found = [None if str(day) in ("NaT", "None", "nan") else str(day)[:10] for day in frame.sort_index()]
    assert found == [expected for _, expected in BIRTHS]


def test_contacts_of_another_day_kind_or_provider_are_other_contacts(delivered) -> None:
    differs = [{}, {"CONTACT_DATE": "2015-06-02"}, {"CONTACT_TYPE": "telephone"}, {"PROVIDER": "LW2"}, {}]
    cleaned = programme.contacts(delivered([CONTACT | one for one in differs]), rules=RULES)
    assert cleaned.fates.execute()["fate"].value_counts().to_dict() == {"kept": 4, "merged": 1}
    assert cleaned.table.schema() == tables.LINK_WORKER_CONTACTS
