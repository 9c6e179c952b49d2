"""Attendances as `hes_ae` rows.

Belongs here: the columns of the delivery. Does not belong here: the attendances (`emergency`).
"""

import numpy as np
import pyarrow as pa

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.breaks import hand_over
from pipeline.rehearsal.breaks.opt_outs import left_out
from pipeline.rehearsal.breaks.tariff_years import row_cost
from pipeline.rehearsal.dirt import with_padding, with_resubmissions
from pipeline.rehearsal.layout_person import gppractice, person_columns
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.valuation import AE_HRGS, PROVIDER_CODES

DISPOSALS = ["01", "02", "03", "06", "11"]
DISPOSAL_SHARES = np.cumsum([0.26, 0.18, 0.40, 0.08])


def emergency_table(sent: Sent) -> tuple[pa.Table, np.ndarray]:
    """The rows of every year and the first calendar year of the financial year each is delivered in."""
    world, seen = sent.world, sent.in_extract("ae")
    p, d, n = world.parameters, seen.details, len(seen)
    no_hrg, billed = d["no_hrg"].astype(bool), d["billed"].astype(np.int64)
    minute = d["minute"].astype(np.int64)
    year = c.financial_year_of(d["filed"], p.months[0])
    disposal = d["disposal"].astype(float)
    table = pa.table(
        {
            "AEKEY": c.record_keys(3, world.records_from + np.arange(n)),
            **person_columns(world, seen.person, d["other_key"].astype(bool)),
            "FYEAR": c.chosen([f"{y % 100:02d}{(y + 1) % 100:02d}" for y in range(2010, 2020)], year - 2010),
            "ARRIVALDATE": c.sent_dates(seen.day, d["date_form"]),
            "ARRIVALTIME": c.chosen([f"{m // 60:02d}{m % 60:02d}" for m in range(1440)], minute),
            "AEATTENDCAT": c.chosen(["1", "3"], (disposal > 0.96).astype(int)),
            "AEATTENDDISP": c.chosen(DISPOSALS, np.searchsorted(DISPOSAL_SHARES, disposal)),
            "AEDEPTTYPE": c.chosen(["01", "03"], (d["department"] == 3).astype(int)),
            "AEARRIVALMODE": c.chosen(["1", "2"], (disposal > 0.3).astype(int)),
            "GPPRAC": gppractice(world, seen.person, d["filed"].astype(np.int64)),
            "PROCODE3": c.chosen(PROVIDER_CODES, seen.provider),
            "SUSHRG": c.chosen(AE_HRGS, np.where(no_hrg, -1, d["hrg"].astype(np.int64))),
            "DIAG2_01": c.chosen([f"{v:02d}" for v in range(1, 40)], np.floor(d["dirt"].astype(float) * 39)),
            "TREAT2_01": c.chosen([f"{v:02d}" for v in range(1, 30)], np.floor(disposal * 29)),
            "LSOA11": c.chosen(world.people.lsoa, seen.person),
            "PROCODET": c.chosen(PROVIDER_CODES, seen.provider),
            "COST_GBP": c.pounds(row_cost(world, billed, year), (billed < 0) | no_hrg),
        }
    )
    draw = d["dirt"].astype(float)
    lost = np.flatnonzero((draw > 0.5) & (draw < 0.51))[: p.dirt["sentinel_rows"]]
    undated = table.take(pa.array(lost))
    undated = undated.set_column(3, "ARRIVALDATE", c.dates(np.full(len(lost), c.SENTINEL_DAY)))
    undated = undated.set_column(0, "AEKEY", pa.array(["7" + k[1:] for k in undated["AEKEY"].to_pylist()], type=pa.string()))
    table = with_padding(table, draw, p.dirt["padded"], ("SUSHRG", "PROCODE3", "AEDEPTTYPE"))
    again = np.flatnonzero(draw < p.dirt["resubmitted"])
    table = with_resubmissions(table, draw, p.dirt["resubmitted"], "AEKEY", {})
    table, rows = pa.concat_tables([table, undated]), np.concatenate([np.arange(n), again, lost])
    elsewhere = d["withheld"].astype(bool)
    if hand_over.NAME in world.breaks:
        elsewhere = elsewhere | ~hand_over.on_hes(p, seen)
    return left_out(table, year[rows], elsewhere[rows])
