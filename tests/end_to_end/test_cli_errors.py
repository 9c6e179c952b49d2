"""What a person, or a program, is told when something is wrong: exit code, place, remedy, and one JSON document if asked.

Belongs here: every command's help and the errors it can meet before data are computed on. Does not belong here: gates
(`test_shut_gate`), waivers (`test_waiver`), verification (`test_village`).
"""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from village_runs import Said, here

COMMANDS = (
    "demo", "rehearse", "faults", "receive", "run", "approve", "waive", "settle", "verify", "estimate", "ui",
)  # fmt: skip
CODES = ("0 done", "2 usage", "3 delivery", "4 protocol", "5 data", "6 design", "7 approval", "8 verification", "70 our")
ADA = ("--name", "Ada", "--role", "Director", "--organisation", "Example Commissioning Group", "--reason", "for a test")


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hamlet that nobody has received."""
    folder = tmp_path_factory.mktemp("hamlet") / "study"
    assert here("rehearse", folder, "--scale", "0.01").code == 0
    return folder


@pytest.fixture
def study(rehearsed: Path, tmp_path: Path) -> Path:
    """Its protocol, terms and signatures alone, to be spoiled."""
    folder = tmp_path / "study"
    folder.mkdir()
    for name in ("study.yaml", "terms.yaml", "approvals.yaml"):
        shutil.copy(rehearsed / name, folder)
    return folder


def failed(said: Said, code: int, *words: str) -> None:
    """The exit code, the words and a remedy on standard error, and nothing on standard output."""
    assert said.code == code, said.err
    assert [word for word in words if word not in said.err] == []
    assert "Remedy:" in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_every_command_has_help_that_names_exit_codes() -> None:
    listed = here("--help")
    assert [command for command in COMMANDS if f"\n  {command} " not in listed.out] == []
    for said in (listed, *(here(command, "--help") for command in COMMANDS)):
        assert said.code == 0
        text = " ".join(said.out.split())
        assert [code for code in CODES if code not in text] == []


@pytest.mark.parametrize("command", [("run",), ("verify",), ("settle", "--year", "2016-17"), ("receive", "."), ("ui",)])
def test_a_folder_without_a_study_is_named(command: tuple[str, ...], tmp_path: Path) -> None:
    failed(here(*command, "--study", tmp_path / "elsewhere"), 2, "There is no study.yaml in", "elsewhere", "--study")


def test_usage(study: Path) -> None:
    failed(here("run", "--study", study, "--until", "tea"), 2, "--until", "publish")
    failed(here("run", "--study", study, "--on", "15/07/2019"), 2, "--on")
    failed(here("receive", study / "nothing-here", "--study", study), 2, "nothing-here")
    failed(here("receive", study, "--study", study), 2, "No delivery.yaml was found")
    failed(here("estimate", study / "no-panel.csv", "--yname", "y", "--idname", "i"), 2, "no-panel.csv")
    failed(here("settle", "--study", study), 2, "--year")
    failed(here("settle", "--study", study, "--year", "2016-17"), 2, "Nothing is published for 2016-17")
    failed(here("run", "--study", study), 2, "Nothing has been received yet", "outcomeb receive")
    failed(here("run", "--study", study, "--on", "2019-07-15"), 2, "not received as at 2019-07-15", "hes_apc")
    failed(here("frobnicate"), 2, "frobnicate", "--help")


@pytest.mark.parametrize("name", ["study.yaml", "terms.yaml", "approvals.yaml"])
def test_what_is_not_yaml_is_named_by_file_and_line(study: Path, name: str) -> None:
    text = (study / name).read_text()
    lines = len(text.splitlines())
    (study / name).write_text(text + "broken: [1, 2\nnext: : :\n")
    said = here("run", "--study", study, "--on", "2019-07-15")
    failed(said, 4, name, "is not YAML")
    assert f"line {lines + 2}" in said.err


@pytest.mark.parametrize(
    ("name", "right", "wrong", "line_of", "clause"),
    [
        ("study.yaml", "launch: '2015-04-01'", "launch: 'soon'", "launch: 'soon'", "calendar.launch"),
        ("study.yaml", "fallback: none", "fallback: none\n  speed: 3", "  speed: 3", "prices.speed"),
        ("terms.yaml", "share_of_saving: '0.35'", "share_of_saving: lots", "share_of_saving: lots", "share.share_of_saving"),
        ("approvals.yaml", "role: Fund Manager\n", "job: Fund Manager\n", "- what: protocol", "approvals.1.role"),
    ],
)
def test_a_wrong_clause_is_named_by_file_line_and_clause(
    study: Path, name: str, right: str, wrong: str, line_of: str, clause: str
) -> None:
    text = (study / name).read_text()
    assert right in text
    text = text.replace(right, wrong, 1)
    (study / name).write_text(text)
    said = here("run", "--study", study, "--on", "2019-07-15")
    failed(said, 4, name, clause)
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line_of in line]
    assert any(f"line {number}," in said.err for number in lines), said.err


def test_text_that_is_not_utf8_is_named(study: Path) -> None:
    (study / "study.yaml").write_bytes((study / "study.yaml").read_bytes() + "# £".encode("cp1252"))
    failed(here("run", "--study", study), 4, "study.yaml is not UTF-8 text")


def test_an_unsigned_protocol_stops_a_run_at_once(study: Path) -> None:
    (study / "approvals.yaml").unlink()
    failed(here("run", "--study", study, "--on", "2019-07-15"), 7, "protocol", "commissioner and investor", "outcomeb approve")
    assert here("approve", "--what", "protocol", *ADA, "--on", "2019-07-15", "--study", study).code == 0
    failed(here("run", "--study", study, "--on", "2019-07-15"), 7, "no valid signature of the investor")


def test_a_stranger_cannot_sign(study: Path) -> None:
    stranger = (*ADA[:5], "Nobody Ltd", *ADA[6:])
    failed(here("approve", "--what", "terms", *stranger, "--on", "2019-07-15", "--study", study), 2, "Nobody Ltd", "parties")


def test_a_refused_delivery_names_file_column_and_remedy(rehearsed: Path, study: Path, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    shutil.copytree(rehearsed / "deliveries" / "hes_ae-2016-17", sent)
    text = (sent / "hes_ae.csv").read_text()
    (sent / "hes_ae.csv").write_text(text.replace('"ARRIVALDATE"', '"WHEN"', 1))
    said = here("receive", sent, "--study", study)
    failed(said, 3, "hes_ae.csv", "ARRIVALDATE", "missing")
    note = yaml.safe_load((sent / "delivery.yaml").read_text())
    (sent / "delivery.yaml").write_text(yaml.safe_dump(note | {"files": ["lost.csv"]}))
    failed(here("receive", sent, "--study", study), 3, "lost.csv")
    (sent / "delivery.yaml").write_text(yaml.safe_dump(note | {"received": "one day"}))
    failed(here("receive", sent, "--study", study), 3, "delivery.yaml line", "received")
    assert not (study / "store" / "deliveries.jsonl").exists()


def test_json_is_one_document_on_success(rehearsed: Path, study: Path, tmp_path: Path) -> None:
    sent = rehearsed / "deliveries" / "hes_ae-2016-17"
    (receipt,) = json.loads(here("receive", sent, "--study", study, "--json").out)
    assert (receipt["dataset"], receipt["first_month"]) == ("hes_ae", "2016-04")
    assert json.loads(here("verify", "--study", study, "--json").out) == {"entries": 0, "published": 0}
    assert {row["name"] for row in json.loads(here("faults", "--json").out)} >= {"control_ae_missing"}
    panel = tmp_path / "panel.csv"
    panel.write_text(
        "id,t,y,d\n" + "".join(f"{i},{t},{i + t + (i > 3) * t},{int(i > 3 and t > 0)}\n" for i in range(8) for t in (0, 1))
    )
    said = here("estimate", panel, "--yname", "y", "--idname", "id", "--tname", "t", "--treated", "d", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["estimate"] == pytest.approx(1.0)  # units above 3 rise by 2, the others by 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("run", "--year", "1999-00"), 2),
        (("run", "--bogus"), 2),
        (("settle",), 2),
        (("settle", "--year", "2016-17"), 2),
        (("receive", "."), 2),
    ],
)
def test_json_is_one_document_on_failure(study: Path, command: tuple[str, ...], code: int) -> None:
    said = here(*command, "--study", study, "--json")
    assert said.code == code
    document = json.loads(said.out)
    assert list(document) == ["error"]
    assert document["error"]["exit_code"] == code
    assert document["error"]["message"] in said.err
    assert document["error"]["remedy"]


def test_json_of_a_refusal_and_of_a_spoiled_protocol(rehearsed: Path, study: Path, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    shutil.copytree(rehearsed / "deliveries" / "hes_ae-2016-17", sent)
    (sent / "hes_ae.csv").write_text("")
    error = json.loads(here("receive", sent, "--study", study, "--json").out)["error"]
    assert error["exit_code"] == 3
    assert "hes_ae.csv is empty" in error["message"]
    (study / "study.yaml").write_text("schema: [\n")
    assert json.loads(here("run", "--study", study, "--json").out)["error"]["exit_code"] == 4


def test_what_cannot_be_a_signature_is_refused_in_words(study: Path) -> None:
    blank = ("--name", "", *ADA[2:], "--on", "2019-07-15")
    failed(
        here("approve", "--what", "terms", *blank, "--on", "2019-07-15", "--study", study), 2, "That is no signature", "name"
    )
