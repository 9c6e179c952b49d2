"""The same rows priced by two routes: the study's prices of the extract against COST_GBP of the aggregates.

Belongs here: cost a row in the extract / cost a row in the feed, of the eligible. Does not belong here: how many rows either
holds (`routes`), the cost column on the rows themselves (`reconciliation`).

The aggregates carry the study's constant prices and were drawn before anybody touched the extract. Codes changed afterwards (a
method of admission, an HRG, a department type), spells split or joined, a tariff or a market forces factor that is not the
agreed one: all leave the rows in place and move their price.
"""

from dataclasses import replace

import pandas as pd

from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Valuation
from pipeline.assurance.shares import Loss, deterministic_verdict, fault_columns, losses, worth
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES

CHECK = "routes"
_CELL = ["practice", "month", "stream", "provider"]


def check(
    extract: pd.DataFrame, feed: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation
) -> list[Finding]:
    """One finding a stream and arm; none where the aggregates carry no cost of a stream at all.

    extract : practice, month, stream, provider, rows, cost_pence. feed : the same of the eligible population.
    """
    both = (
        feed.groupby(_CELL)[["rows", "cost_pence"]]
        .sum()
        .join(extract.groupby(_CELL)[["rows", "cost_pence"]].sum(), how="inner", lsuffix="_feed", rsuffix="_extract")
        .reset_index()
    )
    # rows that one route lacks are judged by `routes`: here the extract is taken at the feed's number of rows
    scaled = both["cost_pence_extract"] * both["rows_feed"] / both["rows_extract"]
    cells = both[_CELL].assign(
        arm=both["practice"].map(arm_of), whole=both["cost_pence_feed"], kept=scaled.round().astype("int64")
    )
    valued = set(cells.loc[cells["whole"] > 0, "stream"])
    return [_finding(loss, window, value) for loss in losses(cells, window).values() if loss.stream in valued]


def _finding(loss: Loss, window: Window, value: Valuation) -> Finding:
    # what both arms share is in no difference, but a wrong price list scales the effect itself: the whole level is the reach
    pounds = worth(replace(loss, own_level=loss.before), value, shrinks_effect=False)
    verdict = deterministic_verdict(pounds, value.materiality_gbp, max(loss.after, loss.before, key=abs))
    message = (
        f"{opening(loss.stream, loss.arm)}: the study's prices of the extract come to {_percent(loss.after)} of the "
        f"aggregates' cost for as many rows in {window.contract_year} and to {_percent(loss.before)} in the baseline"
    )
    question = None
    if verdict != "pass":
        message += f"; if the extract or its prices are what is wrong, this {value.moves(pounds)}"
        when = f" {from_to(loss.first_month, loss.last_month)}" if loss.first_month else ""
        whom = f" at provider {loss.provider}" if loss.provider else ""
        question = (
            f"{opening(loss.stream)} rows of the {loss.arm} practices{when}{whom} price otherwise than COST_GBP of "
            f"practice_activity. Which codes of the {STREAM_NAMES[loss.stream]} extract (HRG, admission, department, provider, "
            "dates, spell numbers), which price list, or which aggregates were changed after the two were drawn?"
        )
    return Finding(
        check=CHECK,
        verdict=verdict,
        message=f"{message}.",
        question_for_supplier=question,
        **fault_columns(loss, verdict),
        **value.columns(pounds),
    )


def _percent(lost: float) -> str:
    if lost <= -1:
        return "pounds where there are none"
    return f"{100 * (1 - lost):.2f}%" if lost >= 0 else f"{100 / (1 + lost):.2f}%"
