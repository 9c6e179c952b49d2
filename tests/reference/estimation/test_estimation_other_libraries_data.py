"""Data that linearmodels ships, with gaps, missing cells and treatment that ends, through the command: two-way fixed effects
must be linearmodels' to 1e-8 and their clustered standard error pyfixest's to 1e-6, however the panel is written.

Job training grants: 54 firms with scrap rates in 1987-89 (Holzer and others 1993). Wages of 545 young men in 1980-87 by union
membership (Vella and Verbeek 1998).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest
from click.testing import CliRunner
from linearmodels.datasets import jobtraining, wage_panel
from linearmodels.panel import PanelOLS

from assets.commands.estimating import estimate

Write = Callable[[pd.DataFrame], pd.DataFrame]

DATA = {
    "job training": (lambda: jobtraining.load()[["fcode", "year", "grant", "lscrap"]], "fcode", "grant", "lscrap"),
    "wages": (lambda: wage_panel.load()[["nr", "year", "union", "lwage"]], "nr", "union", "lwage"),
}

#: the same panel, written otherwise; columns unit, year, treated, y
WAYS: dict[str, Write] = {
    "as it is": lambda f: f,
    "in another order": lambda f: f.sample(frac=1, random_state=1),
    "text ids with blanks and commas": lambda f: f.assign(unit="No. " + f["unit"].astype(str) + ", west"),
    "ids longer than a float": lambda f: f.assign(unit="9007199254740993" + f["unit"].astype(str)),
    "dates": lambda f: f.assign(year=[f"{year}-04-01" for year in f["year"]]),
    "financial years": lambda f: f.assign(year=[f"{year}/{(year + 1) % 100:02d}" for year in f["year"]]),
    "quarters with the year last": lambda f: f.assign(year=[f"Q4{year}" for year in f["year"]]),
    "true and false": lambda f: f.assign(treated=f["treated"] == 1),
    "yes and no": lambda f: f.assign(treated=np.where(f["treated"] == 1, "Yes", "no")),
    "NA for missing": lambda f: f.assign(y=f["y"].astype(object).where(f["y"].notna(), "NA")),
    "an index first": lambda f: f.reset_index(names=""),
}


@pytest.fixture(scope="module", params=list(DATA))
def data(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, float, float]:
    """The panel in our names, linearmodels' estimate and pyfixest's CRV1 standard error."""
    load, unit, treated, outcome = DATA[request.param]
    frame = load().rename(columns={unit: "unit", treated: "treated", outcome: "y"}).reset_index(drop=True)
    known = frame.dropna(subset=["y"])
    fitted = PanelOLS(
        known.set_index(["unit", "year"])["y"],
        known.set_index(["unit", "year"])[["treated"]],
        entity_effects=True,
        time_effects=True,
    ).fit()
    other = pyfixest.feols("y ~ treated | unit + year", data=known, vcov={"CRV1": "unit"}, fixef_rm="none")
    return frame, float(fitted.params["treated"]), float(other.se()["treated"])


def document(path: Path, *arguments: str) -> dict[str, Any]:
    named = ["--yname", "y", "--idname", "unit", "--tname", "year", "--treated", "treated", "--inference", "crv1", "--json"]
    found = CliRunner().invoke(estimate, [str(path), *named, *arguments])
    assert found.exit_code == 0, found.exception
    return json.loads(found.stdout)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("way", list(WAYS))
def test_equals_two_libraries(data: tuple[pd.DataFrame, float, float], way: str, form: str, tmp_path: Path) -> None:
    frame, coefficient, standard_error = data
    written, path = WAYS[way](frame), tmp_path / f"panel.{form}"
    if form == "csv":
        written.to_csv(path, index=False)
    else:
        written.astype({"y": str} if written["y"].dtype == object else {}).to_parquet(path)
    found = document(path)
    assert found["estimate"] == pytest.approx(coefficient, abs=1e-8)
    assert found["standard_error"] == pytest.approx(standard_error, abs=1e-6)
    assert found["n"] == int(frame["y"].notna().sum())
    assert found["n"] + sum(found["rows_dropped"].values()) == found["rows_read"] == len(frame)
    assert found["estimator"] == "twfe"


def test_repeated_cross_sections_equal_dummies(data: tuple[pd.DataFrame, float, float], tmp_path: Path) -> None:
    """The ever treated as unit, people as clusters, many rows a unit and year: pyfixest with the same two effects."""
    frame, *_ = data
    frame = frame.assign(person=frame["unit"], unit=frame.groupby("unit")["treated"].transform("max"))
    frame["treated"] = ((frame["unit"] == 1) & (frame["year"] > frame["year"].min())).astype(int)
    frame.to_csv(tmp_path / "panel.csv", index=False)
    found = document(tmp_path / "panel.csv", "--cluster", "person")
    other = pyfixest.feols("y ~ treated | unit + year", data=frame.dropna(subset=["y"]), vcov={"CRV1": "person"})
    assert found["estimate"] == pytest.approx(float(other.coef()["treated"]), abs=1e-8)
    assert found["standard_error"] == pytest.approx(float(other.se()["treated"]), abs=1e-6)
    assert any("read as repeated cross-sections" in note for note in found["notes"])
