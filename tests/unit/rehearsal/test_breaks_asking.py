"""Asking for breaks: names, protocol, truth, refusals. Not: what a break does to files (test_breaks_feeds, _lists)."""

import json
from pathlib import Path

import pytest
import yaml
from broken_villages import village_with
from village_runs import here

from pipeline.errors import UsageError
from pipeline.rehearsal.breaks.catalogue import BREAKS, chosen_breaks
from pipeline.rehearsal.faults.catalogue import FAULTS
from pipeline.rehearsal.parameters import read_parameters
from pipeline.rehearsal.rehearse import rehearse
from pipeline.study import read_study

EVERY = ("ecds", "hrg4plus", "tariff_years", "closures", "opt_outs")
each = pytest.mark.parametrize("name", EVERY)


def truth(folder: Path) -> dict:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def test_names_are_read_in_one_order_and_all_is_every_one() -> None:
    assert tuple(BREAKS) == EVERY
    assert chosen_breaks(()) == ()
    assert chosen_breaks(("opt_outs", "ecds", "opt_outs")) == ("ecds", "opt_outs")
    assert chosen_breaks(("ecds", "all")) == EVERY
    with pytest.raises(UsageError, match="no break named brexit"):
        chosen_breaks(("brexit",))


@each
def test_a_break_is_recorded_in_the_protocol_and_named_in_the_truth(name: str, village: Path) -> None:
    folder = village_with(name)
    months = {
        "ecds": ["2017-10", "2018-04"], "hrg4plus": ["2017-04"], "tariff_years": ["2015-04", "2016-04", "2017-04", "2018-04"],
        "closures": ["2016-10", "2017-09", "2018-06"], "opt_outs": ["2018-05"],
    }  # fmt: skip
    study = read_study(folder)
    assert [one.month for one in study.known_breaks] == months[name]
    assert all(one.what for one in study.known_breaks)
    assert truth(folder)["breaks"] == [name]
    assert truth(village)["breaks"] == []
    assert truth(folder)["effect_gbp_per_head"] == truth(village)["effect_gbp_per_head"], "a break is no effect"
    assert truth(folder)["counterfactual_gbp_per_head"] == truth(village)["counterfactual_gbp_per_head"]
    assert truth(folder)["parameters_sha256"] != truth(village)["parameters_sha256"]


def test_breaks_of_one_month_are_one_entry() -> None:
    months = [one.month for one in read_study(village_with("all")).known_breaks]
    assert months == sorted(set(months))
    (april,) = (one.what for one in read_study(village_with("all")).known_breaks if one.month == "2017-04")
    assert "HRG4+" in april
    assert "tariff of 2017-18" in april


def test_what_is_not_asked_for_is_in_no_hash_and_no_protocol(village: Path) -> None:
    assert read_parameters(0.03).sha256 == truth(village)["parameters_sha256"]
    plain = yaml.safe_load((village / "study.yaml").read_text())
    assert plain["known_breaks"] == []
    assert "cleaning" not in plain
    assert plain["prices"] == {"base": "2016-17", "grouper": "HRG4", "fallback": "none"}


def test_clauses_of_the_protocol() -> None:
    study = read_study(village_with("all"))
    assert study.cleaning.ecds_from == {"ZT1": "2017-10", "ZT2": "2018-04"}
    assert "ecds" in study.requires.datasets
    assert "ecds" not in study.requires.absent
    assert study.prices.fallback == "pod_los_band"
    assert study.prices.grouper_by_year == {"2017-18": "HRG4+", "2018-19": "HRG4+"}
    controls = {control["name"]: control["hrgs"] for control in study.negative_controls}
    assert controls["cataract"] == ["BZ02Z", "BZ34C"], "the same operation under its new code"
    assert controls["colonoscopy"] == ["FZ51Z"], "a code of both groupers"


def test_the_truth_at_means_stands_beside_the_truth(village: Path) -> None:
    """Under HRG4+ the study measures by means what the programme did at prices: another number from April 2017 on."""
    found = truth(village_with("hrg4plus"))
    plain, valued = found["effect_gbp_per_head"]["eligible"], found["effect_as_valued_gbp_per_head"]["eligible"]
    assert "effect_as_valued_gbp_per_head" not in truth(village)
    # before, only the 1% without a price have a mean now: the saving grows by about as much
    assert valued["2016-17"]["all"] == pytest.approx(plain["2016-17"]["all"], rel=0.03)
    assert valued["2016-17"]["all"] != plain["2016-17"]["all"]
    assert abs(valued["2018-19"]["all"] - plain["2018-19"]["all"]) > 0.5
    assert 0.5 < valued["2018-19"]["all"] / plain["2018-19"]["all"] < 1.6


@pytest.mark.parametrize(("fault", "needs"), [("ae_and_ecds_double_counted", "ecds"), ("grouper_in_one_arm", "hrg4plus")])
def test_a_fault_in_what_a_break_changes_needs_that_break(fault: str, needs: str, tmp_path: Path) -> None:
    assert FAULTS[fault].needs == needs
    with pytest.raises(UsageError, match=f"needs the break {needs}"):
        rehearse(tmp_path / "study", seed=5, scale=0.01, faults=[fault], breaks=[n for n in EVERY if n != needs])
    assert not (tmp_path / "study").exists()


def test_a_folder_keeps_its_breaks(tmp_path: Path) -> None:
    rehearse(tmp_path, seed=5, scale=0.005, breaks=["tariff_years"])
    with pytest.raises(UsageError, match="holds another city"):
        rehearse(tmp_path, seed=5, scale=0.005)
    rehearse(tmp_path, seed=5, scale=0.005, breaks=["tariff_years"])


def test_the_command_takes_breaks(tmp_path: Path) -> None:
    wrong = here("rehearse", tmp_path / "a", "--scale", "0.005", "--break", "brexit")
    assert wrong.code != 0
    assert "Known breaks: ecds, hrg4plus, tariff_years, closures, opt_outs, or all." in wrong.err
    assert here("rehearse", tmp_path / "b", "--scale", "0.005", "--break", "opt_outs", "--break", "ecds").code == 0
    assert truth(tmp_path / "b")["breaks"] == ["ecds", "opt_outs"]
    assert all(name in here("rehearse", "--help").out for name in EVERY)
