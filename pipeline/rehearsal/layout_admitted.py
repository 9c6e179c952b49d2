"""Spells as `hes_apc` episodes.

Belongs here: the columns of the delivery and how a spell becomes episodes. Does not belong here: the spells (`admitted`).
DISDATE stands on the last episode only (Technical Output Specification); SUSCOREHRG on all, COST_GBP on the first.
"""

import numpy as np
import pyarrow as pa

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.admitted import ADMITTED_KINDS
from pipeline.rehearsal.breaks import hrg4plus
from pipeline.rehearsal.breaks.opt_outs import left_out
from pipeline.rehearsal.breaks.tariff_years import row_cost
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.dirt import with_padding, with_resubmissions
from pipeline.rehearsal.layout_person import gppractice, person_columns
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.valuation import HRGS, PROVIDER_CODES
from pipeline.rehearsal.world import World

EMERGENCY_METHODS = ["21", "22", "23", "24", "2A", "2D"]
EMERGENCY_SHARES = np.cumsum([0.72, 0.10, 0.02, 0.08, 0.03])
#: first diagnosis by HRG chapter, ICD-10
DIAGNOSIS = {"AA": "I639", "BZ": "H259", "DZ": "J441", "EA": "I251", "EB": "I500", "FZ": "K409", "HB": "M179", "JC": "L989",
             "KB": "E115", "LA": "N390", "LB": "N40X", "UZ": "R69X", "WA": "W190"}  # fmt: skip


