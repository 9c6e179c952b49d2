"""Calls that give different answers on different engines, or hold data outside them, stand nowhere in person-level code.

Each rule was learned by running the same expression on DuckDB and Spark; each is also shown to catch what it forbids.
"""

import ast
from pathlib import Path

import pytest

PIPELINE = Path(__file__).resolve().parents[2] / "pipeline"
ROOMS = ("cleaning", "pricing", "cohorts")

#: attribute calls and why they are forbidden
FORBIDDEN = {
    "first": "which row is first depends on the engine: use row_number() == 0",
    "last": "which row is last depends on the engine: use row_number() == 0 over the reverse order",
    "argmax": "ties are broken by the engine: use row_number() == 0",
    "argmin": "ties are broken by the engine: use row_number() == 0",
    "arbitrary": "any row the engine likes",
    "asof_join": "not on every engine",
    "hash": "every engine has its own",
    "memtable": "real data do not pass through the client: write Parquet and read it",
    "random": "not reproducible",
    "now": "no wall clock",
    "today": "no wall clock",
    "sample": "not reproducible",
    "collect": "the order inside is the engine's",
    "group_concat": "the order inside is the engine's",
}


def calls(tree: ast.AST) -> list[tuple[ast.Call, str]]:
    return [(n, n.func.attr) for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]


def uses_engine(tree: ast.AST) -> bool:
    """Whether the module works on engine tables; arithmetic on small frames has other rules."""
    names = [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
    names += [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return any(name.split(".")[0] == "ibis" for name in names)


def forbidden_calls(source: str) -> list[str]:
    return [
        f"line {call.lineno}: .{name}() ({FORBIDDEN[name]})" for call, name in calls(ast.parse(source)) if name in FORBIDDEN
    ]


def raw_casts(source: str) -> list[str]:
    """Casts of delivered text: `.cast("date")` and the like of a column or of stripped text, rather than of a typed value."""
    found = []
    for call, name in calls(ast.parse(source)):
        if name != "cast" or not call.args or not isinstance(call.func, ast.Attribute):
            continue
        target, value = call.args[0], call.func.value
        if isinstance(target, ast.Constant) and str(target.value).startswith("string"):
            continue
        of_text = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in {
            "strip", "substr", "replace", "re_extract", "re_replace", "nullif", "upper", "lower", "lpad",
        }  # fmt: skip
        of_text |= (
            isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in {"text", "optional_text"}
        )
        of_text |= (
            isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant) and str(value.slice.value).isupper()
        )
        of_text |= isinstance(value, ast.Attribute) and value.attr.isupper()
        if of_text:
            found.append(f"line {call.lineno}: cast of text: test it with a pattern, then try_cast")
    return found


def bare_divisions(source: str) -> list[str]:
    """Engine divisions whose divisor is neither a number nor `.nullif(0)`: DuckDB gives null or infinity, Spark fails."""
    tree = ast.parse(source)
    if not uses_engine(tree):
        return []
    guarded = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ".nullif(0)" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            if isinstance(node.left, ast.Constant | ast.JoinedStr) or isinstance(node.right, ast.Constant):
                continue
            divisor = node.right
            safe = isinstance(divisor, ast.Call) and isinstance(divisor.func, ast.Attribute) and divisor.func.attr == "nullif"
            safe |= isinstance(divisor, ast.Name) and (divisor.id in guarded or divisor.id.strip("_").isupper())
            if not safe:
                found.append(f"line {node.lineno}: division without .nullif(0)")
    return found


RULES = {"forbidden call": forbidden_calls, "cast of raw text": raw_casts, "bare division": bare_divisions}


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("room", ROOMS)
def test_person_level_code_keeps_the_engine_rules(room: str, rule: str) -> None:
    files = sorted((PIPELINE / room).rglob("*.py"))
    assert files, f"pipeline/{room} is empty: nothing was checked"
    broken = [f"{room}/{file.name} {said}" for file in files for said in RULES[rule](file.read_text(encoding="utf-8"))]
    assert not broken, "\n".join(broken)


CAUGHT = [
    ("forbidden call", "t.x.first(order_by=t.y)"), ("forbidden call", "t.x.argmax(t.y)"),
    ("forbidden call", "t.asof_join(u, 'd')"),
    ("forbidden call", "ibis.memtable(frame)"), ("forbidden call", "t.x.hash()"), ("forbidden call", "ibis.now()"),
    ("cast of raw text", "rows['APPTDATE'].cast('date')"), ("cast of raw text", "rows.ADMIDATE.cast('date')"),
    ("cast of raw text", "text(rows, 'ROWS').cast('int64')"), ("cast of raw text", "raw.strip().cast('int64')"),
    ("bare division", "import ibis\nt.cost / t.heads"), ("bare division", "import ibis\nt.cost % t.heads"),
]  # fmt: skip
ALLOWED = [
    ("forbidden call", "ibis.row_number().over(w) == 0"), ("cast of raw text", "t.cost.sum().cast('int64')"),
    ("cast of raw text", "rows.ROW_NO.cast('string')"), ("cast of raw text", "raw.try_cast('date')"),
    ("bare division", "import ibis\nt.cost / t.heads.nullif(0)"), ("bare division", "import ibis\nt.days // 7"),
    ("bare division", "import ibis\nover = t.n.nullif(0)\nt.a / over"),
    ("bare division", "import pandas\nframe.a / frame.b"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "source"), CAUGHT, ids=lambda value: value[:40])
def test_each_rule_catches_what_it_forbids(rule: str, source: str) -> None:
    assert RULES[rule](source)


@pytest.mark.parametrize(("rule", "source"), ALLOWED, ids=lambda value: value[:40])
def test_each_rule_lets_the_right_way_pass(rule: str, source: str) -> None:
    assert not RULES[rule](source)
