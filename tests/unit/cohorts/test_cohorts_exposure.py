"""Referral and engagement: dates of a person, counts by arm. Expected values are counted by hand from the rows above them."""

from cohorts_village import as_date, cohort_of, engine_table, referral_rows, village

from pipeline import tables
from pipeline.cohorts.eligible import eligible
from pipeline.cohorts.exposure import exposure, referred_by_arm
from pipeline.store import Store

BASE = {"born": "1955-01-01", "registers": [["DM", "2005-01-01", None]]}
PEOPLE = [
    BASE | {"person": "w1", "registrations": [["A80001", "2001-01-01", None]], "referrals": [["2015-06-01", "2016-05-01"]]},
    BASE | {"person": "w2", "registrations": [["A80001", "2001-01-01", None]], "referrals": [["2016-06-01", None]]},
    BASE | {"person": "w3", "registrations": [["A80001", "2001-01-01", None]], "referrals": [["2015-03-31", "2015-04-20"]]},
    BASE | {"person": "e1", "registrations": [["A80101", "2001-01-01", None]], "referrals": [["2015-04-01", "2015-05-01"]]},
    BASE | {"person": "e2", "registrations": [["A80101", "2001-01-01", None]]},
    # not eligible: forty years too young
    BASE | {"person": "n1", "born": "1999-01-01", "registrations": [["A80101", "2001-01-01", None]],
            "referrals": [["2015-04-01", "2015-05-01"]]},
]  # fmt: skip


def test_control_people_in_the_programme_are_counted(store: Store) -> None:
    study = village()
    cohort = cohort_of(store, PEOPLE, study)
    referrals = engine_table(store, "again", referral_rows(PEOPLE), tables.REFERRALS)
    counts = referred_by_arm(cohort.people, referrals, study=study)
    assert counts.to_dict("split")["data"] == [
        ["intervention", "2015-16", 1, 0],  # w1 referred; w3 was referred before launch
        ["intervention", "2016-17", 1, 1],  # w2 referred, w1 seen
        ["control", "2015-16", 1, 1],  # e1
        ["control", "2016-17", 0, 0],
    ]


def test_a_contact_before_launch_is_no_contact(store: Store) -> None:
    rows = [
        {"person": "a", "referral_date": as_date("2015-04-02"), "first_contact_date": as_date("2015-03-30")},
        {"person": None, "referral_date": as_date("2015-04-02")},
        {"person": "b"},
    ]
    found = exposure(engine_table(store, "referrals", rows, tables.REFERRALS), study=village()).execute()
    assert found["person"].tolist() == ["a"]
    assert str(found["referred_on"][0])[:10] == "2015-04-02"
    assert found["engaged_on"].isna().all()


def test_without_referrals_nobody_is_referred(store: Store) -> None:
    study = village()
    tables_in = {
        "registrations": engine_table(
            store,
            "one",
            [{"person": "w1", "practice": "A80001", "start": as_date("2001-01-01"), "birth_date": as_date("1955-01-01")}],
            tables.REGISTRATIONS,
        ),
        "registers": engine_table(
            store, "two", [{"person": "w1", "register": "DM", "start": as_date("2001-01-01")}], tables.REGISTERS
        ),
    }
    people = eligible(**tables_in, referrals=None, study=study).people
    assert people.schema() == tables.PEOPLE
    row = people.execute().iloc[0]
    assert row["person"] == "w1"
    assert row[["referred_on", "engaged_on"]].isna().all()
