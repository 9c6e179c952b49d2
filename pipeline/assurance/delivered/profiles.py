"""Shares of the eligible people's rows that a programme does not move: when rows are dated, repeated, priced.

Belongs here: counting them from the person-level contacts, on the engine. Does not belong here: judging them (`profile`).
"""

import ibis
import ibis.expr.types as ir
import pandas as pd

GRAIN = ("practice", "month", "stream", "quantity")

#: shares of all rows of a stream; `overnight` is the only one of a part of them
OF_ALL_ROWS = ("weekend", "first_of_month", "past_12th", "same_day_again", "zero_price", "no_currency")
QUANTITIES = (*OF_ALL_ROWS, "overnight")


def extract_profile(priced: ir.Table, people: ir.Table) -> pd.DataFrame:
    """Rows with a property (`part`) of rows that could have it (`whole`), both int64; grain GRAIN, sorted by it.

    priced : tables.PRICED_ACTIVITY. people : tables.PEOPLE. The rows are those of `routes.extract_counts`: contacts of eligible
    people with a month, counted under the baseline practice. A quantity has a row of the frame wherever its whole is not 0.

    weekend : `date` is a Saturday or Sunday. first_of_month : it is the first. past_12th : its day is 13 or more.
    same_day_again : of the rows of one person, stream and date, all but the one with the smallest activity_key.
    zero_price : price_pence is 0 (not null). no_currency : currency is null.
    overnight : bed_days > 0, of the rows whose pod is non_elective only (so of stream apc alone).
    A row whose date is null has none of the first four properties.
    """
    mine = priced.filter(priced.month.notnull()).inner_join(people.select("person", baseline="practice"), "person")
    again = ibis.row_number().over(ibis.window(group_by=["person", "stream", "date"], order_by="activity_key")) > 0
    marked = mine.mutate(
        practice=mine.baseline,
        weekend=mine.date.day_of_week.index() >= 5,
        first_of_month=mine.date.day() == 1,
        past_12th=mine.date.day() > 12,
        same_day_again=again & mine.date.notnull(),
        zero_price=mine.price_pence == 0,
        no_currency=mine.currency.isnull(),
        emergency=mine.pod == "non_elective",
        overnight=(mine.pod == "non_elective") & (mine.bed_days > 0),
    )
    flags = (*QUANTITIES, "emergency")
    wide = (
        marked.group_by(["practice", "month", "stream"])
        .agg(
            all_rows=ibis._.count().cast("int64"),
            **{name: marked[name].fill_null(False).cast("int64").sum().cast("int64") for name in flags},
        )
        .execute()
    )
    whole = dict.fromkeys(OF_ALL_ROWS, "all_rows") | {"overnight": "emergency"}
    long = pd.concat(
        [
            wide[["practice", "month", "stream"]].assign(quantity=name, part=wide[name], whole=wide[whole[name]])
            for name in QUANTITIES
        ],
        ignore_index=True,
    ).astype({"part": "int64", "whole": "int64"})
    return long[long["whole"] > 0].sort_values(list(GRAIN), ignore_index=True)


def no_profile() -> pd.DataFrame:
    """The frame without a row, where nothing was counted."""
    text = {name: pd.Series(dtype="str") for name in GRAIN}
    return pd.DataFrame({**text, "part": pd.Series(dtype="int64"), "whole": pd.Series(dtype="int64")})
