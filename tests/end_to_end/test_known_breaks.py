"""A village whose feed changes in October 2017 and whose grouper changes in April 2017, from deliveries to the data gate.

Belongs here: that the protocol's clauses reach cleaning, pricing, account and gate. Does not belong here: the rules themselves
(tests/unit/cleaning, tests/unit/pricing), what such breaks are worth (the rehearsal's faults).
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from cohorts_village import village as protocol
from rehearsal_files import all_years, read
from village_runs import here

from assets.cleaned import takes_ecds
from pipeline.errors import ProtocolInvalid

HAND_OVER, PROVIDER = "2017-10", "ZT1"
YEARS = ("2017-18", "2018-19")
#: an HRG of the 2017/18 price list that stands on no list of 2016/17
PLUS = "AA22C"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written village, not yet received."""
    folder = tmp_path_factory.mktemp("breaks") / "written"
    assert here("rehearse", folder, "--scale", "0.03").code == 0
    return folder


@pytest.fixture
def run(written: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copy the village, change its files and protocol, receive and run to the data gate."""

    def go(change: Callable[[Path], None], **clauses: dict) -> Path:
        folder = tmp_path / "study"
        shutil.copytree(written, folder)
        change(folder)
        protocol = yaml.safe_load((folder / "study.yaml").read_text()) | clauses
        protocol["requires"]["absent"].pop("ecds")
        (folder / "study.yaml").write_text(yaml.safe_dump(protocol, sort_keys=False))
        assert here("receive", folder / "deliveries", "--study", folder).code == 0
        said = here("run", "--study", folder, "--until", "data", "--year", "2018-19")
        assert said.code in (0, 5), said.err[-2000:]
        return folder

    return go


def snapshot(folder: Path, name: str) -> pd.DataFrame:
    (path,) = (folder / "store" / "snapshots" / name).glob("*.parquet")
    return pd.read_parquet(path)


def also_as_ecds(folder: Path) -> None:
    """The provider's attendances from the hand-over on, delivered as ECDS beside HES A&E."""
    for year in YEARS:
        sent = read(folder / "deliveries" / f"hes_ae-{year}")
        own = sent[(sent["PROCODE3"].str.strip() == PROVIDER) & (sent["ARRIVALDATE"].str[:7] >= HAND_OVER)]
        rows = pd.DataFrame(
            {
                "PSEUDO_HESID": own["PSEUDO_HESID"], "ARRIVAL_DATE": own["ARRIVALDATE"],
                "ARRIVAL_TIME": own["ARRIVALTIME"].str[:2] + ":" + own["ARRIVALTIME"].str[2:] + ":00",
                "ATTENDANCE_CATEGORY": own["AEATTENDCAT"].map({"1": "1", "3": "2"}), "DEPARTMENT_TYPE": own["AEDEPTTYPE"],
                "PRACTICE_CODE_PATIENT_REGISTRATION": own["GPPRAC"], "PROVIDER_CODE_DERIVED": PROVIDER,
                "HEALTH_RESOURCE_GROUP": own["SUSHRG"], "FINAL_PRICE": own["COST_GBP"],
            }
        )  # fmt: skip
        empty = (
            "ARRIVAL_MODE", "DEPARTURE_DATE", "DEPARTURE_TIME", "DISCHARGE_DESTINATION", "DISCHARGE_STATUS",
            "DISCHARGE_FOLLOW_UP", "PDS_GENERAL_PRACTICE", "PROVIDER_CODE", "SITE", "GROUPER_VERSION", "MARKET_FORCES_FACTOR",
            "EXCLUDED", "EXCLUSION_REASONS", "COSTING_PERIOD",
        )  # fmt: skip
        place = folder / "deliveries" / f"ecds-{year}"
        place.mkdir()
        rows.assign(**dict.fromkeys(empty, "")).to_csv(place / "ecds.csv", index=False)
        note = yaml.safe_load((folder / "deliveries" / f"hes_ae-{year}" / "delivery.yaml").read_text())
        note |= {"dataset": "ecds", "files": ["ecds.csv"], "control_totals": {"rows": len(rows)}}
        (place / "delivery.yaml").write_text(yaml.safe_dump(note, sort_keys=False))


@pytest.mark.parametrize("declared", [False, True])
def test_attendances_in_both_feeds_are_counted_once(run: Callable[..., Path], written: Path, declared: bool) -> None:
    folder = run(also_as_ecds, **({"cleaning": {"ecds_from": {PROVIDER: HAND_OVER}}} if declared else {}))
    attendances = snapshot(folder, "attendances")
    hes = all_years(written, "hes_ae")
    told = hes[hes["ARRIVALDATE"] > "1900"].assign(provider=hes["PROCODE3"].str.strip())
    once = told.drop_duplicates(["PSEUDO_HESID", "ARRIVALDATE", "ARRIVALTIME", "provider"])  # resubmitted under another key too
    assert len(attendances) == len(once)
    moved = attendances[(attendances["provider"] == PROVIDER) & (attendances["month"] >= HAND_OVER)]
    assert len(moved) > 100
    assert set(moved["attendance_key"].str.startswith("ecds:")) == {declared}
    assert not attendances.drop(moved.index)["attendance_key"].str.startswith("ecds:").any()
    account = snapshot(folder, "attendances_ecds_accounting")
    sent = sum(len(pd.read_csv(folder / "deliveries" / f"ecds-{year}" / "ecds.csv", dtype=str)) for year in YEARS)
    assert account["rows"].sum() == sent
    assert account.loc[account["fate"] == ("kept" if declared else "merged"), "rows"].sum() >= len(moved)


@pytest.mark.parametrize(
    ("delivered", "absent", "ecds_from", "taken"),
    [
        (True, {}, {}, True),
        (False, {}, {}, False),
        (True, {"ecds": "not used"}, {}, False),
        (True, {}, {PROVIDER: HAND_OVER}, True),
    ],
)
def test_ecds_is_taken_where_it_is_delivered_and_not_declared_absent(delivered, absent, ecds_from, taken) -> None:
    assert takes_ecds(folder_with(delivered, absent, ecds_from)) is taken


def test_a_feed_that_is_promised_and_not_delivered_is_refused() -> None:
    with pytest.raises(ProtocolInvalid, match=r"cleaning\.ecds_from"):
        takes_ecds(folder_with(False, {}, {PROVIDER: HAND_OVER}))


def folder_with(delivered: bool, absent: dict[str, str], ecds_from: dict[str, str]) -> SimpleNamespace:
    """As much of a study folder as is asked."""
    requires = protocol().requires.model_dump() | {"absent": absent}
    in_force = [SimpleNamespace(dataset=name) for name in ("hes_ae", "ecds") if delivered or name != "ecds"]
    return SimpleNamespace(study=protocol(requires=requires, cleaning={"ecds_from": ecds_from}), in_force=in_force)


def regrouped(folder: Path) -> None:
    """The spells of half the people from April 2017 carry a code of HRG4+ only, the others one that stands in both groupers."""
    for year in ("2016-17", *YEARS):
        place = folder / "deliveries" / f"hes_apc-{year}"
        (path,) = (p for p in place.iterdir() if p.suffix in (".csv", ".parquet"))
        rows = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)
        late = (rows["DISDATE"] >= "2017-04-01") & rows["SUSCOREHRG"].notna() & rows["PSEUDO_HESID"].str[-1].isin(list("02468"))
        rows.loc[late, "SUSCOREHRG"] = PLUS
        if path.suffix == ".parquet":
            rows.to_parquet(path)
        else:
            rows.to_csv(path, index=False)


