"""Rows that carry no price, by arm: they cost nothing in a comparison that they were part of.

Belongs here: the unpriced share of the extract before and after launch. Does not belong here: the contract's ceiling on it
(`completeness`), prices themselves (`pipeline.pricing`).
"""

import pandas as pd

from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Valuation
from pipeline.assurance.shares import fault_columns, losses, sampled_verdict, sampled_worth
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import month
from pipeline.vocabulary import STREAM_NAMES

CHECK = "pricing"


def check(extract: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and arm: the share without a price, and what the arms' difference in its step is worth.

    extract : practice, month, stream, provider, rows, unpriced_rows (ungroupable, no national price or missing).
    """
    cells = extract.assign(
        arm=extract["practice"].map(arm_of), whole=extract["rows"], kept=extract["rows"] - extract["unpriced_rows"]
    )
    found: list[Finding] = []
    for loss in losses(cells, window).values():
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
