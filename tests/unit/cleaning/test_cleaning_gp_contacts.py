"""GP contacts: rulings by hand, what the protocol may choose, and that the panel counts them without a price."""

import pytest

from pipeline.cleaning import gp_contacts
from pipeline.study import CleaningRules

ROW = {"PSEUDO_HESID": "P1", "PRACTICE_CODE": "A80001", "CONTACT_DATE": "2016-04-30", "CONTACT_TYPE": "Telephone"}


def fates(cleaned) -> list[tuple[str, str]]:
    frame = cleaned.fates.execute().sort_values("row_no")
    return [(fate, reason or "") for fate, reason in zip(frame["fate"], frame["reason"].fillna(""), strict=True)]


@pytest.mark.parametrize(
    ("differs", "fate"),
    [
        ({}, ("kept", "")),
        ({"PSEUDO_HESID": None}, ("quarantined", "PSEUDO_HESID is empty")),
        ({"CONTACT_DATE": "1801-01-01"}, ("quarantined", "CONTACT_DATE is empty or not a date")),
        ({"PRACTICE_CODE": "V81999"}, ("kept", "PRACTICE_CODE stands for no practice")),
        ({"CONTACT_TYPE": None}, ("kept", "")),
    ],
)
def test_rulings(delivered, differs: dict, fate: tuple[str, str]) -> None:
    assert fates(gp_contacts.contacts(delivered([ROW | differs]), rules=CleaningRules())) == [fate]


#: three alike, one of another kind, one of the next day, one at another practice
DAY = [ROW, ROW, ROW | {"CONTACT_TYPE": " telephone "}, ROW | {"CONTACT_TYPE": "home visit"},
       ROW | {"CONTACT_DATE": "2016-05-01"}, ROW | {"PRACTICE_CODE": "A80002"}]  # fmt: skip


def test_one_of_a_kind_a_day_unless_the_protocol_counts_every_row(delivered) -> None:
    usual = gp_contacts.contacts(delivered(DAY), rules=CleaningRules())
    assert usual.table.count().execute() == 4
    assert [fate for fate, _ in fates(usual)].count("merged") == 2
    every = gp_contacts.contacts(delivered(DAY), rules=CleaningRules(gp_contacts_of_one_day="every_row"))
    assert every.table.count().execute() == 6


def test_kinds_that_do_not_count_are_out_of_scope_by_clause(delivered) -> None:
    cleaned = gp_contacts.contacts(
        delivered([*DAY, ROW | {"CONTACT_TYPE": None}]), rules=CleaningRules(gp_contact_kinds=("home visit",))
    )
    frame = cleaned.fates.execute()
    assert (frame["fate"] == "kept").sum() == 1
    outside = frame[frame["fate"] == "out_of_scope"]
    assert len(outside) == 6
    assert set(outside["clause"]) == {gp_contacts.KINDS}


def test_the_panel_counts_them_without_a_price(delivered) -> None:
    clean = gp_contacts.contacts(delivered([ROW]), rules=CleaningRules()).table
    (row,) = gp_contacts.as_activity(clean).execute().to_dict("records")
    assert (row["stream"], row["pod"], row["month"], row["price_state"]) == ("gp", "gp_contact", "2016-04", "no_price")
    assert row["price_pence"] is None or row["price_pence"] != row["price_pence"]
