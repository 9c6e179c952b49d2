"""The official artificial HES files through the readers of cleaning, against the counts published beside them.

Expected: ../shared/data/README.md (2,075 episodes, 994 patients, 16 EPISTAT=1, 80 blank DISDATE, 11 GPPRAC `&`; ATTENDED
5/3/4/2/6 = 806/91/51/40/12; 1,000 attendances, 672 patients) and files_and_pricing correction 19 (V81999 27, V81998 11,
V99998 1). The pilot draws each column by itself, so nothing here says anything about patients.
"""

from pathlib import Path

import ibis.expr.types as ir
import pytest

from pipeline.cleaning import Cleaned, admitted_care, emergency_care, outpatients
from pipeline.cleaning.accounting import accounting, check_accounting
from pipeline.store import Store
from pipeline.study import CleaningRules

RULES = CleaningRules()


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("hes") / "store")


def as_delivered(store: Store, path: Path) -> ir.Table:
    """The published CSV as text, with the columns that reception adds."""
    target = store.root / f"{path.stem}.parquet"
    store.con.raw_sql(
        f"COPY (SELECT *, 'f' AS DELIVERY, '2023-02-01' AS RECEIVED, row_number() OVER () AS ROW_NO "
        f"FROM read_csv('{path}', all_varchar = true)) TO '{target}' (FORMAT parquet)"
    )
    return store.con.read_parquet(str(target))


def by_fate(cleaned: Cleaned, rows_in: int) -> dict[tuple[str, str], int]:
    counted = accounting(cleaned.fates)
    check_accounting(rows_in, counted)
    return {(fate, reason): rows for fate, reason, rows in counted[["fate", "reason", "rows"]].itertuples(index=False)}


@pytest.fixture(scope="module")
def admitted(store, shared_data) -> Cleaned:
    path = shared_data / "hes_artificial" / "artificial_hes_apc_0102_truncated.csv"
    return admitted_care.spells(as_delivered(store, path), rules=RULES)


def test_2075_episodes_of_which_16_unfinished(admitted) -> None:
    fates = by_fate(admitted, 2_075)
    assert fates[("out_of_scope", "unfinished episode")] == 16
    assert sum(rows for (fate, _), rows in fates.items() if fate in ("kept", "quarantined")) == 2_075 - 16
    assert not [key for key in fates if key[0] == "merged"]  # 0 duplicate EPIKEY


def test_the_one_row_of_1801_dates_is_quarantined(admitted) -> None:
    quarantined = {key: rows for key, rows in by_fate(admitted, 2_075).items() if key[0] == "quarantined"}
    assert list(quarantined.values()) == [1]  # ADMIDATE, EPISTART, EPIEND 1801-01-01 once each: correction 18


def test_spells_take_blanks_sentinels_and_no_practice_as_null(admitted) -> None:
    spells = admitted.table.execute()
    assert spells["spell_key"].is_unique
    assert int(spells["episodes"].sum()) == 2_075 - 16 - 1
    # 27 V81999, 11 V81998, 1 V99998, 11 &: at most 50 spells lack a practice, less those of episodes that were put aside
    assert 45 <= int(spells["practice"].isna().sum()) <= 50
    assert not spells["practice"].isin(["V81998", "V81999", "V99998", "&"]).any()
    assert spells["age"].max() <= 130
    assert int(spells["discharge_date"].isna().sum()) >= 60  # 80 blank and one 1801, of episodes that end a spell


def test_1000_attendances_of_672_patients_none_with_a_department(store, shared_data) -> None:
    path = shared_data / "hes_artificial" / "artificial_hes_ae_0708_truncated.csv"
    cleaned = emergency_care.attendances(as_delivered(store, path), rules=RULES)
    assert by_fate(cleaned, 1_000) == {("kept", ""): 1_000}
    rows = cleaned.table.execute()
    assert rows["person"].nunique() == 672
    assert int(rows["practice"].isna().sum()) == 59  # GPPRAC & on 59 rows
    assert rows["department_type"].isna().all()  # AEDEPTTYPE is 99 on every row
    assert set(rows["financial_year"]) == {"2007-08"}
    assert int(rows["attendance_category"].isna().sum()) == 11  # AEATTENDCAT 9


def test_818_seen_of_1000_appointments(store, shared_data) -> None:
    path = shared_data / "hes_artificial" / "artificial_hes_op_0304_truncated.csv"
    cleaned = outpatients.appointments(as_delivered(store, path), rules=RULES)
    assert by_fate(cleaned, 1_000) == {("kept", ""): 806 + 12, ("out_of_scope", "not attended"): 91 + 51 + 40}
    assert set(cleaned.table.execute()["financial_year"]) == {"2003-04"}
