"""A clean village from deliveries to a posted settlement, as its users see it."""

import itertools
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest
import yaml
from village_runs import Village, outcomeb

from assets.definitions import all_assets, resources
from assets.instance import instance
from pipeline import deliveries
from pipeline.errors import UsageError
from pipeline.estimation.decomposition import PARTS
from pipeline.store import Store


def result_of(folder: Path, year: str, version: str = "v1") -> dict:
    return json.loads((folder / "published" / year / version / "result.json").read_text())


def test_it_ends_well_and_names_its_reports(village: Village) -> None:
    assert village.said.code == 0, village.said.err[-2000:]
    reports = village.said.out.split()
    assert [Path(r).is_file() for r in reports] == [True, True]


@pytest.mark.parametrize("year", ["2016-17", "2017-18"])
def test_identities_of_the_result(village: Village, year: str) -> None:
    result = result_of(village.folder, year)
    rows = result["estimates"]
    keys = [(r["population"], r["outcome"], r["pod"]) for r in rows]
    assert len(keys) == len(set(keys))
    (primary,) = [r for r in rows if r["primary"]]
    parts = sum(r["effect_gbp_per_head"] for r in rows if r["outcome"] == "cost" and r["pod"] != "all")
    assert parts == pytest.approx(primary["effect_gbp_per_head"], abs=1e-7)
    saving = result["saving"]
    assert saving["counterfactual_mean"] == pytest.approx(saving["observed_mean"] + saving["gbp_per_head"], abs=1e-7)
    total = Decimal(repr(saving["gbp_per_head"])) * saving["heads"]
    assert abs(total - Decimal(saving["gbp"])) <= Decimal("0.02")
    split = result["decomposition"]
    pence = {(r["pod"], r["part"]): Decimal(r["gbp"]) for r in split["rows"] if r["gbp"] is not None}
    pods = {pod for pod, _ in pence} - {"all"}
    assert sum(pence[pod, part] for pod in pods for part in PARTS) == Decimal(saving["gbp"])
    for pod, amount in split["saving_gbp"].items():
        assert sum(pence[pod, part] for part in PARTS) == Decimal(amount)
    for part in PARTS:
        assert sum(pence[pod, part] for pod in pods) == pence["all", part]
    clauses = result["payment"]["clauses"]
    assert clauses[-1]["after_gbp"] == result["payment"]["amount_gbp"]
    assert all(a["after_gbp"] == b["before_gbp"] for a, b in itertools.pairwise(clauses))


def test_an_effect_on_contacts_is_volume(village: Village, tmp_path: Path) -> None:
    """The same city with a larger programme: what is saved more is fewer contacts, hardly other kinds or prices.

    A rehearsal's programme removes contacts and changes no price; which ones it removes is drawn, so that mix and price move
    by chance. 5% of the difference is beyond that chance (here 3%).
    """
    outcomeb("demo", "--scale", "0.1", "--year", "2016-17", "--truth-gbp", "250", "--out", tmp_path / "larger")
    usual, larger = (
        {r["part"]: r["gbp_per_head"] for r in result_of(f, "2016-17")["decomposition"]["rows"] if r["pod"] == "all"}
        for f in (village.folder, tmp_path / "larger")
    )
    more = {part: larger[part] - usual[part] for part in PARTS}
    assert sum(more.values()) > 150
    assert abs(more["mix"]) + abs(more["price"]) < 0.05 * sum(more.values())


def test_every_delivered_row_is_accounted_for(village: Village) -> None:
    for accounting in (village.folder / "store" / "snapshots").glob("*_accounting"):
        assert list(accounting.glob("*.parquet")), accounting.name
    tables = {r["dataset"] for r in result_of(village.folder, "2016-17")["data"]["accounting"]}
    assert {"hes_apc", "hes_ae", "hes_op", "practice_activity"} <= tables


def test_running_and_settling_again_changes_nothing(village: Village) -> None:
    before = {p: p.read_bytes() for p in (village.folder / "published").rglob("*") if p.is_file()}
    again = outcomeb("run", "--study", village.folder, "--year", "2017-18", "--json")
    assert again.code == 0, again.err[-2000:]
    assert json.loads(again.out)[0]["data_gate"] == "pass"
    assert {p: p.read_bytes() for p in (village.folder / "published").rglob("*") if p.is_file()} == before
    first, second = (outcomeb("settle", "--study", village.folder, "--year", "2017-18", "--json") for _ in range(2))
    assert json.loads(first.out)["entry"] == json.loads(second.out)["entry"]


