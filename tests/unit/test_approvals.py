"""Signatures: two people, two sides, one hash; waivers expire. Each rule has a case in which it refuses."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.approvals import Approval, append, read_approvals, require, waivers
from pipeline.errors import ApprovalMissing, ProtocolInvalid, UsageError
from pipeline.settlement.terms import Parties

HASH, OTHER = "a" * 64, "b" * 64
DAY = date(2019, 7, 15)
PARTIES = Parties.model_validate({"commissioner": {"organisation": "CCG"}, "investor": {"organisation": "Fund"}})


def signed(name: str, organisation: str, **changes: Any) -> Approval:
    return Approval.model_validate(
        {
            "what": "protocol",
            "sha256": HASH,
            "name": name,
            "role": "r",
            "organisation": organisation,
            "date": DAY,
            "reason": "x",
        }
        | changes
    )


def test_two_people_of_two_sides_suffice() -> None:
    found = require([signed("A", "CCG"), signed("B", "Fund")], what="protocol", sha256=HASH, parties=PARTIES, on=DAY)
    assert [a.name for a in found] == ["A", "B"]


@pytest.mark.parametrize(
    ("approvals", "says"),
    [
        ([signed("A", "CCG")], "no valid signature of the investor"),
        ([signed("A", "CCG"), signed("B", "CCG")], "no valid signature of the investor"),
        ([signed("A", "CCG"), signed("a ", "Fund")], "by one person"),
        ([signed("A", "CCG", sha256=OTHER), signed("B", "Fund", sha256=OTHER)], "has changed since"),
        ([signed("A", "CCG"), signed("B", "Fund", date=date(2019, 7, 16))], "no valid signature of the investor"),
        ([signed("A", "CCG", what="terms"), signed("B", "Fund", what="terms")], "commissioner and investor"),
    ],
)
def test_anything_less_does_not(approvals: list[Approval], says: str) -> None:
    with pytest.raises(ApprovalMissing, match=says):
        require(approvals, what="protocol", sha256=HASH, parties=PARTIES, on=DAY)


def test_a_waiver_needs_both_sides_and_expires() -> None:
    both = [signed(n, o, what="waiver", expires=date(2019, 12, 31)) for n, o in (("A", "CCG"), ("B", "Fund"))]
    (found,) = waivers(both, parties=PARTIES, on=DAY)
    assert (found.finding_sha256, found.signed_by, found.organisations) == (HASH, ("A", "B"), ("CCG", "Fund"))
    assert (found.signed_on, found.expires) == ((DAY, DAY), date(2019, 12, 31))
    assert waivers(both[:1], parties=PARTIES, on=DAY) == []
    assert waivers(both, parties=PARTIES, on=date(2020, 1, 1)) == []
    assert waivers(both, parties=PARTIES, on=date(2019, 7, 14)) == []


def test_a_waiver_without_an_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "approvals.yaml").write_text(
        f"approvals:\n- {{what: waiver, sha256: {HASH}, name: A, role: r, organisation: CCG, date: 2019-07-15, reason: x}}\n"
    )
    with pytest.raises(ProtocolInvalid, match=r"approvals\.yaml line 2, approvals\.0: .*day it expires"):
        read_approvals(tmp_path)


def test_appending_keeps_what_stands(tmp_path: Path) -> None:
    append(tmp_path, signed("A", "CCG"))
    before = (tmp_path / "approvals.yaml").read_text()
    append(tmp_path, signed("B", "Fund"))
    assert (tmp_path / "approvals.yaml").read_text().startswith(before)
    assert [a.name for a in read_approvals(tmp_path)] == ["A", "B"]
    with pytest.raises(UsageError, match="already"):
        append(tmp_path, signed("B", "Fund"))


@pytest.mark.parametrize(
    "text",
    ["approvals:\n  - {what: terms, sha256: HASH, name: A, role: r, organisation: CCG, date: 2019-07-15, reason: because}",
     "# kept by hand\napprovals: []\n", "approvals:\n- what: terms\n  sha256: HASH\n  name: A\n  role: r\n  organisation: CCG\n"
     "  date: '2019-07-15'\n  reason: because"],
    ids=["indented list", "empty list", "no line end"],
)  # fmt: skip
def test_a_signature_is_added_as_the_file_is_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "approvals.yaml").write_text(text.replace("HASH", HASH))
    before = read_approvals(tmp_path)
    append(tmp_path, signed("Ben", "Fund"))
    assert read_approvals(tmp_path) == [*before, signed("Ben", "Fund")]
    assert [p.name for p in tmp_path.iterdir()] == ["approvals.yaml"]


def test_a_file_that_a_signature_cannot_be_added_to_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "approvals.yaml"
    path.write_text("{approvals: []}\n")
    with pytest.raises(UsageError, match="could not be added"):
        append(tmp_path, signed("Ben", "Fund"))
    assert path.read_text() == "{approvals: []}\n"
    assert [p.name for p in tmp_path.iterdir()] == ["approvals.yaml"]
