"""A shut gate opened by both sides, then by corrected data: the road of a real dispute, walked in order.

Belongs here: waivers, corrections, versions and postings of one village. Does not belong here: what the findings say
(`test_shut_gate`). The steps build on one another, so they stand in one test each and share one study folder in file order.
"""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader
from village_runs import Said, here

YEAR = "2016-17"
FIRST_DAY, CORRECTED = "2019-07-15", "2019-09-02"
SIDES = {
    "commissioner": ("Ada Example", "Director of Finance", "Example Commissioning Group"),
    "investor": ("Ben Example", "Fund Manager", "Example Outcomes Investor"),
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Received, with A&E of the control missing from the extract."""
    folder = tmp_path_factory.mktemp("dispute") / "study"
    assert here("rehearse", folder, "--scale", "0.05", "--seed", "11", "--fault", "control_ae_missing_extract").code == 0
    assert here("receive", folder / "deliveries", "--study", folder).code == 0
    return folder


def run(study: Path, *options: object) -> Said:
    return here("run", "--study", study, "--year", YEAR, *options)


def result(study: Path, version: str) -> dict:
    return json.loads((study / "published" / YEAR / version / "result.json").read_text())


def versions(study: Path) -> list[str]:
    return sorted(p.name for p in (study / "published" / YEAR).iterdir())


def failing(study: Path) -> list[str]:
    return [f["id"] for f in result(study, "v1")["gates"]["data"]["findings"] if f["verdict"] in ("fail", "not_evaluated")]


def waive(study: Path, finding: str, side: str, name: str | None = None) -> Said:
    who, role, organisation = SIDES[side]
    return here(
        "waive", finding, "--expires", "2019-12-31", "--name", name or who, "--role", role, "--organisation", organisation,
        "--reason", f"the {side} accepts this until the supplier answers", "--study", study,
    )  # fmt: skip


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_1_the_gate_is_shut_and_the_report_names_ids(study: Path) -> None:
    said = run(study)
    assert said.code == 5, said.err
    assert failing(study)
    assert result(study, "v1")["payment"]["status"] == "withheld"


def test_2_half_a_waiver_or_a_foreign_one_opens_nothing(study: Path) -> None:
    first, *_ = failing(study)
    assert waive(study, "0" * 64, "investor").code == 2  # no such finding
    assert waive(study, first[:7], "investor").code == 2  # too short to be sure which
    for finding in failing(study):
        assert waive(study, finding, "investor").code == 0
        assert (
            waive(study, finding, "commissioner", name=SIDES["investor"][0].upper() + " ").code == 0
        )  # one person, both sides
    assert run(study, "--until", "data").code == 5
    passing = next(f["id"] for f in result(study, "v1")["gates"]["data"]["findings"] if f["verdict"] == "pass")
    assert waive(study, passing, "commissioner").code == 2
    assert versions(study) == ["v1"]


def test_3_both_sides_open_the_gate_and_are_printed(study: Path) -> None:
    for finding in failing(study):
        assert waive(study, finding[:12], "commissioner").code == 0
    said = run(study)
    assert said.code == 0, said.err
    waived = result(study, "v2")
    assert waived["gates"]["data"]["verdict"] == "waived"
    assert {w["finding"] for w in waived["signatures"]["waivers"]} == set(failing(study))
    for waiver in waived["signatures"]["waivers"]:
        assert set(waiver["signed_by"]) == {"Ada Example", "Ben Example"}
    html = (study / "published" / YEAR / "v2" / "report.html").read_text()
    printed = ("Ada Example", "Ben Example", "the investor accepts this until the supplier answers", "waived", "15 July 2019")
    assert [words for words in printed if words not in html] == []
    banner = "signed by both parties until 31 December 2019"
    assert banner in html[: html.index("<main")]
    pages = PdfReader(study / "published" / YEAR / "v2" / "report.pdf").pages
    assert [n for n, page in enumerate(pages, 1) if banner not in " ".join(page.extract_text().split())] == []


def test_4_an_expired_waiver_is_no_waiver(study: Path) -> None:
    before = bytes_of(study / "published")
    said = run(study, "--on", "2020-01-01", "--until", "data")
    assert said.code == 5
    assert "is shut" in said.err
    assert "A waiver of what blocks expired on 2019-12-31" in said.err
    said = here("settle", "--study", study, "--year", YEAR, "--on", "2020-01-01")
    assert said.code == 7
    assert "rests on a waiver that is not in force on 2020-01-01" in said.err
    assert bytes_of(study / "published") == before


def test_5_what_was_waived_is_posted(study: Path) -> None:
    said = here("settle", "--study", study, "--year", YEAR, "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["version"] == "v2"


def test_6_corrected_files_open_the_gate_by_themselves(study: Path, tmp_path: Path) -> None:
    before = {name: bytes_of(study / "published" / YEAR / name) for name in ("v1", "v2")}
    right = tmp_path / "right"
    assert here("rehearse", right, "--scale", "0.05", "--seed", "11").code == 0
    register = (study / "store" / "deliveries.jsonl").read_text().splitlines()
    held = {(e["receipt"]["dataset"], e["receipt"]["first_month"]): e["fingerprint"] for e in map(json.loads, register)}
    sent = tmp_path / "sent"
    for folder in sorted((right / "deliveries").glob("hes_ae-*")):
        shutil.copytree(folder, sent / folder.name)
        note = yaml.safe_load((folder / "delivery.yaml").read_text())
        note |= {"received": CORRECTED, "supersedes": held["hes_ae", note["period"]["first"]]}
        (sent / folder.name / "delivery.yaml").write_text(yaml.safe_dump(note))
    assert here("receive", sent, "--study", study).code == 0
    refused = here("settle", "--study", study, "--year", YEAR)  # v2 rests on deliveries that are replaced
    assert refused.code == 2
    assert "Run it again" in refused.err
    said = run(study)
    assert said.code == 0, said.err
    corrected = result(study, "v3")
    assert corrected["gates"]["data"]["verdict"] == "pass"
    html = (study / "published" / YEAR / "v3" / "report.html").read_text()
    assert "Rests on" not in html  # the waivers of findings that are gone carry nothing
    assert "Nothing here rests on the waiver of finding" in html
    assert corrected["run"]["on"] == CORRECTED
    assert {name: bytes_of(study / "published" / YEAR / name) for name in ("v1", "v2")} == before


def test_7_a_second_entry_names_the_new_manifest(study: Path) -> None:
    said = here("settle", "--study", study, "--year", YEAR, "--json")
    assert said.code == 0, said.err
    posted = json.loads(said.out)
    assert posted["version"] == "v3"
    again = json.loads(here("settle", "--study", study, "--year", YEAR, "--json").out)
    assert again["entry"] == posted["entry"]
    checked = json.loads(here("verify", "--study", study, "--json").out)
    assert checked == {"entries": 5, "published": 3}  # three published, two posted


def test_8_an_earlier_day_gives_the_earlier_verdict_and_bytes(study: Path) -> None:
    before = bytes_of(study / "published")
    said = run(study, "--on", FIRST_DAY, "--json")
    assert said.code == 0, said.err
    (year,) = json.loads(said.out)
    assert year["data_gate"] == "waived"
    assert Path(year["published"]).name == "v2"
    assert bytes_of(study / "published") == before
    assert json.loads(here("settle", "--study", study, "--year", YEAR, "--json").out)["version"] == "v3"
