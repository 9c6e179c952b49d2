"""Rows that carry no price, by arm: they cost nothing in a comparison that they were part of.

Belongs here: the unpriced share of the extract before and after launch. Does not belong here: the contract's ceiling on it
(`completeness`), prices themselves (`pipeline.pricing`).

A row without a price is worth what a priced one of its kind cost before launch: a department of type 3 has one flat price and
needs no currency, so that what has lost its currency in A&E is dearer than the mean attendance.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import CodedRows, coded_alike
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import Loss, fault_columns, losses_of, sampled_verdict, sampled_worth
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import month
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "pricing"


def losses_of_price(extract: pd.DataFrame, *, arm_of: Mapping[str, str], window: Window) -> dict[tuple[str, str], Loss]:
    """(stream, arm) -> rows without a price, and what they are worth by kind.

    extract : practice, month, stream, provider, rows, unpriced_rows (ungroupable, no national price or missing), cost_pence,
    and pod and department_type where kinds are told apart.
    """
    cells = extract.assign(
        arm=extract["practice"].map(dict(arm_of)), whole=extract["rows"], kept=extract["rows"] - extract["unpriced_rows"]
    )
    rows, pence = coded_alike(cells, window, (("whole", "kept"), ("cost_pence", "cost_pence")))
    c = rows.columns
    key = rows.stream * len(c.kinds) + c.kind
    size = len(STREAMS) * len(c.kinds)
    spent, priced = (np.bincount(key[c.before], figure[c.before], size) for figure in (pence.columns.whole, c.kept))
    price = np.divide(spent, priced, out=np.zeros(size), where=priced > 0)[key]
    # thousandths of a penny are whole numbers far below 2**53: their sums are exact in any order
    worth = replace(c, whole=np.round(c.whole * price * 1000), kept=np.round(c.kept * price * 1000))
    return losses_of(rows, window, CodedRows(rows.stream, rows.arm, worth), exact={})


def check(lost: Mapping[tuple[str, str], Loss], *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and arm: the share without a price, and what the arms' difference in its step is worth.

    lost : `losses_of_price` of the extract.
    """
    found: list[Finding] = []
    for loss in lost.values():
        pounds = sampled_worth(loss, value)
        verdict = sampled_verdict(pounds, value.materiality_gbp, loss)
        words = STREAM_NAMES[loss.stream]
        there = loss.whole_after or loss.whole_before
        found.append(
            Finding(
                check=CHECK,
                verdict=verdict,
                message=f"{opening(loss.stream, loss.arm)}: {100 * loss.after:.2f}% of rows carry no price in "
                f"{window.contract_year} and "
                f"{100 * loss.before:.2f}% in the baseline; what the other arm does not share {value.moves(pounds)}."
                if there
                else f"{opening(loss.stream, loss.arm)}: no rows to price; completeness judges that.",
                question_for_supplier=None
                if verdict in ("pass", "undetermined")
                else f"More {words} rows of the {loss.arm} practices carry no usable HRG "
                f"{'than of the others' if loss.is_gross else 'than before'}, from {month(loss.first_month)} to "
                f"{month(loss.last_month)}. Was the grouper run on them, and can they be delivered grouped?",
                **fault_columns(loss, verdict),
                **value.columns(pounds),
            )
        )
    return found
