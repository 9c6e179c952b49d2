"""From one result to the same bytes, with nothing that may not be printed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_result import paid

from data_contracts import FOLDER
from pipeline.errors import InternalError
from reports.render import render

ROOT = Path(__file__).resolve().parents[3]


def test_examples_fit_the_schema() -> None:
    schema = json.loads((FOLDER / "result.schema.json").read_text(encoding="utf-8"))
    for result in kinds.every_kind().values():
        jsonschema.Draft202012Validator(schema).validate(result)


def test_what_is_written(rendered: dict[str, Path]) -> None:
    names = sorted(str(path.relative_to(rendered["paid"])) for path in rendered["paid"].rglob("*") if path.is_file())
    pictures = ["completeness", "cost_per_head", "event_study", "how_sure", "parts", "waterfall"]
    assert names == sorted([*(f"figures/{name}.svg" for name in pictures), "report.html", "report.pdf"])


@pytest.mark.parametrize("kind", ["paid", "blocked"])
def test_same_bytes_in_another_process_folder_and_locale(kind: str, rendered: dict[str, Path], tmp_path: Path) -> None:
    """Another working directory, hash seed, time zone and home: what a second machine differs in."""
    program = (
        "import sys; from pathlib import Path; from unit.reports.example_kinds import every_kind; "
        f"from reports.render import render; render(every_kind()[{kind!r}], Path(sys.argv[1]))"
    )
    elsewhere = tmp_path / "else where"
    environment = dict(os.environ) | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "HOME": str(tmp_path),
        "SOURCE_DATE_EPOCH": "1",
    }
    subprocess.run([sys.executable, "-c", program, str(elsewhere)], check=True, cwd=tmp_path, env=environment)
    first = {path.relative_to(rendered[kind]): path.read_bytes() for path in rendered[kind].rglob("*") if path.is_file()}
    second = {path.relative_to(elsewhere): path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    assert first == second


def test_another_result_gives_other_bytes(rendered: dict[str, Path], tmp_path: Path) -> None:
    result = paid()
    result["payment"]["amount_gbp"] = "630000.01"
    render(result, tmp_path)
    for name in ("report.html", "report.pdf"):
        assert (tmp_path / name).read_bytes() != (rendered["paid"] / name).read_bytes()


@pytest.mark.parametrize("part", ["estimates", "cost_per_head", "event_study"])
def test_a_closed_gate_shows_nothing_after_launch_even_if_the_result_holds_it(part: str, tmp_path: Path) -> None:
    result = kinds.blocked()
    whole = paid()
    if part == "estimates":
        result["estimates"] = whole["estimates"]
    else:
        result["series"][part] = whole["series"][part]
    with pytest.raises(InternalError, match="A gate is closed"):
        render(result, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_an_open_count_is_refused_and_nothing_written(tmp_path: Path) -> None:
    result = paid()
    result["attrition"][0]["control"] = 3
    with pytest.raises(InternalError, match="attrition/0/control") as refused:
        render(result, tmp_path / "report")
    assert " 3" not in str(refused.value)
    assert not (tmp_path / "report").exists()
