"""The same rows counted by two routes: person-level extract against aggregates drawn from the feed before selection.

Belongs here: counting the extract like the feed, and judging rows in the extract / rows in the feed.
Does not belong here: rows that both routes lack (`completeness`, `reference`).

The ratio is the same whatever the programme did, so it may be read after launch; the counts themselves may not be shown.
"""

import ibis
import ibis.expr.types as ir

from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import Loss, counted_twice_verdict, fault_columns, losses_of, worth
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes.route_cells import RouteCells
from pipeline.assurance.two_routes.two_counts import TwoCounts
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES

CHECK = "routes"
GRAIN = ("practice", "month", "stream", "pod", "department_type", "provider")

#: rows whose price should be there and is not; out_of_scope has none by rule
UNPRICED_STATES = ("ungroupable", "no_price", "missing")


def extract_counts(priced: ir.Table, people: ir.Table) -> ir.Table:
    """Rows of eligible people counted as the feed counts them (grain: GRAIN).

    priced : tables.PRICED_ACTIVITY. people : tables.PEOPLE. Counted under the baseline practice, whatever the later
    registration; rows without a month (unfinished spells) are not counted. Columns rows, people (distinct, of the cell, hence
    never to be added up over cells), cost_pence, unpriced_rows, supplier_rows (rows on which the supplier's cost column is
    filled), supplier_cost_pence, and of them those valued at a mean
    and not by the price list: fallback_rows, fallback_pence, fallback_supplier_pence: int64.
    """
    mine = priced.filter(priced.month.notnull()).inner_join(people.select("person", baseline="practice"), "person")
    state = mine.price_state
    at_mean = (state == "fallback").fill_null(False)
    return (
        mine.mutate(practice=mine.baseline, department_type=mine.department_type.fill_null(""))
        .group_by(list(GRAIN))
        .agg(
            rows=ibis._.count().cast("int64"),
            people=ibis._.person.nunique().cast("int64"),
            cost_pence=ibis._.price_pence.fill_null(0).sum().cast("int64"),
            unpriced_rows=state.isin(UNPRICED_STATES).cast("int64").sum().cast("int64"),
            fallback_rows=at_mean.cast("int64").sum().cast("int64"),
            fallback_pence=ibis.ifelse(at_mean, mine.price_pence, 0).fill_null(0).sum().cast("int64"),
            fallback_supplier_pence=ibis.ifelse(at_mean, mine.supplier_cost_pence, 0).fill_null(0).sum().cast("int64"),
            supplier_rows=ibis._.supplier_cost_pence.count().cast("int64"),
            supplier_cost_pence=ibis._.supplier_cost_pence.fill_null(0).sum().cast("int64"),
        )
    )


def check(both: TwoCounts, cells: RouteCells, *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and arm: the ratio of routes over the contract year against the baseline.

    Where none of them alone is material and all together are, one more says so.

    both : `extract_counts` against the eligible population's rows of the feed. Where either does not tell points of delivery
    apart, none is named. cells : `route_cells` of it: rows lost or added are worth their own pence where the feed has any.
    """
    counted = losses_of(both.coded(both.feed_rows, both.extract_rows), window, cells.lacking())
    found = {key: (loss, _finding(loss, window, value)) for key, loss in counted.items()}
    return [finding for _, finding in found.values()] + _together(found, value)


def _together(found: "dict[tuple[str, str], tuple[Loss, Finding]]", value: Valuation) -> list[Finding]:
    """The sum over streams and arms, where it is material and no part of it is."""
    if any(finding.verdict == "fail" for _, finding in found.values()):
        return []
    parts = [worth(loss, value) for loss, _ in found.values()]
    pounds = Range(sum(p.point for p in parts), sum(p.low for p in parts), sum(p.high for p in parts))
    if pounds.worst <= value.materiality_gbp:
        return []
    off = [finding for _, finding in found.values() if finding.verdict == "inform"]
    arms = sorted({str(finding.arm) for finding in off})
    months = sorted(str(month) for finding in off for month in (finding.first_month, finding.last_month) if month)
    first, last = (months[0], months[-1]) if months else (None, None)
    when = f" {from_to(first, last)}" if first else ""
    return [
        Finding(
            check=CHECK,
            verdict="fail",
            arm=arms[0] if len(arms) == 1 else None,
            first_month=first,
            last_month=last,
            message=f"All streams together: no stream's difference of routes is material by itself, all of them are{when}, "
            f"{value.words(pounds)}.",
            question_for_supplier=f"Person-level extract and activity aggregates differ in several streams "
            f"({' and '.join(arms)} practices){when}. Do the two rest on the same people, registrations and months?",
            **value.columns(pounds),
        )
    ]


def _finding(loss: Loss, window: Window, value: Valuation) -> Finding:
    pounds = worth(loss, value)
    verdict = counted_twice_verdict(pounds, value.materiality_gbp, loss)
    seen = verdict in ("fail", "inform")
    stream = STREAM_NAMES[loss.stream]
    if not loss.whole_after and not loss.whole_before and not loss.gap_after and not loss.gap_before:
        message = (
            f"{opening(loss.stream, loss.arm)}: neither route delivered a row, so there is no ratio; completeness judges that."
        )
    else:
        only = f" Nearly all of the difference lies in {loss.kind}." if seen and loss.kind else ""
        message = (
            f"{opening(loss.stream, loss.arm)}: the extract holds {_percent(loss.after)} of the rows that the feed counts "
            "for the same "
            f"eligible people in {window.contract_year}, and {_percent(loss.before)} in the baseline, {value.words(pounds)}."
            f"{only}"
        )
    question = None
    if seen:
        what = f"{stream} rows ({loss.kind})" if loss.kind else f"{stream} rows"
        from_whom = f" from provider {loss.provider}" if loss.provider else ""
        when = f" discharged, arriving or seen {from_to(loss.first_month, loss.last_month)}" if loss.first_month else ""
        extract, feed = "person-level extract", "activity aggregates"
        lack, other = (extract, feed) if loss.level > 0 else (feed, extract)
        question = (
            f"Your {lack} lack {what}{from_whom} for eligible patients of the {loss.arm} practices{when} that your "
            f"{other} hold. Which selection, linkage or file left them out, and can you deliver the missing rows?"
        )
    return Finding(
        check=CHECK,
        verdict=verdict,
        message=message,
        question_for_supplier=question,
        **fault_columns(loss, verdict),
        **value.columns(pounds),
    )


def _percent(lost: float) -> str:
    if lost <= -1:
        return "rows where there are none"
    return f"{100 * (1 - lost):.2f}%" if lost >= 0 else f"{100 / (1 + lost):.2f}%"
