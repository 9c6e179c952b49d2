"""The house rules that a program can hold: direction of imports, size and opening of files, names, and nothing of a machine.

Belongs here: rules on the files of the project, each shown to catch what it forbids. Does not belong here: rules on engine code
(`test_engine_rules.py`), and that every contract is tested (`tests/unit/deliveries/test_contracts.py` names each).
"""

import ast
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 350
BYTES = 1_000_000
FLOORS = ("data_contracts", "pipeline", "reports", "assets")

#: what may be imported only below these folders; tests may import anything
ONLY = {
    "dagster": ("assets/",),
    "matplotlib": ("reports/", "bench/"),
    "typst": ("reports/",),
    "pipeline.rehearsal": ("pipeline/rehearsal/", "assets/commands/", "bench/"),
    "tests": (),
    "bench": ("bench/",),
}
#: what any room of the pipeline may import of assurance: the types that estimators and the rest hand on
SHARED = ("pipeline.assurance.finding", "pipeline.assurance.gate")
ROOMS = ("cleaning", "pricing", "cohorts", "assurance", "estimation", "settlement", "deliveries")

NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|process(or|ing)?|handlers?|misc|common|final|data2)(_|$)")

#: put together from parts, so that this file does not hold what it looks for
ELSEWHERE = [
    *(f"/{folder}/" for folder in ("work", "tmp", "root", "home")),
    "pypi" + ".org", "python" + "hosted", "arti" + "factory", "nexus" + "/repository", "/simple" + "/", "index" + "-url =",
]  # fmt: skip


def imported(source: str) -> list[str]:
    """Every name a module imports, wherever it stands in it: `from a import b` gives a and a.b."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def wrong_imports(path: str, source: str) -> list[str]:
    """Against the direction of data, or of what belongs to another room."""
    if not path.endswith(".py") or path.startswith("tests/"):
        return []
    found = []
    parts = path.split("/")
    floor = FLOORS.index(parts[0]) if parts[0] in FLOORS else len(FLOORS)
    room = parts[1] if parts[0] == "pipeline" and parts[1] in ROOMS else None
    for name in imported(source):
        found += [f"imports {name}" for upper in FLOORS[floor + 1 :] if within(name, upper)]
        found += [f"imports {name}" for what, where in ONLY.items() if within(name, what) and not path.startswith(where)]
        if room and not any(within(name, shared) for shared in SHARED):
            found += [f"imports {name}" for other in ROOMS if other != room and name.startswith(f"pipeline.{other}.")]
    return found


def too_long(path: str, source: str) -> list[str]:
    lines = len(source.splitlines())
    return [f"{lines} lines"] if path.endswith(".py") and lines > LINES else []


def no_opening(path: str, source: str) -> list[str]:
    """The program's modules say what belongs in them and what does not; tests at least say what they are."""
    if not path.endswith(".py"):
        return []
    said = " ".join((ast.get_docstring(ast.parse(source)) or "").split())
    if path.startswith("tests/"):
        return [] if said else ["has no docstring"]
    return [f"does not say: {words}" for words in ("Belongs here", "Does not belong here") if words not in said]


def poor_name(path: str, source: str) -> list[str]:
    return [f"is called {part}" for part in Path(path).with_suffix("").parts if NAMES.search(part)]


def machine(path: str, source: str) -> list[str]:
    return [f"names {place}" for place in ELSEWHERE if place in source]


def too_heavy(path: str, source: str) -> list[str]:
    size = len(source.encode())
    return [f"{size} bytes"] if size > BYTES else []


Rule = Callable[[str, str], list[str]]
RULES: tuple[Rule, ...] = (wrong_imports, too_long, no_opening, poor_name, machine, too_heavy)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Path to text of every tracked file (bytes that are no text are replaced)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_bytes().decode("utf-8", errors="replace") for path in paths}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_tracked_file_keeps_the_rule(rule: Rule, files: dict[str, str]) -> None:
    assert {path.split("/")[0] for path in files} >= {*FLOORS, "tests"}, "parts of the house were not looked at"
    broken = [f"{path} {said}" for path, source in files.items() for said in rule(path, source)]
    assert not broken, "\n".join(broken)


SAYS = '"""A thing.\n\nBelongs here: it. Does not belong here: all else.\n"""\n'
CAUGHT = [
    (wrong_imports, "pipeline/panel.py", "import dagster as dg"),
    (wrong_imports, "reports/render.py", "def f():\n    from dagster import asset"),
    (wrong_imports, "pipeline/panel.py", "import matplotlib.pyplot as plt"),
    (wrong_imports, "assets/published.py", "import typst"),
    (wrong_imports, "pipeline/panel.py", "from reports import render"),
    (wrong_imports, "data_contracts/__init__.py", "from pipeline.store import Store"),
    (wrong_imports, "reports/render.py", "from assets.run import Run"),
    (wrong_imports, "assets/assurance.py", "from pipeline.rehearsal.truth import truth"),
    (wrong_imports, "pipeline/result.py", "from pipeline import rehearsal"),
    (wrong_imports, "assets/run.py", "from tests.conftest import store"),
    (wrong_imports, "assets/run.py", "import bench.seeds"),
    (wrong_imports, "pipeline/pricing/spells.py", "from pipeline.cleaning import codes"),
    (wrong_imports, "pipeline/estimation/did.py", "from pipeline.assurance.feed.level import check"),
    (too_long, "pipeline/panel.py", "x = 1\n" * (LINES + 1)),
    (no_opening, "assets/run.py", '"""Runs."""'),
    (no_opening, "assets/run.py", '"""Runs. Belongs here: running."""'),
    (no_opening, "tests/unit/test_run.py", "x = 1"),
    (poor_name, "pipeline/utils.py", SAYS),
    (poor_name, "pipeline/process/date_helpers.py", SAYS),
    (machine, "Makefile", "cp x /" + "tmp/y"),
    (machine, "requirements.txt", "https://pypi" + ".org/x"),
    (too_heavy, "docs/scan.pdf", "x" * (BYTES + 1)),
]
ALLOWED = [
    (wrong_imports, "assets/run.py", "import dagster as dg\nfrom pipeline.result import records\nfrom reports import render"),
    (wrong_imports, "reports/figures/drawing.py", "import matplotlib"),
    (wrong_imports, "bench/power_curves.py", "import matplotlib"),
    (wrong_imports, "assets/commands/rehearsing.py", "from pipeline.rehearsal.faults import FAULTS"),
    (wrong_imports, "pipeline/estimation/did.py", "from pipeline.assurance.gate import Verdict"),
    (wrong_imports, "tests/unit/test_run.py", "import dagster"),
    (too_long, "pipeline/panel.py", "x = 1\n" * LINES),
    (no_opening, "assets/run.py", SAYS),
    (poor_name, "pipeline/finality.py", SAYS),
    (machine, "Makefile", "rm -rf demo"),
]


@pytest.mark.parametrize(("rule", "path", "source"), CAUGHT, ids=lambda value: getattr(value, "__name__", None))
def test_the_rule_catches(rule: Rule, path: str, source: str) -> None:
    assert rule(path, source)


@pytest.mark.parametrize(("rule", "path", "source"), ALLOWED, ids=lambda value: getattr(value, "__name__", None))
def test_the_rule_lets_pass(rule: Rule, path: str, source: str) -> None:
    assert rule(path, source) == []
