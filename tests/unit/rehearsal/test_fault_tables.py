"""Each fault of contacts does to the files what its summary says, on its route, in its place, and to nothing else.

The table below was written from the summaries, column by column of the files' layouts.
"""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from struck_tables import DATED, NULL_DATE, arm_of, content, differing, hospital

from pipeline.rehearsal.faults.catalogue import FAULTS, chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.feed_cells import Elsewhere
from pipeline.rehearsal.layout_aggregates import Aggregates, aggregates
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.world import World

#: rows that move, a stream: the null dates of `parameters.yaml`, six of them, stand on the first rows that can have one
MOVING = 12
COST = {"COST_GBP"}
#: columns whose values change while every row stays, by fault; where streams differ, of all of them together
CHANGED: dict[str, set[str]] = {
    "attended_as_missed": {"ATTENDED", "SUSHRG", "OPERTN_4_01", "COST_GBP"},
    "control_ae_unpriced": {"SUSHRG", "COST_GBP"},
    "hrg_blank": {"SUSHRG", "COST_GBP"},
    "hrg_ungroupable": {"SUSHRG", "COST_GBP"},
    "hrg_upcoded": {"SUSHRG", "SUSCOREHRG", "DIAG_4_01", "COST_GBP"},
    "ae_grouped_by_default": {"SUSHRG", "COST_GBP"},
    "emergencies_as_elective": {"ADMIMETH", "COST_GBP"},
    "elective_as_emergencies": {"ADMIMETH", "COST_GBP"},
    "day_cases_as_ordinary": {"CLASSPAT", "COST_GBP"},
    "ages_defaulted": {"STARTAGE", "COST_GBP"},
    "departments_as_minor": {"AEDEPTTYPE", "COST_GBP"},
    "departments_as_major": {"AEDEPTTYPE", "COST_GBP"},
    "first_as_follow_up": {"FIRSTATT", "ATENTYPE", "SUSHRG", "COST_GBP"},
    "follow_up_as_first": {"FIRSTATT", "ATENTYPE", "SUSHRG", "COST_GBP"},
    "procedures_not_coded": {"SUSHRG", "OPERTN_4_01", "COST_GBP"},
    "treatment_function_defaulted": {"MAINSPEF", "TRETSPEF", "COST_GBP"},
    "provider_recoded": {"PROCODE3", "PROCODET", "COST_GBP"},
    "people_rekeyed": {"PSEUDO_HESID"},
    "day_and_month_exchanged": {"ARRIVALDATE"},
    "one_month_late": {"ARRIVALDATE"},
    "sentinel_flood": {"ARRIVALDATE"},
    "dates_on_the_first": {"ARRIVALDATE"},
    "months_exchanged": {"ARRIVALDATE"},
    "control_ae_zero_cost": COST,
    "cost_zero": COST,
    "cost_in_pence": COST,
    "cost_without_market_forces": COST,
    "cost_of_another_year": COST,
    "cost_column_empty": COST,
}
MORE = ("rows_delivered_again", "rows_under_another_sender", "attendances_recorded_twice", "ae_counted_in_admitted_care")
#: rows that change and rows that come
BOTH_WAYS = ("spells_split", "overnight_as_same_day")

#: faults that need a recorded break of the data are held by test_breaks_feeds and test_breaks_asking

OF_CONTACTS = [fault for fault in FAULTS.values() if fault.contacts is not None and fault.needs is None]
IN_EXTRACT = [fault for fault in OF_CONTACTS if fault.on("extract")]
LOSING = [f for f in IN_EXTRACT if f.name not in CHANGED and f.name not in MORE and f.name not in BOTH_WAYS]


def by_name(fault: Fault) -> str:
    return fault.name


def streams_of(fault: Fault) -> list[str]:
    return ["apc", "ae", "op"] if fault.place.stream == "all" else [fault.place.stream]


@pytest.mark.parametrize("fault", IN_EXTRACT, ids=by_name)
def test_other_streams_are_as_they_were(village_world: World, fault: Fault) -> None:
    before, after = hospital(village_world, []), hospital(village_world, [fault])
    for stream in {"apc", "ae", "op"} - set(streams_of(fault)):
        assert before[stream].equals(after[stream])


