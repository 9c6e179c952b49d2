"""What bench/faults judges is what the pipeline would judge: evidence from arrays equals evidence from files, fault by fault.

The road of files is the reference: written, received, cleaned, priced and gathered by the product.
"""

import pytest
from struck_evidence import SCALE, SEED, differences, groups

from bench.array_evidence import Town, evidence, town
from bench.file_evidence import rehearsed_evidence
from pipeline.rehearsal.faults.catalogue import chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.world import build_world

GROUPS = groups(9)


@pytest.fixture(scope="module")
def village() -> Town:
    return town(build_world(seed=SEED, truth_gbp=86.0, scale=SCALE, say=lambda message: None))


def test_every_fault_of_contacts_and_lists_is_in_a_group() -> None:
    assert len({fault.name for group in GROUPS for fault in group}) == sum(len(group) for group in GROUPS) >= 60


@pytest.mark.parametrize("group", GROUPS, ids=[f"{group[0].name} and {len(group) - 1} more" for group in GROUPS])
def test_arrays_and_files_are_the_same_evidence(village: Town, group: list[Fault]) -> None:
    asked = [fault.asked for fault in group]
    by_files = rehearsed_evidence(seed=SEED, scale=SCALE, faults=asked)
    assert differences(evidence(village, chosen_faults(asked)), by_files) == {}


def test_a_difference_would_be_seen(village: Town) -> None:
    clean, faulty = (evidence(village, chosen_faults(names)) for names in ([], ["one_month_missing"]))
    assert {"extract", "extract_kinds", "profile"} <= set(differences(clean, faulty))
