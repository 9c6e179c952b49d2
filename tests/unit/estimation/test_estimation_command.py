"""`outcomeb estimate` from the outside: one JSON document with the promised keys, and exit code 2 with a reason."""

import json

import click
import jsonschema
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from assets.commands.estimating import estimate
from data_contracts import FOLDER
from pipeline.errors import UsageError

SCHEMA = json.loads((FOLDER / "estimate.schema.json").read_text(encoding="utf-8"))
KEYS = {"estimate", "standard_error", "ci_low", "ci_high", "p_value", "inference", "n", "n_clusters", "inferences"}
ROW = {"name", "standard_error", "df", "p_value", "ci_low", "ci_high", "draws", "seed"}


@pytest.fixture
def panel(tmp_path):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame([(f"{u:02d}", t) for u in range(14) for t in range(2001, 2007)], columns=["unit", "t"])
    frame["d"] = np.where((frame["unit"] < "07") & (frame["t"] >= 2004), "yes", "no")
    frame["g"] = np.where(frame["unit"] < "07", 2004, 0)
    frame["y"] = rng.normal(size=len(frame))
    path = tmp_path / "panel.csv"
    frame.to_csv(path, index=False, sep=";", decimal=",", lineterminator="\r\n", encoding="utf-8-sig")
    return path


def run(panel, *arguments):
    return CliRunner().invoke(estimate, [str(panel), "--yname", "y", "--idname", "unit", "--tname", "t", *arguments])


@pytest.mark.parametrize("design", [("--treated", "d", "--inference", "all", "--draws", "199"), ("--gname", "g")])
def test_json_is_one_document_with_the_promised_keys(panel, design):
    found = run(panel, *design, "--json")
    assert found.exit_code == 0
    document = json.loads(found.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert set(document["conventions"]) == {row["name"] for row in document["inferences"]}
    assert document["n"] + sum(document["rows_dropped"].values()) == document["rows_read"]
    assert set(document) >= KEYS
    assert document["inferences"]
    assert all(set(row) >= ROW for row in document["inferences"])
    assert (document["n"], document["n_clusters"]) == (84, 14)


def test_every_flag_has_help_and_every_design_an_example():
    shown = CliRunner().invoke(estimate, ["--help"]).stdout
    assert all(option.help for option in estimate.params if isinstance(option, click.Option))
    assert shown.count("outcomeb estimate p.csv") == 4


def test_an_error_is_a_usage_error(panel):
    found = run(panel, "--treated", "no_such")
    assert isinstance(found.exception, UsageError)
    assert found.exception.exit_code == 2


DESIGNS = {
    "difference_in_means": lambda f: f[f["t"] == 2004].assign(t=None),
    "did_2x2": lambda f: f[f["t"].isin([2003, 2004])],
    "did_common_start": lambda f: f,
    "twfe_staggered": lambda f: f.assign(d=f["d"].mask((f["unit"] == "00") & (f["t"] == 2004), "no")),
    "twfe": lambda f: f.assign(d=f["d"].mask((f["unit"] == "00") & (f["t"] == 2006), "no")),
}


@pytest.mark.parametrize("design", list(DESIGNS))
def test_the_estimand_is_said(panel, design):
    """One start; two periods of it; a unit that starts a year later; a unit whose treatment ends; one period."""
    frame = pd.read_csv(panel, sep=";", decimal=",", dtype={"unit": str}, encoding="utf-8-sig")
    DESIGNS[design](frame).to_csv(panel, index=False)
    periods = [] if design == "difference_in_means" else ["--tname", "t"]
    named = [str(panel), "--yname", "y", "--idname", "unit", *periods, "--treated", "d", "--draws", "99"]
    found = CliRunner().invoke(estimate, [*named, "--json"])
    document = json.loads(found.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["estimator"] == design
    assert document["estimand"] in CliRunner().invoke(estimate, named).stdout


def test_without_an_interval_the_document_still_fits(panel):
    """One cluster an arm: the estimate, no inference, and what to do."""
    found = run(panel, "--treated", "d", "--cluster", "g", "--json")
    document = json.loads(found.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert (document["inference"], document["inferences"], document["conventions"]) == ("refused", [], {})
    assert "one cluster in an arm" in document["refused_reason"]
