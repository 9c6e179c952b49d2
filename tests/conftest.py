"""Fixtures every kind of test may use. Belongs here: where the shared data are, a fresh store. Not: any expected value."""

from pathlib import Path

import pytest

from pipeline.store import Store

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public files of other people (../shared/data); skips, saying why, where the folder is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not beside the project: published files cannot be read")
    return SHARED


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store with its own engine."""
    return Store(tmp_path / "store")
