"""Published QOF register sizes against the person-level register of the same practices.

Belongs here: people on each listed register at the end of the published year, delivered and published. Does not belong here:
the cohort made from them (`pipeline.cohorts`), heads by two routes of the same supplier (`heads`).

Publication counts every age, a delivery perhaps only some: so a ratio by itself says nothing, and arms are held against each
other, register by register, with the practice as unit. What is published of a practice and delivered for nobody is judged
alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.delivered.register_ratios import Ratio, ratios, reach
from pipeline.assurance.finding import Finding
from pipeline.calendar import month_number, month_of
from pipeline.prose import number
from pipeline.study import Study
from pipeline.vocabulary import STREAMS, FindingVerdict

CHECK = "registers"

#: chance of finding nobody of the ages delivered among a practice's published people, below which it is no chance
NOBODY = 1e-6

#: practices named in a finding; more are counted
NAMED = 3


class Publication(Protocol):
    """What is needed of the delivery of a published year."""

    @property
    def dataset(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def last_month(self) -> str: ...


def published_year(deliveries: Sequence[Publication], study: Study) -> tuple[str, date] | None:
    """Fingerprint and last day of the published year that ends last without ending after the eligibility date, or None."""
    at = month_of(study.eligible.at)
    fitting = [d for d in deliveries if d.dataset == "qof_prevalence" and d.last_month <= at]
    if not fitting:
        return None
    chosen = max(fitting, key=lambda d: (d.last_month, d.fingerprint))
    following = month_number(chosen.last_month) + 1
    return chosen.fingerprint, date.fromordinal(date(following // 12, following % 12 + 1, 1).toordinal() - 1)


def register_counts(
    registers: ir.Table, registrations: ir.Table, prevalence: ir.Table, *, study: Study, publication: str, on: date
) -> pd.DataFrame:
    """practice, register, delivered, published (int64) of the compared practices and listed registers; sorted.

    delivered : people entered by the practice, on the register and registered there on the day `on`. published : REGISTER of
    the publication with that fingerprint; a practice that did not submit is left out. registers, registrations :
    tables.REGISTERS and REGISTRATIONS; prevalence : `pipeline.cleaning.qof.PREVALENCE`.
    """
    compared = [*study.arms.intervention, *study.arms.control]
    there = (
        registrations.filter(
            registrations.practice.isin(compared),
            registrations.start.notnull() & (registrations.start <= on),
            registrations.end.isnull() | (registrations.end >= on),
        )
        .select("person", "practice")
        .distinct()
    )
    held = registers.filter(
        registers.register.isin(study.eligible.registers),
        registers.start.notnull() & (registers.start <= on),
        registers.end.isnull() | (registers.end >= on),
    )
    delivered = (
        held.inner_join(there, ["person", "practice"])
        .group_by(["practice", "register"])
        .agg(delivered=ibis._.person.nunique().cast("int64"))
        .execute()
    )
    published = prevalence.filter(
        prevalence.publication == publication,
        prevalence.practice.isin(compared),
        prevalence.register.isin(study.eligible.registers),
        prevalence.patients.notnull(),
    )
    stated = published.group_by(["practice", "register"]).agg(published=ibis._.patients.max().cast("int64")).execute()
    both = stated.merge(delivered, on=["practice", "register"], how="left")
    both["delivered"] = both["delivered"].fillna(0).astype("int64")
    return both[["practice", "register", "delivered", "published"]].sort_values(["practice", "register"], ignore_index=True)


def check(counts: pd.DataFrame | None, *, arm_of: Mapping[str, str], value: Valuation) -> list[Finding]:
    """Findings on registers that nobody, a practice or an arm lacks; one that passes, or says how much could be hidden.

    counts : `register_counts`; None or empty where nothing was published for the practices.
    """
    if counts is None or counts.empty:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="No published QOF register sizes of the practices at or before the eligibility date: a register that "
                "was "
                "extracted incompletely, and with it part of the eligible, cannot be told. Remedy: deliver qof_prevalence.",
            )
        ]
    found, rest = _nobody(counts, arm_of, value)
    compared = ratios(rest, arm_of)
    for ratio in compared:
        if ratio.low > 0 or ratio.high < 0:
            found.append(_apart(ratio, value))
    quiet = [ratio for ratio in compared if ratio.low <= 0 <= ratio.high]
    return [*found, *_quiet(quiet, counts, found, value)]


def _nobody(counts: pd.DataFrame, arm_of: Mapping[str, str], value: Valuation) -> tuple[list[Finding], pd.DataFrame]:
    """Findings on registers of which practices deliver nobody though people are published; and the other rows."""
    found: list[Finding] = []
    register, names = pd.factorize(counts["register"], sort=True)
    delivered, published = (counts[name].to_numpy(dtype=float) for name in ("delivered", "published"))
    dropped = np.zeros(len(counts), dtype=bool)
    for r, name in enumerate(names):
        mine = register == r
        others = mine & (delivered > 0)
        # where nobody delivers anybody on it, other ages are no explanation
        outside = max(1 - delivered[others].sum() / published[others].sum(), 0.0) if published[others].sum() else 0.0
        bare = mine & (delivered == 0) & (published > 0) & (np.power(outside, published) < NOBODY)
        if bare.any():
            dropped |= bare
            found.append(_missing(str(name), counts[bare], counts, arm_of, value))
    return found, counts[~dropped]


def _missing(register: str, bare: pd.DataFrame, counts: pd.DataFrame, arm_of: Mapping[str, str], value: Valuation) -> Finding:
    practices = sorted(bare["practice"])
    arms = sorted({arm_of[practice] for practice in practices})
    pounds = Range(0.0, 0.0, 0.0)
    for arm in arms:
        theirs = [practice for practice in practices if arm_of[practice] == arm]
        published = float(bare.loc[bare["practice"].isin(theirs), "published"].sum())
        pounds = _plus(pounds, _worth(arm, published / max(_published(counts, arm_of, arm), 1.0), value))
    verdict: FindingVerdict = "fail" if pounds.worst > value.materiality_gbp else "inform"
    rest = len(practices) - NAMED
    where = ", ".join(practices[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
    of = f"the {arms[0]} practices" if len(arms) == 1 else "practices of both arms"
    return Finding(
        check=CHECK,
        verdict=verdict,
        arm=arms[0] if len(arms) == 1 else None,
        message=f"Register {register}: nobody was delivered for {len(practices)} of {of} ({where}) for which people are "
        f"published; this {value.moves(pounds)}.",
        question_for_supplier=f"qof_register holds nobody on register {register} at {where}, and published QOF figures do. Was "
        "the register, or were these practices' entries, left out of the extract?",
        **value.columns(pounds),
    )


def _apart(ratio: Ratio, value: Valuation) -> Finding:
    """The arm with fewer delivered of its published people is the one that lacks; the other may as well hold too many."""
    lacking, other = COMPARED if ratio.lost > 0 else COMPARED[::-1]
    nearest, lost = min(abs(ratio.low), abs(ratio.high)), abs(ratio.lost)
    pounds, least = (
        _worth(lacking, lost * ratio.weight[lacking], value),
        _worth(lacking, nearest * ratio.weight[lacking], value),
    )
    verdict: FindingVerdict = "fail" if least.worst > value.materiality_gbp else "inform"
    ends = sorted((nearest, max(abs(ratio.low), abs(ratio.high))))
    return Finding(
        check=CHECK,
        verdict=verdict,
        arm=lacking,
        message=f"Register {ratio.register}: of as many published people the {lacking} practices deliver "
        f"{number(100 * lost, 1)}% "
        f"fewer than the {other} practices ({number(100 * ends[0], 1)} to {number(100 * ends[1], 1)}% beyond what practices "
        "differ "
        f"by among themselves); this {value.moves(pounds)}.",
        question_for_supplier=f"Is register {ratio.register} of the {lacking} practices complete in qof_register, or does "
        "that of "
        f"the {other} practices hold people who were never on it? Which codes, ages and practices were extracted?",
        **value.columns(pounds),
    )


def _quiet(compared: Sequence[Ratio], counts: pd.DataFrame, found: Sequence[Finding], value: Valuation) -> list[Finding]:
    if not compared:
        return [] if found else [_uncompared()]
    worst = max(compared, key=lambda ratio: reach(ratio) * max(ratio.weight.values()))
    names = ", ".join(ratio.register for ratio in compared)
    hidden = _worth(COMPARED[0], reach(worst) * worst.weight[COMPARED[0]], value)
    return [
        Finding(
            check=CHECK,
            verdict="pass" if hidden.worst <= value.materiality_gbp else "undetermined",
            message=f"Registers {names}: published and delivered people stand in the same ratio in both arms, as far as "
            "practices "
            f"can show it. A register of one arm that lacks less than {number(100 * reach(worst), 0)}% ({worst.register}) may "
            "not "
            f"have been seen; people so left out {value.moves(hidden).replace('moves', 'would move', 1)}.",
            **value.columns(hidden),
        )
    ]


def _uncompared() -> Finding:
    return Finding(
        check=CHECK,
        verdict="undetermined",
        message="Too few practices of either arm have both published and delivered register sizes for their ratios to be "
        "compared.",
    )


def _published(counts: pd.DataFrame, arm_of: Mapping[str, str], arm: str) -> float:
    return float(counts.loc[counts["practice"].map(dict(arm_of)) == arm, "published"].sum())


def _worth(arm: str, share: float, value: Valuation) -> Range:
    """People wrongly in or out of an arm: what that does to the difference is bound by the largest plausible share."""
    each = [value.of_share(stream, arm, 0.0, share) for stream in STREAMS]
    return Range(0.0, sum(one.low for one in each), sum(one.high for one in each))


def _plus(one: Range, other: Range) -> Range:
    return Range(one.point + other.point, one.low + other.low, one.high + other.high)
