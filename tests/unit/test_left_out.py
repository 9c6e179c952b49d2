"""What is left out is said in the last line, and a build server leaves nothing out."""

import sys
from pathlib import Path

import pytest
from left_out import find, last_line


def test_a_program_that_is_there_is_found() -> None:
    python = Path(sys.executable)
    assert find(python.name, {"PATH": str(python.parent)}) == str(python)


def test_an_absent_program_leaves_the_test_out(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="no-such-browser is not installed"):
        find("no-such-browser", {"PATH": str(tmp_path)})


def test_on_a_build_server_an_absent_program_fails(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="no-such-browser is not installed"):
        find("no-such-browser", {"PATH": str(tmp_path), "CI": "true"})


def test_the_last_line_counts_reasons() -> None:
    reasons = ["Skipped: a is not installed", "Skipped: b is not installed", "Skipped: a is not installed"]
    assert last_line(reasons) == "Left out: a is not installed (2 tests); b is not installed (1 test)."
    assert last_line([]) == "Nothing was left out."
