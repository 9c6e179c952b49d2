"""`outcomeb fates`: rows by number and reason, never by what they hold."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.commands import accounting
from pipeline.errors import UsageError
from pipeline.store import Snapshot, Store

FATES = [
    ("d" * 64, 1, "kept", None, None, None),
    ("d" * 64, 2, "merged", "the same appointment delivered again", None, "d" * 64 + ":1"),
    ("d" * 64, 3, "quarantined", "PSEUDO_HESID is empty", None, None),
    ("e" * 64, 1, "out_of_scope", "not attended", "the tariff says so", None),
    ("e" * 64, 2, "out_of_scope", "not attended", "the tariff says so", None),
]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study folder whose latest published fates of hes_op are those above."""
    store = Store(tmp_path / "store")
    text = ", ".join(
        "(" + ", ".join("NULL" if v is None else str(v) if isinstance(v, int) else f"'{v}'" for v in row) + ")" for row in FATES
    )
    columns = "delivery, row_no, fate, reason, clause, merged_into"
    stored = store.put(
        "appointments_fates", store.con.sql(f"SELECT * FROM (VALUES {text}) AS t({columns})"), ("delivery", "row_no")
    )
    (tmp_path / "study.yaml").write_text("schema: outcomeb/study/1\n")
    monkeypatch.setattr(accounting, "_latest", lambda seen, dataset: Snapshot("appointments_fates", stored.sha256, 5))
    return tmp_path


def told(study: Path, *options: str) -> dict:
    done = CliRunner().invoke(accounting.fates, ["hes_op", "--study", str(study), "--json", *options], catch_exceptions=False)
    return json.loads(done.output)


def test_everything_but_what_is_simply_kept(study: Path) -> None:
    found = told(study)
    assert [(row["fate"], row["rows"]) for row in found["counts"]] == [("merged", 1), ("out_of_scope", 2), ("quarantined", 1)]
    assert [(row["delivery"][0], row["row_no"]) for row in found["rows"]] == [("d", 2), ("d", 3), ("e", 1), ("e", 2)]
    assert found["rows"][0]["merged_into"] == "d" * 64 + ":1"


def test_by_fate_and_by_words_of_the_reason(study: Path) -> None:
    assert [row["row_no"] for row in told(study, "--fate", "kept")["rows"]] == [1]
    assert [row["row_no"] for row in told(study, "--reason", "PSEUDO")["rows"]] == [3]


def test_rows_end_at_the_most_and_counts_do_not(study: Path) -> None:
    found = told(study, "--most", "1")
    assert len(found["rows"]) == 1
    assert sum(row["rows"] for row in found["counts"]) == 4


def test_in_words(study: Path) -> None:
    done = CliRunner().invoke(accounting.fates, ["hes_op", "--study", str(study)], catch_exceptions=False)
    assert "dddddddddddd          2  merged, the same appointment delivered again, into row 1 of dddddddddddd" in done.output
    assert "2  out_of_scope not attended (the tariff says so)" in done.output


def test_a_dataset_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tariff are not cleaned one by one"):
        accounting._latest(None, "tariff")  # type: ignore[arg-type]
