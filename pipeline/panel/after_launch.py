"""The practice x month panel of one contract year, which comes into being only behind both gates.

Belongs here: the guard in front of months from launch on. Does not belong here: the sums themselves, who judges the gates
(`pipeline.assurance.gate`).
"""

from collections.abc import Mapping
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict, require_open
from pipeline.errors import UsageError
from pipeline.panel import sums
from pipeline.study import Study


def heads_after_launch(
    people: ir.Table,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> ir.Table:
    """`pipeline.tables.HEADS` of the twelve months of `contract_year`, as `pipeline.panel.heads` before launch.

    bindings, on : the hashes in force and the day of the run; verdicts judged on others, shut or expired do not open.
    Raises DataGateClosed, DesignGateClosed or ApprovalMissing like `pipeline.assurance.gate.require_open`; UsageError when
    the protocol has no such contract year.
    """
    first, last = _opened(study, contract_year, data_verdict, design_verdict, bindings, on)
    return sums.head_counts(people, first=first, last=last)


def cells_after_launch(
    priced: ir.Table,
    people: ir.Table,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> ir.Table:
    """`pipeline.tables.CELLS` of the twelve months of `contract_year`, as `pipeline.panel.cells` before launch.

    Raises like `heads_after_launch`.
    """
    first, last = _opened(study, contract_year, data_verdict, design_verdict, bindings, on)
    return sums.cell_sums(priced, people, first=first, last=last)


def valued_cells_after_launch(
    priced: ir.Table,
    people: ir.Table,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> ir.Table:
    """`pipeline.tables.VALUED_CELLS` of the twelve months of `contract_year`, as `pipeline.panel.valued_cells` before launch.

    Raises like `heads_after_launch`.
    """
    first, last = _opened(study, contract_year, data_verdict, design_verdict, bindings, on)
    return sums.valued_sums(priced, people, first=first, last=last)


def activity_account_after_launch(
    priced: ir.Table,
    people: ir.Table,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> pd.DataFrame:
    """What became of every priced row on the way into `cells_after_launch`: stream, reason, rows. Raises like it."""
    first, last = _opened(study, contract_year, data_verdict, design_verdict, bindings, on)
    return sums.activity_fates(priced, people, first=first, last=last)


def person_months_to_year_end(
    priced: ir.Table,
    people: ir.Table,
    *,
    study: Study,
    contract_year: str,
    verdicts: Mapping[str, tuple[Verdict | None, Verdict | None]],
    bindings: Bindings,
    on: date,
) -> ir.Table:
    """`sums.person_months` of every month from the baseline to the end of `contract_year`.

    verdicts : contract year to its data and design verdicts. The months reach over earlier contract years (a person referred
    then is followed from then on), so that the gates of every contract year up to this one must be open. Raises like
    `heads_after_launch`.
    """
    for year in years_up_to(study, contract_year):
        data, design = verdicts.get(year, (None, None))
        _opened(study, year, data, design, bindings, on)
    last = study.contract_year_months(contract_year)[-1]
    return sums.person_months(priced, people, first=study.baseline_period[0], last=last)


def years_up_to(study: Study, contract_year: str) -> list[str]:
    """Contract years of the protocol up to and with this one. Raises UsageError when the protocol does not have it."""
    if contract_year not in study.calendar.contract_years:
        raise UsageError(f"The protocol has no contract year {contract_year}.", f"It has {study.calendar.contract_years}.")
    return [year for year in sorted(study.calendar.contract_years) if year <= contract_year]


def _opened(
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> tuple[str, str]:
    """First and last month of the contract year, once both gates are known to be open: data first, then design."""
    if contract_year not in study.calendar.contract_years:
        raise UsageError(f"The protocol has no contract year {contract_year}.", f"It has {study.calendar.contract_years}.")
    require_open(data_verdict, gate="data", contract_year=contract_year, bindings=bindings, on=on)
    require_open(design_verdict, gate="design", contract_year=contract_year, bindings=bindings, on=on)
    months = study.contract_year_months(contract_year)
    return months[0], months[-1]
