"""Published QOF prevalence and practice lists through the readers of cleaning.

Expected: ../shared/data/README.md (CCG cells 4,347 / 4,074 / 4,011; atrial fibrillation in 13T; arms 17 / 17 / 32 practices
with list sizes 133,584 / 160,266 / 205,822), files_and_pricing 1.3 and 1.4 (rows, blanks, status and setting counts).
"""

from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pytest

from pipeline.cleaning import practices, qof
from pipeline.cleaning.accounting import accounting, check_accounting
from pipeline.cleaning.list_sizes import list_sizes
from pipeline.store import Store

YEARS = {
    "2016-17": ("1617", "1617", 155_232, 1_304, 4_347, (8_879, 520_882, 64)),
    "2017-18": ("1718", "1718", 149_100, 252, 4_074, (9_212, 525_902, 63)),
    "2018-19": ("1819_v2", "1819_v2", 144_333, 399, 4_011, (9_619, 530_815, 62)),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("published") / "store")


def as_text(store: Store, path: Path, header: str = "header = true") -> ir.Table:
    target = store.root / f"{path.stem}.parquet"
    store.con.raw_sql(
        f"COPY (SELECT *, 'f' AS DELIVERY, '2019-11-01' AS RECEIVED, row_number() OVER () AS ROW_NO "
        f"FROM read_csv('{path}', all_varchar = true, {header})) TO '{target}' (FORMAT parquet)"
    )
    return store.con.read_parquet(str(target))


@pytest.fixture(scope="module", params=list(YEARS))
def year(request, store, shared_data) -> tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    prevalence, organisations, *_ = YEARS[request.param]
    cleaned = qof.prevalence(as_text(store, shared_data / "qof" / f"PREVALENCE_{prevalence}.csv"))
    ccg = pd.read_csv(shared_data / "qof" / f"ORGANISATION_REFERENCE_{organisations}.csv", dtype=str)
    joined = cleaned.table.execute().merge(ccg[["PRACTICE_CODE", "CCG_CODE"]], left_on="practice", right_on="PRACTICE_CODE")
    return request.param, joined, accounting(cleaned.fates), ccg


def test_every_row_and_every_blank_is_there(year) -> None:
    name, joined, counted, _ = year
    _, _, rows, blanks, _, _ = YEARS[name]
    check_accounting(rows, counted)
    assert len(joined) == rows
    assert int(joined["patients"].isna().sum()) == blanks
    assert int(counted.loc[counted["reason"] == "REGISTER is blank: not submitted", "rows"].sum()) == blanks


def test_sums_by_ccg_give_the_published_cells(year) -> None:
    name, joined, _, _ = year
    cells = joined.groupby(["CCG_CODE", "register"])["patients"].sum(min_count=1)
    assert len(cells) == YEARS[name][4]
    assert cells.notna().all()


def test_atrial_fibrillation_in_newcastle_gateshead(year) -> None:
    name, joined, _, _ = year
    af = joined[(joined["CCG_CODE"] == "13T") & (joined["register"] == "AF")]
    assert (int(af["patients"].sum()), int(af["list_size"].sum()), af["practice"].nunique()) == YEARS[name][5]


def test_later_years_headers_are_read_alike(store, shared_data) -> None:
    published = as_text(store, shared_data / "qof" / "PREVALENCE_1617.csv")
    later = published.rename(GROUP_CODE="INDICATOR_GROUP_CODE", PRACTICE_LIST_SIZE="PATIENT_LIST_SIZE")
    frames = [qof.prevalence(rows).table.aggregate(
        rows=lambda t: t.count(), patients=lambda t: t.patients.sum(), lists=lambda t: t.list_size.sum()
    ).execute() for rows in (published, later)]  # fmt: skip
    pd.testing.assert_frame_equal(*frames)


def test_arms_of_2014_15(store, shared_data) -> None:
    path = shared_data / "practice_reference" / "newcastle_gateshead_practices_2014_15.csv"
    arms = list_sizes(as_text(store, path)).execute().groupby("ccg")["list_size"].agg(["count", "sum"])
    found = {ccg: (int(row["count"]), int(row["sum"])) for ccg, row in arms.iterrows()}
    assert found == {"00H": (17, 133_584), "00G": (17, 160_266), "00F": (32, 205_822)}


@pytest.mark.parametrize(
    ("file", "practices_in", "closed"), [("nhs_payments_gp_14-15", 7_959, None), ("nhs_payments_gp_18-19", 7_279, 258)]
)
def test_nhs_payments_list_sizes(file, practices_in, closed, store, shared_data) -> None:
    sizes = list_sizes(as_text(store, shared_data / "practice_reference" / f"{file}.csv", "quote = '\"'")).execute()
    assert len(sizes) == practices_in
    assert sizes["practice"].str.fullmatch(r"[A-Z]\d{5}").all()
    if closed is not None:
        assert int(sizes["closed"].notna().sum()) == closed
        assert str(sizes.set_index("practice").loc["A81001", "list_size"]) == "4095.25"  # a quarterly average
    else:
        assert str(sizes.set_index("practice").loc["N81632", "list_size"]) == "5707.00"


def test_epraccur_keeps_closed_and_dormant_practices(store, shared_data) -> None:
    names = {number: f"NOT_USED_{number}" for number in range(1, 28)} | {
        1: "ORGANISATION_CODE", 2: "NAME", 11: "OPEN_DATE", 12: "CLOSE_DATE", 13: "STATUS_CODE", 15: "COMMISSIONER",
        26: "PRESCRIBING_SETTING",
    }  # fmt: skip
    columns = ", ".join(f"'{names[number]}': 'VARCHAR'" for number in range(1, 28))
    path = shared_data / "practice_reference" / "epraccur_2019_2020.csv"
    cleaned = practices.practices(as_text(store, path, f"header = false, columns = {{{columns}}}".replace("all_varchar", "")))
    frame = cleaned.table.execute()
    check_accounting(14_357, accounting(cleaned.fates))
    assert frame["status"].value_counts().to_dict() == {"A": 11_474, "C": 2_427, "D": 451, "P": 5}
    assert int((frame["setting"] == "4").sum()) == 8_204
    arms = pd.read_csv(shared_data / "practice_reference" / "newcastle_gateshead_practices_2014_15.csv", dtype=str)
    ours = frame[frame["code"].isin(arms["Practice Code"])]
    assert len(ours) == 66
    assert set(ours["commissioner"]) == {"13T"}  # which is why the commissioner cannot tell the arms apart
    assert ours["status"].value_counts().to_dict() == {"A": 61, "C": 4, "D": 1}
    assert str(ours.set_index("code").loc["A85605", "close"])[:10] == "2018-09-30"
