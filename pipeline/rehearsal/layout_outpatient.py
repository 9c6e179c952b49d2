"""Appointments as `hes_op` rows, attended or not.

Belongs here: the columns of the delivery. Does not belong here: the appointments (`outpatient`).
"""

import numpy as np
import pyarrow as pa

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.breaks import hrg4plus
from pipeline.rehearsal.breaks.opt_outs import left_out
from pipeline.rehearsal.breaks.tariff_years import row_cost
from pipeline.rehearsal.dirt import with_padding, with_resubmissions
from pipeline.rehearsal.layout_person import gppractice, person_columns
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.valuation import PROVIDER_CODES, TREATMENT_FUNCTIONS

MISSED = ["3", "2", "4"]
ATTENDANCE_HRGS = ["WF01B", "WF01A"]


def outpatient_table(sent: Sent) -> tuple[pa.Table, np.ndarray]:
    """The rows of every year and the first calendar year of the financial year each is delivered in."""
    world, seen = sent.world, sent.in_extract("op")
    p, d, n = world.parameters, seen.details, len(seen)
    no_hrg, billed = d["no_hrg"].astype(bool), d["billed"].astype(np.int64)
    attended, first = d["attended"].astype(bool), d["first"].astype(bool)
    procedure = d["procedure"].astype(np.int64)
    year = c.financial_year_of(d["filed"], p.months[0])
    reason = d["reason"].astype(float)
    plus = hrg4plus.regrouped(p, world.breaks, seen.month) | d["plus"].astype(bool)
    hrg = np.where(procedure >= 0, hrg4plus.in_both(procedure, plus) + 2, np.where(first, 0, 1))
    code = np.where(attended, np.where(reason < 0.06, 1, 0), 2 + np.searchsorted([0.5, 0.8], reason))
    function = c.chosen([str(f) for f in TREATMENT_FUNCTIONS], d["function"])
    draw = d["dirt"].astype(float)
    lost = np.flatnonzero(~attended)[: p.dirt["sentinel_rows"]]
    form = d["date_form"].copy()
    form[lost] = 1
    table = pa.table(
        {
            "ATTENDKEY": c.record_keys(6, world.records_from + np.arange(n)),
            **person_columns(world, seen.person, d["other_key"].astype(bool)),
            "FYEAR": c.chosen([f"{y % 100:02d}{(y + 1) % 100:02d}" for y in range(2010, 2020)], year - 2010),
            "APPTDATE": c.sent_dates(seen.day, form),
            "ATTENDED": c.chosen(["5", "6", *MISSED], code),
            "FIRSTATT": c.chosen(["1", "2"], (~first).astype(int)),
            "ATENTYPE": c.chosen(["1", "2"], (~first).astype(int)),
            "ADMINCAT": c.constant("01", n),
            "GPPRAC": gppractice(world, seen.person, d["filed"].astype(np.int64)),
            "PROCODE3": c.chosen(PROVIDER_CODES, seen.provider),
            "MAINSPEF": function,
            "TRETSPEF": function,
            "SUSHRG": c.chosen([*ATTENDANCE_HRGS, *hrg4plus.BOTH], np.where(attended & ~no_hrg, hrg, -1)),
            "OPERTN_4_01": c.chosen(["C731"], np.where(attended & (procedure >= 0), 0, -1)),
            "LSOA11": c.chosen(world.people.lsoa, seen.person),
            "PROCODET": c.chosen(PROVIDER_CODES, seen.provider),
            "COST_GBP": c.pounds(row_cost(world, billed, year), (billed < 0) | no_hrg | ~attended),
        }
    )
    table = with_padding(table, draw, p.dirt["padded"], ("SUSHRG", "TRETSPEF", "PROCODE3"))
    again = np.flatnonzero(draw < p.dirt["resubmitted"])
    table = with_resubmissions(table, draw, p.dirt["resubmitted"], "ATTENDKEY", {})
    rows = np.concatenate([np.arange(n), again])
    return left_out(table, year[rows], d["withheld"].astype(bool)[rows])
