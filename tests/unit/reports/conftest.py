"""One rendering of each kind of made-up result, shared by the tests that read documents."""

from pathlib import Path

import pytest
from unit.reports.example_kinds import every_kind

from reports.render import render


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Kind of result to the folder that holds its report."""
    folders = {}
    for kind, result in every_kind().items():
        folders[kind] = tmp_path_factory.mktemp(kind)
        render(result, folders[kind])
    return folders