def _episodes(world: World, spells: Contacts) -> dict[str, np.ndarray]:
    """Spell index, order, start, end and whether last, for each episode of each spell."""
    d = spells.details
    stay = d["stay"].astype(np.int64)
    admitted = spells.day - stay
    first_day = c.first_day(np.array([0]), world.parameters.months[0])[0]
    count = np.where(admitted < first_day, 1, d["episodes"].astype(np.int64))  # no delivery holds what ended earlier
    spell = np.repeat(np.arange(len(spells)), count)
    order = np.arange(len(spell)) - np.repeat(np.cumsum(count) - count, count) + 1
    cut_one = admitted + np.maximum(1, np.floor(d["split"].astype(float) * (stay - 1)).astype(np.int64))
    cut_two = np.minimum(cut_one + 1 + (spells.day - cut_one) // 2, spells.day)
    last = order == count[spell]
    start = np.select([order == 1, order == 2], [admitted[spell], cut_one[spell]], cut_two[spell])
    end = np.select([last, order == 1], [spells.day[spell], cut_one[spell]], cut_two[spell])
    return {"spell": spell, "order": order, "start": start, "end": end, "last": last}


def admitted_table(sent: Sent) -> tuple[pa.Table, np.ndarray]:
    """The rows of every year and the first calendar year of the financial year each is delivered in."""
    world, spells = sent.world, sent.in_extract("apc")
    p, no_hrg = world.parameters, spells.details["no_hrg"].astype(bool)
    e = _episodes(world, spells)
    s, first, last = e["spell"], e["order"] == 1, e["last"]
    d = {name: values[s] for name, values in spells.details.items()}
    kind, n = d["kind"].astype(np.int64), len(s)
    emergency = kind == ADMITTED_KINDS.index("non_elective")
    method = np.where(
        emergency, np.searchsorted(EMERGENCY_SHARES, d["method"]), 6 + np.floor(d["method"].astype(float) * 3).astype(int)
    )
    hrg = np.where(no_hrg[s], -1, d["hrg"].astype(np.int64))
    episode_hrg = np.where(first, hrg, np.where(no_hrg[s], -1, d["other_hrg"].astype(np.int64)))
    chapters = list(DIAGNOSIS)
    chapter = np.array([chapters.index(code[:2]) for code in HRGS])[np.maximum(episode_hrg, 0)]
    admitted = (spells.day - spells.details["stay"].astype(np.int64))[s]
    serial = s * 4 + e["order"]
    year = c.financial_year_of(c.month_of_day(e["end"], p.months[0]), p.months[0])
    plus, plus_now = d["plus"].astype(bool), hrg4plus.regrouped(p, world.breaks, spells.month[s])
    plus_then = hrg4plus.regrouped(p, world.breaks, c.month_of_day(e["end"], p.months[0]))
    pence, discharged = d["billed"].astype(np.int64), c.financial_year_of(spells.month, p.months[0])[s]
    case = d["case"].astype(np.int64)  # who treats a patient, and how, does not follow from what is coded
    specialty = c.chosen(["300", "110", "100"], case)
    table = pa.table(
        {
            "EPIKEY": c.record_keys(5, world.records_from + serial),
            **person_columns(world, spells.person[s], d["other_key"].astype(bool)),
            "FYEAR": c.chosen([f"{y % 100:02d}{(y + 1) % 100:02d}" for y in range(2010, 2020)], year - 2010),
            "ADMIDATE": c.dates(admitted),
            "ADMIMETH": c.chosen([*EMERGENCY_METHODS, "11", "12", "13"], method),
            "ADMISORC": c.constant("19", n),
            "CLASSPAT": c.chosen(["1", "2"], (kind == 2).astype(int)),
            "EPISTART": c.dates(e["start"]),
            "EPIEND": c.dates(e["end"]),
            "EPIORDER": c.numbers(e["order"]),
            "EPISTAT": c.constant("3", n),
            "EPITYPE": c.constant("1", n),
            "DISDATE": c.dates(np.where(last, e["end"], c.NO_DAY)),
            "DISMETH": c.chosen(["8", "1"], last.astype(int)),
            "DISDEST": c.chosen(["98", "19"], last.astype(int)),
            "ADMINCAT": c.constant("01", n),
            "STARTAGE": c.numbers(d["age"]),
            "SEX": c.chosen(["1", "2"], world.people.female[spells.person[s]].astype(int)),
            "GPPRAC": gppractice(world, spells.person[s], spells.month[s]),
            "PROCODE3": c.chosen(PROVIDER_CODES, spells.provider[s]),
            "MAINSPEF": specialty,
            "TRETSPEF": specialty,
            "DIAG_4_01": c.chosen(list(DIAGNOSIS.values()), chapter),
            "DIAG_4_02": c.chosen(["I10X", "E119"], np.where(d["split"] < 0.5, -1, (d["dirt"] < 0.5).astype(int))),
            "OPERTN_4_01": c.chosen(["W401", "-"], (case == ADMITTED_KINDS.index("non_elective")).astype(int)),
            "SUSHRG": c.chosen(hrg4plus.BOTH, hrg4plus.in_both(episode_hrg, plus | plus_then)),
            "SUSCOREHRG": c.chosen(hrg4plus.BOTH, hrg4plus.in_both(hrg, plus | plus_now)),
            "SUBDATE": c.dates(e["end"] + 40),
            "SUSSPELLID": c.numbers(10**9 + world.records_from + s),
            "LSOA11": c.chosen(world.people.lsoa, spells.person[s]),
            "PROCODET": c.chosen(PROVIDER_CODES, spells.provider[s]),
            "COST_GBP": c.pounds(row_cost(world, pence, discharged), ~first | (pence < 0) | no_hrg[s]),
        }
    )
    draw = np.where(first & last, d["dirt"].astype(float), 0.5)
    return _untidy(world, table, draw, year, admitted, e["end"], d["withheld"].astype(bool))


def _untidy(
    world: World,
    table: pa.Table,
    draw: np.ndarray,
    year: np.ndarray,
    admitted: np.ndarray,
    end: np.ndarray,
    withheld: np.ndarray,
) -> tuple[pa.Table, np.ndarray]:
    """Unfinished, resubmitted and padded rows added, withheld ones left out."""
    p = world.parameters
    share = p.dirt["unfinished"]
    admitted_year = c.financial_year_of(c.month_of_day(admitted, p.months[0]), p.months[0])
    among = (draw > 0.6) & (draw < 0.6 + share) & (admitted_year >= 2010) & (admitted_year <= 2016)
    rows = np.flatnonzero(among)
    open_rows = table.take(pa.array(rows))
    n = len(rows)
    sentinel = np.where(np.arange(n) < p.dirt["sentinel_rows"], c.SENTINEL_DAY, c.NO_DAY)
    replaced = {
        "EPIKEY": pa.array(["7" + k[1:] for k in open_rows["EPIKEY"].to_pylist()], type=pa.string()),
        "FYEAR": c.chosen([f"{y % 100:02d}{(y + 1) % 100:02d}" for y in range(2010, 2020)], admitted_year[rows] - 2010),
        "EPIEND": c.dates(sentinel), "DISDATE": c.constant(None, n), "EPISTAT": c.constant("1", n),
        "DISMETH": c.constant("8", n), "DISDEST": c.constant("98", n),
        "SUSCOREHRG": c.constant(None, n), "COST_GBP": pa.nulls(n, c.MONEY),
    }  # fmt: skip
    for name, values in replaced.items():
        open_rows = open_rows.set_column(open_rows.schema.get_field_index(name), name, values)
    table = with_padding(table, draw, p.dirt["padded"], ("SUSCOREHRG", "PROCODE3", "ADMIMETH"))
    again = np.flatnonzero(draw < p.dirt["resubmitted"])
    table = with_resubmissions(table, draw, p.dirt["resubmitted"], "EPIKEY", {"SUBDATE": c.dates(end + 75)})
    years = np.concatenate([year, year[again], admitted_year[rows]])
    return left_out(pa.concat_tables([table, open_rows]), years, np.concatenate([withheld, withheld[again], withheld[rows]]))