def test_every_asset_is_versioned_by_its_content(village: Village) -> None:
    """After a second run of one year every version is the same, and none is Dagster's default (a hash of nothing useful)."""
    with instance(village.folder) as dagster_instance:
        for asset in all_assets(["2016-17", "2017-18"]):
            for key in asset.keys:
                records = dagster_instance.fetch_materializations(dg.AssetRecordsFilter(asset_key=key), limit=20).records
                if key.path[-1] == "withheld":
                    assert not records  # nothing was withheld
                    continue
                versions: dict[str | None, set[str]] = {}
                for record in records:
                    tags = record.asset_materialization.tags
                    versions.setdefault(record.partition_key, set()).add(tags["dagster/data_version"])
                assert versions, key
                assert all(len(seen) == 1 for seen in versions.values()), key
                assert all(re.fullmatch(r"[0-9a-f]{64}", v) for seen in versions.values() for v in seen), key


def test_the_ledger_and_every_published_file_verify(village: Village) -> None:
    assert outcomeb("verify", "--study", village.folder).code == 0


def test_a_flipped_byte_is_found(village: Village) -> None:
    pdf = village.folder / "published" / "2016-17" / "v1" / "report.pdf"
    bytes_before = pdf.read_bytes()
    try:
        pdf.write_bytes(bytes_before[:-1] + bytes([bytes_before[-1] ^ 1]))
        said = outcomeb("verify", "--study", village.folder)
        assert said.code == 8
        assert "report.pdf" in said.err
    finally:
        pdf.write_bytes(bytes_before)


def test_the_same_city_in_another_folder_gives_the_same_bytes(village: Village, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    outcomeb("demo", "--scale", "0.1", "--year", "2016-17", "--out", folder)
    one, two = (base / "published" / "2016-17" / "v1" for base in (village.folder, folder))
    names = sorted(p.relative_to(one).as_posix() for p in one.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(two).as_posix() for p in two.rglob("*") if p.is_file())
    assert [n for n in names if (one / n).read_bytes() != (two / n).read_bytes()] == []


def test_a_changed_protocol_needs_new_signatures(village: Village, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(village.folder, folder)
    text = (folder / "study.yaml").read_text()
    (folder / "study.yaml").write_text(text.replace("materiality_gbp: 25000", "materiality_gbp: 26000"))
    assert (folder / "study.yaml").read_text() != text
    said = outcomeb("run", "--study", folder, "--year", "2016-17")
    assert said.code == 7, said.err[-2000:]
    assert "has changed since" in said.err


def test_nothing_made_from_earlier_deliveries_is_read(village: Village, tmp_path: Path) -> None:
    """After a correction a gate materialised by itself must not judge the old counts and bind them to the new deliveries."""
    folder = tmp_path / "corrected"
    shutil.copytree(village.folder, folder)
    (old,) = [d for d in deliveries.deliveries(Store(folder / "store")) if d.dataset == "programme_referral"]
    note = folder / "deliveries" / "programme_referral" / "delivery.yaml"
    written = yaml.safe_load(note.read_text()) | {"supersedes": old.fingerprint, "received": "2019-08-01"}
    note.write_text(yaml.safe_dump(written))
    assert outcomeb("receive", note.parent, "--study", folder).code == 0
    for asset in (["assurance", "data_gate"], ["estimation", "estimates"], ["published", "report"]):
        with instance(folder) as dagster_instance, pytest.raises(UsageError, match="other deliveries"):
            dg.materialize(
                all_assets(["2015-16", "2016-17", "2017-18", "2018-19"]),
                selection=dg.AssetSelection.assets(dg.AssetKey(asset)),
                instance=dagster_instance,
                resources=resources(folder),
                partition_key="2016-17",
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )


def test_usage_errors_say_what_to_do(village: Village, tmp_path: Path) -> None:
    said = outcomeb("run", "--study", village.folder, "--year", "2030-31")
    assert said.code == 2
    assert "2015-16" in said.err
    assert outcomeb("run", "--study", tmp_path).code == 2
    said = outcomeb("demo", "--fault", "no_such_fault", "--out", tmp_path / "x")
    assert said.code == 2
    assert "control_ae_missing" in said.err
