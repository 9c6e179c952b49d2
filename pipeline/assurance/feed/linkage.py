"""Rows that could not be linked to a person, by arm: they can never be anybody's cost.

Belongs here: linked rows / rows of the feed. Does not belong here: rows linked and then left out (`routes`).
"""

import pandas as pd

from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import fault_columns, losses, sampled_verdict, sampled_worth
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import month
from pipeline.vocabulary import STREAM_NAMES

CHECK = "linkage"


def check(feed: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and arm: the share linked, and what a difference of arms is worth.

    feed : practice, month, stream, provider, population, rows, rows_linked. All people are judged, since an unlinked row
    cannot be known to be an eligible person's; where they were not delivered, the two parts stand in.
    """
    whole = feed[feed["population"] == "all"] if (feed["population"] == "all").any() else feed
    if whole.empty or whole["rows_linked"].isna().all():
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="The aggregates do not say how many rows were linked to a person. Remedy: ask for ROWS_LINKED in "
                "practice_activity.",
            )
        ]
    cells = whole.assign(
        arm=whole["practice"].map(arm_of), whole=whole["rows"], kept=whole["rows_linked"].fillna(0).astype("int64")
    )
    found: list[Finding] = []
    for loss in losses(cells, window).values():
        pounds = sampled_worth(loss, value)
        verdict = sampled_verdict(pounds, value.materiality_gbp, loss)
        words = STREAM_NAMES[loss.stream]
        found.append(
            Finding(
                check=CHECK,
                verdict=verdict,
                message=f"{opening(loss.stream, loss.arm)}: {100 * (1 - loss.after):.2f}% of rows are linked to a person in "
                f"{window.contract_year} "
                f"and {100 * (1 - loss.before):.2f}% in the baseline; what the other arm does not share {value.moves(pounds)}."
                if loss.whole_after or loss.whole_before
                else f"{opening(loss.stream, loss.arm)}: no rows to link; completeness judges that.",
                question_for_supplier=None
                if verdict in ("pass", "undetermined")
                else f"Linkage of {words} rows of the {loss.arm} practices "
                f"{'is not that of the other arm' if loss.is_gross else 'changed'} "
                f"({month(loss.first_month)} to {month(loss.last_month)}). Which key or tracing step differs, and can the "
                "rows be "
                "linked again?",
                **fault_columns(loss, verdict),
                **value.columns(pounds),
            )
        )
    return found