@pytest.mark.parametrize("fault", LOSING, ids=by_name)
def test_rows_are_lost_there_and_none_come(village_world: World, fault: Fault) -> None:
    before, after = hospital(village_world, []), hospital(village_world, [fault])
    lost_any = 0
    for stream in streams_of(fault):
        old, new = content(before[stream], stream), content(after[stream], stream)
        lost, come = (old - new).total(), (new - old).total()
        assert come <= MOVING
        lost_any += lost
        gone = before[stream][place(village_world, fault, stream)]
        assert lost <= len(gone) * fault.severity * (1.5 if fault.severity < 1 else 1) + MOVING
    assert lost_any > come + (0 if fault.name == "movers_missing" else 5)


def place(world: World, fault: Fault, stream: str) -> np.ndarray:
    """Rows that the fault may strike, read off the file: arm, month of the row's date, provider."""
    frame = hospital(world, [])[stream]
    p = world.parameters
    begin, end = fault.place.months(world)
    month = frame[DATED[stream]].str[:7]
    inside = month.between(p.months[begin], p.months[end]).to_numpy()
    if stream == "apc":  # a spell is placed by its discharge, and its episodes may end before
        inside = month.between(p.months[max(begin - 6, 0)], p.months[end]).to_numpy()
    arm = arm_of(world, frame)
    inside = inside & (np.isin(arm, ["intervention", "control"]) if fault.place.arm == "both" else arm == fault.place.arm)
    if fault.place.provider is not None:
        inside = inside & (frame["PROCODE3"].str.strip() == fault.place.provider).to_numpy()
    return inside


@pytest.mark.parametrize("name", CHANGED)
def test_only_these_columns_change_and_only_there(village_world: World, name: str) -> None:
    fault = FAULTS[name]
    before, after = hospital(village_world, []), hospital(village_world, [fault])
    seen: set[str] = set()
    for stream in streams_of(fault):
        if stream == "ae" and len(before["ae"]) != len(after["ae"]):
            raise AssertionError("rows were lost")
        columns = differing(before[stream], after[stream])
        seen |= set(columns)
        dated = (before[stream][DATED[stream]] != NULL_DATE).to_numpy()
        for rows in columns.values():
            assert not (rows & dated & ~place(village_world, fault, stream)).any()
    assert seen == CHANGED[name]


@pytest.mark.parametrize("name", MORE)
def test_rows_come_and_none_are_lost(village_world: World, name: str) -> None:
    fault = FAULTS[name]
    before, after = hospital(village_world, []), hospital(village_world, [fault])
    (stream,) = streams_of(fault)
    old, new = content(before[stream], stream), content(after[stream], stream)
    lost, come = old - new, new - old
    assert lost.total() <= MOVING
    source = "ae" if name == "ae_counted_in_admitted_care" else stream
    expected = place(village_world, FAULTS["control_ae_missing"], source).sum() * fault.severity
    assert 0.6 * expected < come.total() < 1.5 * expected + MOVING


def test_a_split_spell_is_two_of_its_length(village_world: World) -> None:
    """Nights are kept: admission to discharge over the spells of the arm adds to what it was."""
    before, after = hospital(village_world, [])["apc"], hospital(village_world, chosen_faults(["spells_split"]))["apc"]
    nights, spells = [], []
    for frame in (before, after):
        done = frame[(frame["EPISTAT"] == "3") & frame["DISDATE"].notna() & ~frame["EPIKEY"].str.startswith("6")]
        stay = np.datetime64("2000-01-01") - np.datetime64("2000-01-01")
        stay = (done["DISDATE"].astype("datetime64[s]") - done["ADMIDATE"].astype("datetime64[s]")).dt.days
        nights.append(int(stay.sum()))
        spells.append(len(done))
    assert spells[1] > spells[0] * 1.02
    assert nights[1] == nights[0]


def test_same_day_stays_have_one_episode_of_one_day(village_world: World) -> None:
    fault = FAULTS["overnight_as_same_day"]
    before, after = hospital(village_world, [])["apc"], hospital(village_world, [fault])["apc"]
    gone = content(before, "apc") - content(after, "apc")
    come = content(after, "apc") - content(before, "apc")
    assert 0 < come.total() <= gone.total()
    names = [name for name in before.columns if name not in ("EPIKEY", "SUSSPELLID")]
    admitted, ends = names.index("ADMIDATE"), names.index("EPIEND")
    same = sum(row[admitted] == row[ends] for row in come)
    assert same > 0.95 * len(come) - MOVING


