"""Definitions of the populations: a hash moves with its own clauses, those of the larger population, and nothing else."""

import pytest
from cohorts_village import cohort_of, village
from pydantic import ValidationError

from pipeline.cohorts import definitions as of
from pipeline.cohorts.definitions import definitions
from pipeline.store import Store
from pipeline.vocabulary import POPULATIONS

ELIGIBLE = {"age": [40, 74], "registers": ["DM"], "at": "2015-03-31"}


def hashes(**clauses: object) -> dict[str, str]:
    return {found.population: found.sha256 for found in definitions(village(**clauses))}


def test_every_population_has_one_within_the_one_before() -> None:
    found = definitions(village())
    assert tuple(one.population for one in found) == POPULATIONS
    assert [one.within for one in found] == [None, "eligible", "referred", "engaged"]
    assert len({one.sha256 for one in found}) == 4


@pytest.mark.parametrize(
    ("clauses", "moved"),
    [
        ({"eligible": ELIGIBLE}, POPULATIONS),
        ({"cohorts": {"high_engaged": {"contacts": 9}}}, ("high_engaged",)),
        ({"cohorts": {"high_engaged": {"types": ["meeting"]}}}, ("high_engaged",)),
        ({"cohorts": {"matching": {"comparators": "not_yet_referred"}}}, ()),
        ({"seeds": {"bootstrap": 5, "permutation": 2, "simulation": 3}}, ()),
    ],
)
def test_a_hash_moves_with_the_clauses_that_decide_it(clauses: dict[str, object], moved: tuple[str, ...]) -> None:
    before, after = hashes(), hashes(**clauses)
    assert {name for name in before if before[name] != after[name]} == set(moved)


def test_the_order_of_registers_is_no_other_definition() -> None:
    one, other = (hashes(eligible=ELIGIBLE | {"registers": codes}) for codes in (["DM", "AST"], ["AST", "DM"]))
    assert one == other


def test_another_version_is_another_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hashes()
    monkeypatch.setattr(of, "VERSION", "outcomeb/cohorts/2")
    assert not set(before.values()) & set(hashes().values())


def test_kinds_of_contact_that_do_not_count(store: Store) -> None:
    """Eight contacts within a year, all written as meetings: counted, or not when only calls count."""
    person = {
        "person": "p",
        "born": "1955-01-01",
        "registrations": [["A80001", "2001-01-01", None]],
        "registers": [["DM", "2005-01-01", None]],
        "referrals": [["2015-05-01", "2015-05-01"]],
        "contacts": [f"2015-{month:02d}-01" for month in range(5, 13)],
    }
    dates = {}
    for types in ([], ["meeting"], ["telephone"]):
        study = village(cohorts={"high_engaged": {"types": types}})
        row = cohort_of(store, [person], study, str(len(dates))).people.execute().iloc[0]
        dates["+".join(types)] = str(row["high_engaged_on"])[:10]
    assert dates == {"": "2015-12-01", "meeting": "2015-12-01", "telephone": "NaT"}


@pytest.mark.parametrize(
    "matching",
    [
        {"covariates": ["age_band", "cost_before"]},
        {"cost_before_reason": "because"},
        {"covariates": []},
        {"covariates": ["need", "need"]},
    ],
)
def test_the_outcome_before_is_never_matched_on_unsaid(matching: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        village(cohorts={"matching": matching})
    assert village(cohorts={"matching": {"covariates": ["need", "cost_before"], "cost_before_reason": "both sides agreed"}})
