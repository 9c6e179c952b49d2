"""A village run end to end, once a session, through the command that people use."""

import pytest
from village_runs import VILLAGE, Village, outcomeb


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A clean village: two contract years run, published and settled."""
    folder = tmp_path_factory.mktemp("village") / "study"
    return Village(folder, outcomeb("demo", *VILLAGE, "--out", folder))


FAULTS = (
    "control_ae_missing",
    "control_ae_missing_all_years",
    "control_ae_missing_extract",
    "control_ae_unpriced",
    "control_ae_zero_cost",
)


@pytest.fixture(scope="session", params=FAULTS)
def faulty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Village]:
    """A village with one of the first faults, run for one contract year."""
    folder = tmp_path_factory.mktemp(request.param) / "study"
    return request.param, Village(
        folder, outcomeb("demo", "--scale", "0.1", "--year", "2016-17", "--fault", request.param, "--out", folder)
    )