def test_spells_of_the_other_grouper_rest_on_the_fall_back(run: Callable[..., Path]) -> None:
    clause = {
        "base": "2016-17",
        "grouper": "HRG4",
        "fallback": "pod_los_band",
        "grouper_by_year": dict.fromkeys(YEARS, "HRG4+"),
    }
    folder = run(regrouped, prices=clause)
    spells = snapshot(folder, "priced_admitted_care")
    states = spells.groupby("financial_year")["price_state"].agg(set)
    assert all("priced" not in states[year] for year in YEARS)
    assert all("priced" in states[year] for year in ("2015-16", "2016-17"))
    assert "no_price" not in states["2016-17"]
    codes = set(spells.loc[spells["financial_year"].isin(YEARS), "currency"].dropna())
    assert PLUS in codes
    assert len(codes) > 5, "no code of both groupers was tried"
    # the gate's counts are taken after the fall-back: no row of these years is without a price
    extract = snapshot(folder, "sealed_extract")
    late = extract[(extract["month"] >= "2017-04") & (extract["stream"] == "apc")]
    assert (late["unpriced_rows"].sum(), bool(late["cost_pence"].gt(0).all())) == (0, True)
    (verdict,) = (folder / "store" / "verdicts").glob("data-2018-19*.json")
    findings = json.loads(verdict.read_text())["verdict"]["findings"]
    assert [f["message"] for f in findings if f["check"] == "completeness" and f["verdict"] == "fail"] == []
