"""A report that rests on a waiver says so on every page; one that does not, says nothing of it but in the audit."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from unit.reports import example_kinds as kinds
from unit.reports.example_result import paid

from reports import waivers
from reports.pages import method_page
from reports.sentences import statement

BANNER = "Rests on a waived finding, signed by both parties until 31 December 2019"


def test_every_page_and_the_screen_say_that_the_report_rests_on_a_waiver(rendered: dict[str, Path]) -> None:
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(rendered["waived"] / "report.pdf").pages]
    assert [number for number, page in enumerate(pages, 1) if BANNER not in page] == []
    html = (rendered["waived"] / "report.html").read_text(encoding="utf-8")
    header = re.search(r"<header.*?</header>", html, re.DOTALL)
    assert header is not None
    assert BANNER in header[0]


@pytest.mark.parametrize("kind", ["paid", "blocked"])
def test_a_report_without_one_does_not(kind: str, rendered: dict[str, Path]) -> None:
    assert "Rests on" not in (rendered[kind] / "report.html").read_text(encoding="utf-8")


def test_the_statement_says_so_too() -> None:
    assert "(proposed, resting on a waiver by both parties, on final data" in statement(kinds.waived())
    assert "waiver" not in statement(paid())


def test_the_first_end_is_the_one_named() -> None:
    result = kinds.waived()
    other = result["gates"]["data"]["findings"][0] | {"id": "34" * 32}
    result["gates"]["design"]["findings"].append(other)
    result["signatures"]["waivers"][1]["expires"] = "2019-10-01"
    assert waivers.banner(result) == "Rests on 2 waived findings, signed by both parties until 1 October 2019"


def test_a_waiver_of_a_finding_that_changed_is_void_and_said_so_in_the_audit_alone() -> None:
    said = str(method_page.audit(kinds.waived(), {}).plain())
    assert "Waiver in force until 31 December 2019 of A&E, control" in said
    assert "Nothing here rests on the waiver of finding 343434343434" in said
    result = kinds.waived()
    result["gates"]["data"]["findings"][0] |= {"id": "56" * 32, "verdict": "fail"}
    assert waivers.resting_on(result) == []
    assert len(waivers.void(result)) == 2
    assert waivers.banner(result) == ""


def test_a_result_of_an_earlier_version_has_names_alone() -> None:
    old = {"finding": "x" * 64, "expires": "2019-12-31", "reason": "known.", "signed_by": ["A. One", "B. Two"]}
    finding = kinds.waived()["gates"]["data"]["findings"][0]
    assert waivers.sentence(old, finding).endswith("signed by A. One and B. Two: known.")