Files = Literal["extract", "aggregates"]


@pytest.mark.parametrize(
    ("fault", "route"),
    [(f, route) for f in OF_CONTACTS for route in f.routes],
    ids=lambda v: v if isinstance(v, str) else v.name,
)
def test_each_route_is_struck_where_its_name_says(
    village_world: World, elsewhere: Elsewhere, right_aggregates: Aggregates, fault: Fault, route: str
) -> None:
    (fault,) = chosen_faults([f"{fault.name}:route={route},severity={max(fault.severities):g}"])
    before, after = hospital(village_world, []), hospital(village_world, [fault])
    extract = any(not before[stream].equals(after[stream]) for stream in before)
    plain, struck = right_aggregates, aggregates(send(village_world, [fault]), elsewhere)
    feed = not plain.activity.equals(struck.activity)
    assert {"extract": extract, "aggregates": feed} == {
        "extract": route in ("extract", "feed", "both"),
        "aggregates": route in ("aggregates", "feed", "both"),
    }
    assert plain.population.equals(struck.population)
    here = struck.activity.filter(pc.less(struck.activity["PRACTICE_CODE"], "A80200"))
    counted = pa.table({"population": here["POPULATION"], "rows": here["ROWS"].cast(pa.int64())})
    found = counted.group_by("population").aggregate([("rows", "sum")]).to_pydict()
    rows = dict(zip(found["population"], found["rows_sum"], strict=True))
    assert rows["all"] == rows["eligible"] + rows["not_eligible"]
    wider = [pc.greater(found.activity["PRACTICE_CODE"], "A80200") for found in (plain, struck)]
    assert plain.activity.filter(wider[0]).equals(struck.activity.filter(wider[1]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("minor_departments_missing", "hrg_blank"),
        ("rows_lost_at_random", "cost_in_pence"),
        ("provider_missing", "one_month_late"),
        ("practice_missing", "departments_as_minor"),
    ],
)
def test_two_faults_are_both_there(village_world: World, one: str, other: str) -> None:
    """Rows that the first loses are lost; those it leaves are as the second alone would make them."""
    both = hospital(village_world, chosen_faults([one, other]))["ae"]
    first, second = (content(hospital(village_world, [FAULTS[name]])["ae"], "ae") for name in (one, other))
    whole = content(hospital(village_world, [])["ae"], "ae")
    lost = (whole - first).total()
    assert lost > MOVING
    found = content(both, "ae")
    assert abs(found.total() - (whole.total() - lost)) <= MOVING
    assert (found - second).total() <= MOVING
    assert (second - found).total() <= lost + MOVING


@pytest.mark.parametrize("route", ["extract", "feed", "aggregates", "both"])
def test_all_faults_of_a_route_can_be_planted_at_once(village_world: World, elsewhere: Elsewhere, route: str) -> None:
    faults = chosen_faults([f"{f.name}:route={route},severity=0.05" for f in OF_CONTACTS if route in f.routes])
    frames, counted = hospital(village_world, faults), aggregates(send(village_world, faults), elsewhere)
    keys = {"apc": "EPIKEY", "ae": "AEKEY", "op": "ATTENDKEY"}
    assert all(frames[stream][key].is_unique for stream, key in keys.items())
    here = counted.activity.filter(pc.less(counted.activity["PRACTICE_CODE"], "A80200"))
    for column in ("ROWS", "ROWS_LINKED", "PEOPLE_WITH_ACTIVITY", "UNPRICED_ROWS"):
        assert pc.min(here[column].cast(pa.int64())).as_py() >= 0
    rows = here.group_by("POPULATION").aggregate([]).to_pydict()
    assert set(rows["POPULATION"]) == {"all", "eligible", "not_eligible"}
    assert pc.all(pc.less_equal(here["ROWS_LINKED"].cast(pa.int64()), here["ROWS"].cast(pa.int64()))).as_py()
    assert pc.all(pc.less_equal(here["UNPRICED_ROWS"].cast(pa.int64()), here["ROWS"].cast(pa.int64()))).as_py()
