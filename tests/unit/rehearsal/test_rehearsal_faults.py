"""Each fault does to the files what its name says, on its route, and to nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from rehearsal_files import all_years, eligible_people, read

from pipeline.errors import UsageError
from pipeline.rehearsal.faults import FAULTS, chosen_faults
from pipeline.rehearsal.feed_counts import count_feed
from pipeline.rehearsal.layout_aggregates import aggregates
from pipeline.rehearsal.layout_emergency import emergency_table
from pipeline.rehearsal.rehearse import rehearse
from pipeline.rehearsal.truth import fault_document
from pipeline.rehearsal.world import World

AE = slice(3, 5)


def rows_by_arm_and_time(world: World, names: list[str]) -> dict[tuple[str, bool], int]:
    """A&E rows of the extract by arm of the registered practice and whether after launch."""
    frame = emergency_table(world, chosen_faults(names))[0].to_pandas()
    frame = frame[frame["GPPRAC"].str.startswith("A")]
    arm = np.where(frame["GPPRAC"] < "A80100", "intervention", "control")
    found = frame.groupby([arm, frame["ARRIVALDATE"] >= "2015-04-01"]).size()
    return {(str(a), bool(t)): int(n) for (a, t), n in found.items()}


def feed_rows(world: World, names: list[str]) -> np.ndarray:
    """A&E rows of the feed by arm (2) and time (2)."""
    rows = count_feed(world, chosen_faults(names)).rows[:, :, AE].sum(axis=(2, 3, 4, 5))
    launch = world.parameters.launch
    return np.array(
        [[rows[:13, :launch].sum(), rows[:13, launch:].sum()], [rows[13:, :launch].sum(), rows[13:, launch:].sum()]]
    )


def test_unknown_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="control_ae_missing_extract"):
        chosen_faults(["control_ae_mising"])


def test_catalogue_names_route_and_sentence() -> None:
    routes = {name: fault.route for name, fault in FAULTS.items()}
    assert routes == {
        "control_ae_missing": "feed",
        "control_ae_missing_all_years": "feed",
        "control_ae_missing_extract": "extract",
        "control_ae_unpriced": "feed",
        "control_ae_zero_cost": "feed",
    }
    assert all(fault.name == name and fault.summary.endswith(".") for name, fault in FAULTS.items())


@pytest.mark.parametrize(
    ("name", "extract_before", "feed_before", "feed_after"),
    [
        ("control_ae_missing", True, True, False),
        ("control_ae_missing_all_years", False, False, False),
        ("control_ae_missing_extract", True, True, True),
    ],
)
def test_missing_rows(village_world: World, name: str, extract_before: bool, feed_before: bool, feed_after: bool) -> None:
    whole, faulty = rows_by_arm_and_time(village_world, []), rows_by_arm_and_time(village_world, [name])
    # people who crossed between arms count for their practice at baseline: a few rows stay in or leave with them
    assert faulty.get(("control", True), 0) < 0.05 * whole[("control", True)]
    assert (faulty.get(("control", False), 0) > 0.9 * whole[("control", False)]) is extract_before
    assert faulty[("intervention", True)] > 0.95 * whole[("intervention", True)]
    before, after = feed_rows(village_world, []), feed_rows(village_world, [name])
    assert (after[0] == before[0]).all()
    assert after[1].tolist() == [before[1, 0] * feed_before, before[1, 1] * feed_after]


@pytest.mark.parametrize("name", ["control_ae_missing", "control_ae_unpriced", "control_ae_zero_cost"])
def test_aggregates_stay_conserved_and_the_wider_pool_untouched(village_world: World, name: str) -> None:
    frame = aggregates(village_world, chosen_faults([name])).activity.to_pandas()
    control = frame["PRACTICE_CODE"].between("A80101", "A80111")
    late = control & (frame["POD"] == "ae") & (frame["MONTH"] >= "2015-04")
    rows = frame[control].groupby("POPULATION")["ROWS"].sum()
    assert rows["all"] == rows["eligible"] + rows["not_eligible"]
    if name == "control_ae_missing":
        assert not late.any()
    elif name == "control_ae_unpriced":
        assert (frame.loc[late, "UNPRICED_ROWS"] == frame.loc[late, "ROWS"]).all()
        assert frame.loc[late, "COST_GBP"].isna().all()
    else:
        assert set(frame.loc[late, "COST_GBP"].dropna().astype(float)) == {0.0}
        assert (frame.loc[late, "UNPRICED_ROWS"] < frame.loc[late, "ROWS"]).any()
    assert (frame["PRACTICE_CODE"] > "A80200").any()
    assert frame.loc[frame["PRACTICE_CODE"] > "A80200", "COST_GBP"].astype(float).gt(0).any()


def test_unpriced_and_zero_cost_leave_every_row(village_world: World) -> None:
    whole = emergency_table(village_world, [])[0].to_pandas()
    blank = emergency_table(village_world, chosen_faults(["control_ae_unpriced"]))[0].to_pandas()
    zero = emergency_table(village_world, chosen_faults(["control_ae_zero_cost"]))[0].to_pandas()
    assert whole["AEKEY"].equals(blank["AEKEY"])
    assert whole["AEKEY"].equals(zero["AEKEY"])
    hit = whole["SUSHRG"].notna() & blank["SUSHRG"].isna()
    assert hit.any()
    assert whole["SUSHRG"].notna().all()
    assert (whole.loc[hit, "ARRIVALDATE"] >= "2015-04-01").mean() > 0.99  # a sentinel date may stand on a touched row
    assert blank.loc[hit, "COST_GBP"].isna().all()
    assert zero["SUSHRG"].equals(whole["SUSHRG"])
    priced = whole["COST_GBP"].notna()
    assert (zero.loc[hit & priced, "COST_GBP"] == 0).all()
    assert zero.loc[~hit, "COST_GBP"].equals(whole.loc[~hit, "COST_GBP"])


def test_pounds_of_a_fault_by_hand(village_world: World) -> None:
    """Minus the control's A&E pounds of the year a head, times the intervention's heads; a plain loop over attendances."""
    world = village_world
    seen, arms = world.contacts["ae"], world.city.arms
    pounds, heads = [0.0] * 9, {"intervention": 0, "control": 0}
    for person in np.flatnonzero(world.people.eligible).tolist():
        heads[str(arms[world.people.home[person]])] += 1
    for row in range(len(seen)):
        person = int(seen.person[row])
        if world.people.eligible[person] and arms[world.people.home[person]] == "control" and seen.pence[row] > 0:
            pounds[int(seen.month[row]) // 12] += int(seen.pence[row]) / 100
    late = fault_document(world, FAULTS["control_ae_missing"])
    always = fault_document(world, FAULTS["control_ae_missing_all_years"])
    for i, year in enumerate(["2015-16", "2016-17", "2017-18", "2018-19"]):
        after = pounds[5 + i] / heads["control"]
        before = sum(pounds[:5]) / 5 / heads["control"]
        assert late["saving_effect_gbp"][year] == pytest.approx(-after * heads["intervention"], abs=0.02)
        assert always["saving_effect_gbp"][year] == pytest.approx(-(after - before) * heads["intervention"], abs=0.02)
    assert (late["first_month"], always["first_month"]) == ("2015-04", "2010-04")
    assert fault_document(world, FAULTS["control_ae_zero_cost"])["valued_on"] == "supplier_cost"


def test_payment_effect_is_the_rule_at_the_target(village_world: World) -> None:
    """450 heads x £86 = £38,700 saved pays 35%: £13,545.00. Any loss of half of that falls below the threshold of £43: £0."""
    document = fault_document(village_world, FAULTS["control_ae_missing"])
    for year, saving in document["saving_effect_gbp"].items():
        if -saving > 43 * 450:
            assert document["payment_effect_gbp"][year] == -13_545.00


def test_extract_fault_in_the_files(tmp_path: Path, village: Path) -> None:
    folder = tmp_path / "faulty"
    rehearse(folder, seed=5, scale=0.03, faults=["control_ae_missing_extract"])
    note = yaml.safe_load((folder / "deliveries/hes_ae-2017-18/delivery.yaml").read_text(encoding="utf-8"))
    frame = read(folder / "deliveries/hes_ae-2017-18")
    assert note["control_totals"]["rows"] == len(frame) < len(read(village / "deliveries/hes_ae-2017-18"))
    people = eligible_people(folder)
    control = people[people["PRACTICE_CODE"] > "A80100"]
    extract = all_years(folder, "hes_ae")
    late = extract[(extract["ARRIVALDATE"] >= "2015-04-01") & extract["PSEUDO_HESID"].isin(control.index)]
    assert len(late) == 0
    same = (
        "hes_apc-2017-18",
        "hes_op-2017-18",
        "practice_activity-2017-18",
        "practice_population",
        "gp_registration",
        "tariff",
    )
    for name in same:
        for path in (village / "deliveries" / name).iterdir():
            assert path.read_bytes() == (folder / "deliveries" / name / path.name).read_bytes()
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert [fault["name"] for fault in truth["faults"]] == ["control_ae_missing_extract"]
    assert all(pounds < 0 for pounds in truth["faults"][0]["saving_effect_gbp"].values())
