"""The PDF: tagged, PDF/UA-1, in order, and readable page by page."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from left_out import Program
from pypdf import PdfReader
from unit.reports.example_result import finding, paid

from reports.render import render

ORDER = [
    "How sure", "What changed", "What could be wrong", "Three lights", "Data", "Who was compared", "What they cost",
    "The comparison", "Contamination", "Who was served", "Other ways to look", "From effect to pounds",
    "Outcome A and key performance indicators", "Method as run", "Audit", "Glossary",
]  # fmt: skip


@cache
def _pages(folder: Path) -> list[str]:
    """The words of every page, read once."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(folder / "report.pdf").pages]


@pytest.mark.parametrize("kind", ["paid", "blocked"])
def test_tagged_and_accessible(kind: str, rendered: dict[str, Path]) -> None:
    reader = PdfReader(rendered[kind] / "report.pdf")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Attribution report 2018-19: made-up-city"
    assert reader.metadata.creation_date is None
    packet = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part(>|=\")1", packet)


def test_every_picture_and_formula_has_alternative_text(rendered: dict[str, Path]) -> None:
    reader = PdfReader(rendered["paid"] / "report.pdf")
    found: dict[str, list[str]] = {}

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            if node.get("/S") in ("/Figure", "/Formula"):
                found.setdefault(node["/S"], []).append(str(node.get("/Alt", "")))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    assert len(found["/Figure"]) == 6
    assert len(found["/Formula"]) == 1
    assert all(len(alt) > 60 for alts in found.values() for alt in alts)


def test_sections_stand_in_the_readers_order(rendered: dict[str, Path]) -> None:
    outline = PdfReader(rendered["paid"] / "report.pdf").outline
    assert [entry.title for entry in outline if not isinstance(entry, list)] == ORDER


def test_first_page_holds_the_five_things(rendered: dict[str, Path]) -> None:
    for kind, folder in rendered.items():
        first = _pages(folder)[0]
        assert all(heading in first for heading in ORDER[:4]), kind
        assert "Control uncontaminated" in first, kind


def test_the_first_page_holds_long_findings_too(tmp_path: Path) -> None:
    """Sentences as long as real checks write them (some 330 characters) leave the three lights on page 1."""
    result = paid()
    long = "Admitted care, rows a month of people not eligible: " + "the practices fell behind the other arm, " * 7
    pounds = {
        "saving_effect_gbp": -5e5,
        "saving_effect_gbp_low": -9e5,
        "saving_effect_gbp_high": 1e5,
        "payment_effect_gbp": -1e5,
    }
    result["gates"]["data"]["findings"] += [finding("reference", "undetermined", f"{long}.", **pounds) for _ in range(8)]
    result["contamination"]["sentence"] = long
    render(result, tmp_path)
    first, second = _pages(tmp_path)[:2]
    assert "What was not looked at has no power to find anything." in first
    assert "How complete it is" in second


def test_the_page_named_for_the_questions_holds_them(rendered: dict[str, Path]) -> None:
    first, said = _pages(rendered["blocked"])[:2]
    assert "see page 2." in first
    for part in ("Questions for suppliers", "Made-Up Commissioning Support Unit", "A&E, control", "April 2015 to March 2019"):
        assert part in said
    assert "−£1,650,000" in said
    assert "−£452,000" in said


def test_a_rehearsal_is_marked_on_every_page(rendered: dict[str, Path]) -> None:
    for kind, folder in rendered.items():
        for page in _pages(folder):
            assert "Rehearsal: synthetic people, fictional signatures" in page, kind
            assert "Illustrative terms" in page, kind


def test_a_blocked_report_shows_nothing_of_the_eligible_after_launch(rendered: dict[str, Path]) -> None:
    said, paid = (" ".join(_pages(rendered[kind])) for kind in ("blocked", "paid"))
    for phrase in (
        "After launch the intervention",
        "Difference in cost by point of delivery",
        "The paid figure",
        "went from £",
    ):
        assert phrase not in said
        assert phrase in paid, "or the test could not fail"


def test_pages_can_be_drawn_and_none_is_empty(rendered: dict[str, Path], program: Program, tmp_path: Path) -> None:
    folder = rendered["paid"]
    subprocess.run([program("pdftoppm"), "-r", "20", "-gray", str(folder / "report.pdf"), str(tmp_path / "p")], check=True)
    pages = sorted(tmp_path.glob("p*.pgm"))
    assert len(pages) == len(PdfReader(folder / "report.pdf").pages)
    for page in pages:
        pixels = page.read_bytes()[-10000:]
        assert min(pixels) < 200, page.name
