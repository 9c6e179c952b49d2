"""Hand-written people with the answer and the reason (assurance_people.yaml), each through the whole cohort.

The attrition table is recounted from the file's own expectations, which were written by hand from the protocol's words.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from cohorts_village import cohort_of, village

from pipeline import tables
from pipeline.cohorts.eligible import EligibleCohort
from pipeline.panel.sums import head_counts
from pipeline.store import Store

PEOPLE: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "assurance_people.yaml").read_text())
ARM = {"A80001": "intervention", "A80002": "intervention", "A80101": "control", "A80102": "control", "A80201": "wider"}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> EligibleCohort:
    return cohort_of(Store(tmp_path_factory.mktemp("people")), PEOPLE, village())


@pytest.fixture(scope="module")
def found(cohort: EligibleCohort) -> dict[str, dict[str, Any]]:
    rows = cohort.people.execute().astype(object)
    rows = rows.where(rows.notna(), None)
    return {row["person"]: row for row in rows.to_dict("records")}


@pytest.fixture(scope="module")
def lived(cohort: EligibleCohort) -> dict[str, int]:
    """Person-months alive and observed, by the panel's own count: each person is put into a practice of their own."""
    heads = head_counts(cohort.people.mutate(practice=cohort.people.person), first="2010-04", last="2017-03").execute()
    return (heads["heads"] - heads["lost"] - heads["dead"]).groupby(heads["practice"]).sum().to_dict()


def test_there_are_enough_of_them() -> None:
    assert len(PEOPLE) >= 60
    assert len({person["why"] for person in PEOPLE}) == len({person["person"] for person in PEOPLE}) == len(PEOPLE)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: f"{person['person']}: {person['why']}")
def test_person(person: dict[str, Any], found: dict[str, dict[str, Any]], lived: dict[str, int]) -> None:
    expect = dict(person["expect"])
    expect.pop("two_open", None)
    if "out" in expect:
        assert person["person"] not in found
        return
    row = found[person["person"]]
    said = {
        "practice": row["practice"],
        "arm": row["arm"],
        "age": row["age"],
        "band": row["age_band"],
        "need": row["need"],
        "registers": row["registers"],
        "from": row["observed_from"],
        "lost": row["lost_from"],
        "died": row["died_in"],
        "referred": row["referred_on"] and str(row["referred_on"])[:10],
        "engaged": row["engaged_on"] and str(row["engaged_on"])[:10],
        "high": row["high_engaged_on"] and str(row["high_engaged_on"])[:10],
        "months": lived[person["person"]],
    }
    dates = ("referred", "engaged", "high")
    nothing = dict.fromkeys(("lost", "died", *dates))
    assert said == nothing | {key: str(v) if key in dates else v for key, v in expect.items()}


def test_the_table_has_the_declared_schema(cohort: EligibleCohort) -> None:
    assert cohort.people.schema() == tables.PEOPLE


def test_areas_follow_practices(found: dict[str, dict[str, Any]]) -> None:
    assert {(row["arm"], row["area"]) for row in found.values()} == {
        ("intervention", "west"),
        ("control", "east"),
        ("wider", "area-01"),
    }


def _expected_arm(person: dict[str, Any]) -> str:
    """Arm for the attrition table: of the expectation, else of the last study practice unless elsewhere on the date."""
    if "arm" in person["expect"]:
        return str(person["expect"]["arm"])
    elsewhere = {"p18": "none", "p19": "none", "p65": "none"}  # V81999, B90001 and no code on the date
    same_day = {"p22": "intervention"}  # A80001 and A80101, both in force: the smaller code stands in the table
    last = max(person["registrations"], key=lambda r: str(r[1]))[0]
    return elsewhere.get(person["person"]) or same_day.get(person["person"]) or ARM[last]


def test_attrition_recounted(cohort: EligibleCohort) -> None:
    table = cohort.attrition
    kept = Counter(_expected_arm(p) for p in PEOPLE if "arm" in p["expect"])
    out = Counter((p["expect"]["out"], _expected_arm(p)) for p in PEOPLE if "out" in p["expect"])

    for arm in ("intervention", "control", "wider", "none"):
        of_arm = table[table["arm"] == arm]
        assert of_arm.loc[of_arm["kind"] == "kept", "people"].item() == kept[arm]
        everybody = sum(1 for p in PEOPLE if _expected_arm(p) == arm)
        assert of_arm.loc[of_arm["kind"] == "in", "people"].item() == everybody
        for row in of_arm[of_arm["kind"] == "out"].itertuples():
            words = [w for w in {p["expect"]["out"] for p in PEOPLE if "out" in p["expect"]} if w in row.reason]
            assert len(words) == 1, f"'{row.reason}' is met by {words}: no hand-written person leaves here, or two words do"
            assert row.people == out[words[0], arm], f"{row.reason}, {arm}"


def test_two_open_registrations_are_counted(cohort: EligibleCohort) -> None:
    notes = cohort.attrition[cohort.attrition["kind"] == "note"].set_index("arm")["people"]
    expected = Counter(p["expect"]["arm"] for p in PEOPLE if p["expect"].get("two_open"))
    assert notes.to_dict() == {arm: expected[arm] for arm in ("intervention", "control", "wider", "none")}
    assert notes["control"] == 2  # p21 and p42


def test_nobody_is_lost_on_the_way(cohort: EligibleCohort) -> None:
    for _, of_arm in cohort.attrition.groupby("arm"):
        people = of_arm.groupby("kind")["people"].sum()
        assert people["in"] == people["out"] + people["kept"]
    assert cohort.attrition.loc[cohort.attrition["kind"] == "in", "people"].sum() == len(PEOPLE)
