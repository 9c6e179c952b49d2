"""Which rows are set aside and with which reason. Belongs here: one value at a time against a small contract."""

import duckdb
import pytest

from pipeline.contracts import Column, read_contract
from pipeline.deliveries.row_checks import judge, reasons
from pipeline.deliveries.totals import decimal_text, differences, measure

DAY = Column("DAY", "date")
KEY = Column("KEY", "string", required=True, pattern="^[A-Z0-9]{3}$")
COUNT = Column("COUNT", "integer", minimum=0)
SHARE = Column("SHARE", "number", minimum=0, maximum=1)


def engine_with(column: Column, *values: str | None) -> duckdb.DuckDBPyConnection:
    """The view `raw` that loading leaves behind, of one column."""
    con = duckdb.connect()
    con.execute(f'CREATE TEMP TABLE raw ("{column.name}" VARCHAR, ROW_NO BIGINT)')
    con.executemany("INSERT INTO raw VALUES (?, ?)", [(value, n) for n, value in enumerate(values, start=1)])
    return con


def reason(column: Column, value: str | None) -> str | None:
    con = engine_with(column, value)
    judge(con, [column])
    found = con.execute("SELECT REASON FROM delivered").fetchone()
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    "value",
    [
        "2016-04-03",
        "20160403",
        "2016-02-29",
        "2016-04-03 10:12",
        "2016-04-03T10:12:13",
        "1802-01-01 00:00:00",
        "1800-01-01",
        "1582-10-15",
        " 2016-04-03 ",
        "",
        "  ",
        None,
    ],
)
def test_a_date_or_none_is_kept(value: str | None) -> None:
    assert reason(DAY, value) is None


@pytest.mark.parametrize(
    "value", ["2015-02-29", "20150229", "2016-13-01", "03/04/2016", "2016", "2016-4-3", "42463", "-", "2016-04-03x", "&"]
)
def test_what_is_no_date_is_set_aside(value: str) -> None:
    assert reason(DAY, value) == "DAY is not a date"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (KEY, "AB1", None),
        (KEY, "\tAB1 \r", None),
        (KEY, None, "KEY is missing"),
        (KEY, " \t", "KEY is missing"),
        (KEY, "AB", "KEY has not the form of the contract"),
        (KEY, "AB1\nAB1", "KEY has not the form of the contract"),
        (KEY, "ab1", "KEY has not the form of the contract"),
        (COUNT, "0", None),
        (COUNT, None, None),
        (COUNT, "1.0", "COUNT is not a number"),
        (COUNT, "1,000", "COUNT is not a number"),
        (COUNT, "-1", "COUNT is below 0"),
        (SHARE, "0.25", None),
        (SHARE, "1", None),
        (SHARE, "1.000001", "SHARE is above 1"),
        (SHARE, "-0.1", "SHARE is below 0"),
        (SHARE, "1e-3", "SHARE is not a number"),
        (SHARE, ".5", "SHARE is not a number"),
        (SHARE, "*", "SHARE is not a number"),
    ],
)
def test_each_fault_has_its_reason(column: Column, value: str | None, expected: str | None) -> None:
    assert reason(column, value) == expected


def test_a_row_with_two_faults_is_counted_once_for_the_first_column() -> None:
    con = duckdb.connect()
    con.execute("CREATE TEMP TABLE raw AS SELECT * FROM (VALUES ('x', 'y', 1), ('AB1', 'y', 2), ('AB1', '2016-04-03', 3)) r")
    con.execute("ALTER TABLE raw RENAME COLUMN col0 TO KEY")
    con.execute("ALTER TABLE raw RENAME COLUMN col1 TO DAY")
    con.execute("ALTER TABLE raw RENAME COLUMN col2 TO ROW_NO")
    judge(con, [KEY, DAY])
    found = [(q.reason, q.rows, q.first_row) for q in reasons(con)]
    assert found == [("DAY is not a date", 1, 2), ("KEY has not the form of the contract", 1, 1)]


