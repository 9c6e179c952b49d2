"""One panel in every combination of ids, periods, treatment and file that an analyst may write: the same figures in all."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.estimation.panel_file import read_table
from pipeline.estimation.tidy import PanelEstimate, estimate_panel

#: six periods over a new year, the fourth the first treated one
PERIODS: dict[str, list[Any]] = {
    "numbers": [3, 4, 5, 6, 7, 8],
    "from 0": [0, 1, 2, 3, 4, 5],
    "years": [2008, 2009, 2010, 2011, 2012, 2013],
    "months": ["2010-10", "2010-11", "2010-12", "2011-01", "2011-02", "2011-03"],
    "calendar numbers": [201010, 201011, 201012, 201101, 201102, 201103],
    "days": ["2010-10-01", "2010-11-01", "2010-12-01", "2011-01-01", "2011-02-01", "2011-03-01"],
    "quarters": ["2010Q2", "2010Q3", "2010Q4", "2011Q1", "2011Q2", "2011Q3"],
    "quarters, year last": ["Q2 2010", "Q3 2010", "Q4 2010", "Q1 2011", "Q2 2011", "Q3 2011"],
    "financial years": ["2008/09", "2009/10", "2010/11", "2011/12", "2012/13", "2013/14"],
    "timestamps": list(pd.date_range("2010-10-01", periods=6, freq="MS")),
}
UNITS = {
    "numbers": lambda unit: unit,
    "floats": lambda unit: unit + 0.5,
    "codes": lambda unit: f"A8{unit:04d}",
    "words": lambda unit: f"St Mary's, {unit}; north",
    "beyond a float": lambda unit: str(10**19 + unit),
}
#: treated units start in the fourth period; first period of the panel's own writing where a start is written
TREATMENT = {
    "0 and 1": lambda d, start, treated: d,
    "1.0 and 0.0": lambda d, start, treated: float(d),
    "true and false": lambda d, start, treated: bool(d),
    "words": lambda d, start, treated: "yes" if d else "No",
    "start, empty for never": lambda d, start, treated: start if treated else None,
    "start, never in words": lambda d, start, treated: str(start) if treated else "never",
}
FILES = ("comma", "semicolon and decimal comma", "tab", "parquet")
NAMES = {"yname": "out come", "idname": "the unit", "tname": "period (t)", "treated": "first/treated?", "weights": "w"}


def panel(period: str, unit: str, treatment: str) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = []
    for n, t in itertools.product(range(14), range(6)):
        d = int(n < 7 and t >= 3)
        value = TREATMENT[treatment](d, PERIODS[period][3], n < 7)
        rows.append((UNITS[unit](n), PERIODS[period][t], value, round(float(rng.normal()) + d, 6), 1 + n % 3))
    frame = pd.DataFrame(rows, columns=["the unit", "period (t)", "first/treated?", "out come", "w"])
    frame.loc[20, "out come"] = np.nan
    frame.loc[30:32, "w"] = 0
    return frame


def estimated(frame: pd.DataFrame, file: str, path: Path) -> PanelEstimate:
    if file == "parquet":
        if frame["first/treated?"].map(type).nunique() > 1:
            frame = frame.astype({"first/treated?": "string"})
        frame.to_parquet(path)
    else:
        separator = {"comma": ",", "tab": "\t"}.get(file, ";")
        frame.to_csv(path, index=False, sep=separator, decimal="," if separator == ";" else ".")
    return estimate_panel(read_table(path, names=list(NAMES.values())), **NAMES, inference="crv1")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("period", list(PERIODS))
def test_every_combination_gives_the_same(period: str, file: str, tmp_path: Path) -> None:
    plain = estimated(panel("numbers", "numbers", "0 and 1"), "comma", tmp_path / "plain.csv")
    assert plain.rows_dropped == {"missing out come": 1, "zero w": 3}
    for unit, treatment in itertools.product(UNITS, TREATMENT):
        name = tmp_path / ("panel.parquet" if file == "parquet" else "panel.txt")
        found = estimated(panel(period, unit, treatment), file, name)
        said = (unit, treatment)
        assert (said, found.estimate) == (said, pytest.approx(plain.estimate, abs=1e-12))
        assert (said, found.standard_error) == (said, pytest.approx(plain.standard_error, rel=1e-9))
        assert (said, found.rows_dropped, found.estimator) == (said, plain.rows_dropped, "did_common_start")
