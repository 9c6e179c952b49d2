"""A&E from HES to the Emergency Care Data Set, provider by provider.

Belongs here: the columns of `ecds`. Does not belong here: which attendances stand in which feed (`hand_over`), the columns of
`hes_ae` (`layout_emergency`).

The layout has no attendance key: an attendance sent twice stands there twice, alike in every column.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.breaks.hand_over import NAME, first_months, months_since
from pipeline.rehearsal.breaks.happened import Break, Document
from pipeline.rehearsal.breaks.tariff_years import row_cost
from pipeline.rehearsal.layout_emergency import DISPOSAL_SHARES
from pipeline.rehearsal.layout_person import gppractice, person_columns
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.valuation import AE_HRGS, PROVIDER_CODES

#: SNOMED CT of `layout_emergency.DISPOSALS`: to a ward; follow-up by the practice; none planned. The other two have no code
#: that the study's sources name (UKHSA epidm; reference sets of the Emergency Care Data Set)
TO_A_WARD, BY_PRACTICE, NO_FOLLOW_UP = "306706006", "989501000000106", "3780001"
#: columns that the contract wants present and this supplier leaves empty
EMPTY = (
    "ARRIVAL_MODE", "DEPARTURE_DATE", "DEPARTURE_TIME", "DISCHARGE_STATUS", "PDS_GENERAL_PRACTICE", "PROVIDER_CODE", "SITE",
    "GROUPER_VERSION", "MARKET_FORCES_FACTOR", "EXCLUDED", "EXCLUSION_REASONS", "COSTING_PERIOD",
)  # fmt: skip


def ecds_table(sent: Sent) -> tuple[pa.Table, NDArray[np.int64]]:
    """The rows of every year and the first calendar year of the financial year each is delivered in."""
    world, whole = sent.world, sent.in_extract("ae")
    p = world.parameters
    seen = whole.take((months_since(p, whole) >= 0) & ~whole.details["withheld"].astype(bool))
    d, n = seen.details, len(seen)
    no_hrg, disposal = d["no_hrg"].astype(bool), d["disposal"].astype(float)
    way = np.searchsorted(DISPOSAL_SHARES, disposal)
    year = c.financial_year_of(d["filed"], p.months[0])
    cost = row_cost(world, d["billed"].astype(np.int64), year)
    table = pa.table(
        {
            **person_columns(world, seen.person, d["other_key"].astype(bool)),
            "ARRIVAL_DATE": c.sent_dates(seen.day, d["date_form"]),
            "ARRIVAL_TIME": c.chosen([f"{m // 60:02d}:{m % 60:02d}" for m in range(1440)], d["minute"].astype(np.int64)),
            "ATTENDANCE_CATEGORY": c.chosen(["1", "2"], (disposal > 0.96).astype(int)),
            "DEPARTMENT_TYPE": c.chosen(["01", "03"], (d["department"] == 3).astype(int)),
            "DISCHARGE_DESTINATION": c.chosen([TO_A_WARD], np.where(way == 0, 0, -1)),
            "DISCHARGE_FOLLOW_UP": c.chosen([BY_PRACTICE, NO_FOLLOW_UP], np.select([way == 1, way == 2], [0, 1], -1)),
            "PRACTICE_CODE_PATIENT_REGISTRATION": gppractice(world, seen.person, d["filed"].astype(np.int64)),
            "PROVIDER_CODE_DERIVED": c.chosen(PROVIDER_CODES, seen.provider),
            "HEALTH_RESOURCE_GROUP": c.chosen(AE_HRGS, np.where(no_hrg, -1, d["hrg"].astype(np.int64))),
            "FINAL_PRICE": c.pounds(cost, (cost < 0) | no_hrg).cast(pa.string()),
            "LSOA_2011": c.chosen(world.people.lsoa, seen.person),
            **{name: c.constant(None, n) for name in EMPTY},
        }
    )
    again = np.flatnonzero(d["dirt"].astype(float) < p.dirt["resubmitted"])
    return pa.concat_tables([table, table.take(pa.array(again))]), np.concatenate([year, year[again]])


def _known(p: Parameters) -> list[tuple[str, str]]:
    return [(month, f"{provider} to ECDS") for provider, month in first_months(p).items()]


def _clauses(document: Document, p: Parameters) -> None:
    document["requires"]["datasets"].append("ecds")
    del document["requires"]["absent"]["ecds"]
    document["cleaning"] = {"ecds_from": first_months(p)}


BREAK = Break(NAME, "A&E changes from HES A&E to ECDS, provider by provider, and overlaps.", _known, _clauses)
