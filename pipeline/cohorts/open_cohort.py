"""The cohort re-based every April, which a protocol may declare beside the closed one: who came in, arm against arm.

Belongs here: the open cohort of a contract year and its inflow. Does not belong here: the rule (`eligible`), the comparison
(`attrition_compared`).
A cohort closed once slowly dilutes those actually served; an open one lets the programme or its payer move who is counted,
since being put on a register is itself paid for. So the inflow is compared before anybody may believe in it.
"""

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict, require_open
from pipeline.cohorts.eligible import eligible
from pipeline.study import Study


def open_study(study: Study, contract_year: str) -> Study:
    """The protocol with eligibility on the last day before the contract year; its definitions have another hash."""
    at = date(int(contract_year[:4]), 3, 31)
    return study.model_copy(update={"eligible": study.eligible.model_copy(update={"at": at})})


def inflow(
    people: ir.Table,
    registrations: ir.Table,
    registers: ir.Table,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> pd.DataFrame:
    """practice, arm, people (those not in the closed cohort), out_of (the open cohort), by the practice on the last day before
    the year: what `attrition_compared.compare` takes.

    people : `pipeline.tables.PEOPLE`, the closed cohort. Raises like `pipeline.assurance.gate.require_open`: who is on a list
    after launch may itself be the programme's work.
    """
    require_open(data_verdict, gate="data", contract_year=contract_year, bindings=bindings, on=on)
    require_open(design_verdict, gate="design", contract_year=contract_year, bindings=bindings, on=on)
    now = eligible(
        registrations=registrations, registers=registers, referrals=None, study=open_study(study, contract_year)
    ).people.select("person", "practice", "arm")
    closed = people.select("person", closed=ibis.literal(1))
    both = now.left_join(closed, "person").drop("person_right")
    counted = both.group_by(["practice", "arm"]).aggregate(
        people=ibis.ifelse(both.closed.isnull(), 1, 0).sum().cast("int64"), out_of=both.count().cast("int64")
    )
    return counted.execute().sort_values("practice", kind="stable").reset_index(drop=True)