def test_sums_are_exact_where_floats_are_not() -> None:
    # 0.1 + 0.2 is 0.30000000000000004 in floats; ten million pounds and a penny, three times, is 30,000,000.03
    con = engine_with(Column("COST_GBP", "number"), "0.1", "0.2", None, "x", "10000000.01", "10000000.01", "10000000.01")
    judge(con, [Column("COST_GBP", "number")])
    found = measure(con, [Column("COST_GBP", "number")], first_month="2016-04", last_month="2017-03")
    # one is no number; of the three equal ones two repeat the first
    assert found == {"rows": 7, "set_aside": 1, "padded": 0, "repeated": 2, "sums": {"COST_GBP": "30000000.33"}}


def test_rows_dated_outside_the_period_are_counted_in_every_form_and_sentinels_are_not() -> None:
    dated = Column("DAY", "date", dates_row=True)
    inside = ["2016-04-01", "20170331", "2017-03-31 23:59", None, "1800-01-01", "18010101"]
    outside = ["2016-03-31", "20170401", "2017-12-01"]  # the last is what 12 January becomes when day and month change places
    con = engine_with(dated, *inside, *outside)
    judge(con, [dated])
    assert measure(con, [dated], first_month="2016-04", last_month="2017-03")["outside_period"] == 3


def test_rows_under_new_keys_repeat_and_rows_that_differ_do_not() -> None:
    con = duckdb.connect()
    con.execute("CREATE TEMP TABLE raw (K VARCHAR, A VARCHAR, B VARCHAR, ROW_NO BIGINT)")
    con.execute("INSERT INTO raw VALUES ('1','x',NULL,1), ('2','x',NULL,2), ('3','x','y',3), ('4',NULL,'x',4)")
    columns = [Column("K", "string", key=True), Column("A", "string"), Column("B", "string")]
    judge(con, columns)
    assert measure(con, columns, first_month="2016-04", last_month="2017-03")["repeated"] == 1


@pytest.mark.parametrize(
    ("value", "text"), [("1500", "1500"), ("1.5", "1.50"), ("1.500000", "1.50"), ("0.125", "0.125"), ("0", "0"), ("2.00", "2")]
)
def test_equal_amounts_have_one_text(value: str, text: str) -> None:
    from decimal import Decimal

    assert decimal_text(Decimal(value)) == text


def test_only_declared_totals_are_compared() -> None:
    measured = {"rows": 3, "people": 2, "sums": {"COST_GBP": "1.50"}}
    assert differences({"sums": {}}, measured) == []
    assert differences({"rows": 3, "sums": {"COST_GBP": "1.50"}}, measured) == []
    assert differences({"people": 3, "sums": {"COST_GBP": "1.51"}}, measured) == [
        ("people", "3", "2"),
        ("sum of COST_GBP", "1.51", "1.50"),
    ]


def test_every_contract_can_be_asked_of_empty_rows() -> None:
    for dataset in ("hes_apc", "ecds", "practice_activity", "exposure_register"):
        columns = read_contract(dataset).columns
        con = duckdb.connect()
        cells = ", ".join(f'CAST(NULL AS VARCHAR) AS "{column.name}"' for column in columns)
        con.execute(f"CREATE TEMP VIEW raw AS SELECT {cells}, CAST(1 AS BIGINT) AS ROW_NO")
        judge(con, columns)
        required = [column.name for column in columns if column.required]
        assert [q.reason for q in reasons(con)] == [f"{required[0]} is missing"]


def test_rows_with_padded_cells_are_counted_once_each_and_only_those() -> None:
    con = duckdb.connect()
    con.execute("CREATE TEMP TABLE raw (KEY VARCHAR, SHARE VARCHAR, ROW_NO BIGINT)")
    con.executemany("INSERT INTO raw VALUES (?, ?, ?)", [
        ("AB1 ", " 0.5", 1), ("AB1", "0.5", 2), ("\tAB1", None, 3), ("AB1", "", 4), ("AB1", "  ", 5), (None, None, 6)
    ])  # fmt: skip
    judge(con, [KEY, SHARE])
    found = measure(con, [KEY, SHARE], first_month="2016-04", last_month="2017-03")
    # rows 1 (two cells), 3 and 5; an empty cell was never padded. KEY is missing in row 6
    assert (found["padded"], found["set_aside"]) == (3, 1)
