"""A rehearsal as a folder: a valid study, signed terms, the same bytes for the same seed, never over another study."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipeline.approvals import read_approvals, require
from pipeline.errors import UsageError
from pipeline.rehearsal.rehearse import rehearse
from pipeline.settlement.terms import read_terms
from pipeline.study import read_study


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_other_seed_other_city(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        rehearse(tmp_path / name, seed=seed, scale=0.01, faults=["control_ae_missing"])
    one, two, three = (fingerprints(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert one.keys() == three.keys()
    assert one["deliveries/hes_ae-2016-17/hes_ae.csv"] != three["deliveries/hes_ae-2016-17/hes_ae.csv"]
    assert one["deliveries/tariff/tariff.xlsx"] == three["deliveries/tariff/tariff.xlsx"]


def test_study_and_terms_are_valid_and_signed(village: Path) -> None:
    study, terms = read_study(village), read_terms(village)
    assert (len(study.arms.intervention), len(study.arms.control)) == (13, 11)
    areas = [name for name in study.areas if name.startswith("area-")]
    assert len(areas) == 20  # a village's pool; the city's is held in test_rehearsal_parameters
    assert all(2 <= len(study.areas[name]) <= 3 for name in areas)
    assert len(study.baseline_months) == 60
    assert len(study.negative_controls) >= 3
    approvals = read_approvals(village)
    for what, sha256 in (("protocol", study.sha256), ("terms", terms.sha256)):
        require(approvals, what=what, sha256=sha256, parties=terms.parties, on=date(2019, 7, 15))  # type: ignore[arg-type]
    assert all(approval.rehearsal for approval in approvals)


def test_a_folder_with_another_study_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("schema: something/else\n", encoding="utf-8")
    with pytest.raises(UsageError, match="another study"):
        rehearse(tmp_path, seed=3, scale=0.01)
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


def test_a_folder_with_other_files_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    said: list[str] = []
    rehearse(tmp_path, seed=3, scale=0.01, progress=said.append)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert len(said) >= 5


@pytest.mark.parametrize("scale", [0.0, -1.0, 1e6, float("nan")])
def test_a_scale_that_makes_no_city_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(UsageError, match="scale"):
        rehearse(tmp_path / "x", scale=scale)
    assert not (tmp_path / "x").exists()


def test_another_city_of_the_same_study_is_refused_untouched(tmp_path: Path) -> None:
    rehearse(tmp_path, seed=5, scale=0.01)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for other in ({"truth_gbp": 0.0}, {"scale": 0.02}, {"faults": ["control_ae_missing"]}):
        with pytest.raises(UsageError, match="another city"):
            rehearse(tmp_path, **{"seed": 5, "scale": 0.01} | other)  # type: ignore[arg-type]
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_rehearsing_again_keeps_what_was_signed_since(tmp_path: Path) -> None:
    rehearse(tmp_path, seed=5, scale=0.01)
    with (tmp_path / "approvals.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# a line of its owner\n")
    signed = (tmp_path / "approvals.yaml").read_bytes()
    rehearse(tmp_path, seed=5, scale=0.01)
    assert (tmp_path / "approvals.yaml").read_bytes() == signed
