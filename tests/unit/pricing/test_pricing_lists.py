"""Price lists on the engine: loaded once a connection, nulls kept; and an edition with several type 3 prices."""

from pipeline import tables
from pipeline.pricing import price_tables
from pipeline.pricing.attendances import price_attendances
from pipeline.pricing.tariff import Tariff, read_workbook
from pipeline.study import PricingRules


def test_lists_are_loaded_once_and_keep_their_nulls(tariff: Tariff, store) -> None:
    first = price_tables.load(store.con, [tariff.years["2016-17"]])
    again = price_tables.load(store.con, [tariff.years["2016-17"]])
    assert len(store.con.list_tables()) == 4
    assert first.apc.count().execute() == again.apc.count().execute() == 6
    rows = {row["list_hrg"]: row for row in again.apc.to_pyarrow().to_pylist()}
    assert rows["AA11A"]["list_combined"] is None
    assert rows["AA10A"]["list_combined"] == 100000


def test_two_workbooks_do_not_share_their_lists(write_workbook, sheets, store) -> None:
    sheets["2 OP Attendances"][4][2] = 111
    one = read_workbook(write_workbook(name="one.xlsx")).years["2016-17"]
    other = read_workbook(write_workbook({"2 OP Attendances": sheets["2 OP Attendances"]}, name="other.xlsx")).years["2016-17"]
    prices = [price_tables.load(store.con, [year]).outpatient.list_WF01B.min().execute() for year in (one, other)]
    assert prices == [10000, 11100]


def test_several_type_3_prices_are_no_flat_price(write_workbook, sheets, store, engine_table, at_2016_17) -> None:
    sheets["3 A&E"][4][3] = 61
    tariff = read_workbook(write_workbook({"3 A&E": sheets["3 A&E"]}))
    row = {"attendance_key": "1", "hrg": "VB01Z", "department_type": "03", "provider": "RXB"}
    table = engine_table([row], tables.ATTENDANCES)
    priced = price_attendances(table, tariff=tariff, prices=at_2016_17, rules=PricingRules(), con=store.con)
    assert [r["price_state"] for r in priced.to_pyarrow().to_pylist()] == ["no_price"]
