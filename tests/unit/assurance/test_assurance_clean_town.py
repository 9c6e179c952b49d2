"""A town without a fault: every check of the data gate passes or informs, and none closes."""

from pipeline.assurance.assess import assess_data
from pipeline.assurance.evidence import DataEvidence


def test_every_check_speaks_and_none_closes(town: DataEvidence) -> None:
    found = assess_data(town, "2016-17")
    assert {f.verdict for f in found} == {"pass"}
    assert {f.check for f in found} == {
        "control_totals",
        "routes",
        "completeness",
        "conservation",
        "linkage",
        "reconciliation",
        "pricing",
        "reference",
        "places",
        "mix",
        "profile",
        "shape",
        "plausible",
        "known_breaks",
        "registers",
        "trust_return",
    }
