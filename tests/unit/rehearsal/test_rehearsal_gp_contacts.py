"""GP contacts of a rehearsal: asked for or not, the city is the same bytes; nobody is seen after leaving or death."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.errors import UsageError
from pipeline.rehearsal.layout_gp_contact import contact_table
from pipeline.rehearsal.people import NEVER
from pipeline.rehearsal.rehearse import rehearse
from pipeline.rehearsal.world import build_world

SCALE = 0.01


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same village without and with them."""
    folder = tmp_path_factory.mktemp("gp")
    rehearse(folder / "without", seed=5, scale=SCALE)
    rehearse(folder / "with", seed=5, scale=SCALE, gp_contacts=True)
    return folder / "without", folder / "with"


def files(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def test_the_rest_of_the_city_is_the_same(places: tuple[Path, Path]) -> None:
    without, along = (files(place) for place in places)
    more = {name for name in along if name not in without}
    assert more == {"deliveries/gp_contact/delivery.yaml", "deliveries/gp_contact/gp_contact.parquet"}
    changed = {name for name in without if without[name] != along[name]}
    assert changed == {"study.yaml", "approvals.yaml", "truth.json"}
    absent = [yaml.safe_load(files_of["study.yaml"])["requires"]["absent"] for files_of in (without, along)]
    assert set(absent[0]) - set(absent[1]) == {"gp_contact"}


def test_a_village_with_them_is_another_than_one_without(places: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match="holds another city"):
        rehearse(places[0], seed=5, scale=SCALE, gp_contacts=True)


def test_contacts_lie_in_months_held_and_before_death(places: tuple[Path, Path]) -> None:
    world = build_world(seed=5, truth_gbp=86.0, scale=SCALE, say=lambda _: None)
    people = world.people
    place = {str(token): n for n, token in enumerate(people.token)}
    rows = contact_table(world).to_pylist()
    assert rows == pq.read_table(places[1] / "deliveries/gp_contact/gp_contact.parquet").to_pylist()
    assert len(rows) > 10_000
    start = date.fromisoformat(f"{world.parameters.months[0]}-01")
    dead = 0
    for row in rows:
        n, day = place[row["PSEUDO_HESID"]], date.fromisoformat(row["CONTACT_DATE"])
        month = (day.year - start.year) * 12 + day.month - start.month
        assert people.first[n] <= month <= people.last[n]
        if people.died[n] < NEVER:
            dead += 1
            assert (month, day.day) <= (people.died[n], people.death_day[n])
    assert dead, "nobody who died had a contact: the rule is not tested"
