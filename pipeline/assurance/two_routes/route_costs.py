"""The same rows priced by two routes: the study's prices of the extract against COST_GBP of the aggregates.

Belongs here: cost a row in the extract / cost a row in the feed, of the eligible. Does not belong here: how many rows either
holds (`routes`), the cost column on the rows themselves (`reconciliation`).

The aggregates carry the study's constant prices and were drawn before anybody touched the extract. Codes changed afterwards (a
method of admission, an HRG, a department type), spells split or joined, a tariff or a market forces factor that is not the
agreed one: all leave the rows in place and move their price.
"""

from dataclasses import replace

import numpy as np

from pipeline.assurance.arithmetic.coded import COMPARED
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import (
    Loss,
    counted_twice_verdict,
    fault_columns,
    losses_of,
    sampled_verdict,
    sampled_worth,
    worth,
)
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes.route_cells import RouteCells
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "routes"


def check(cells: RouteCells, *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and arm; none where the aggregates carry no cost of a stream at all.

    Cells with another number of rows would compare other rows with each other: which ones are lacking is chance, and would look
    like a price. Only where too few others are left (rows were split, say) do they stand in, taken at the feed's number of
    rows, and then with the noise of practices and without pounds: those of `routes` hold everything that differs.
    """
    asked = cells.asked()
    rows, pence = cells.feed_rows, cells.feed_pence
    scaled = np.divide(cells.extract_pence * rows, cells.extract_rows, out=np.zeros_like(pence), where=asked)
    compared = cells.by_stream.coded(np.where(asked, pence, 0.0), np.round(scaled).astype(float))
    found = losses_of(compared, window, exact=cells.exact)
    valued = {stream for s, stream in enumerate(STREAMS) if pence[:, :, s][asked[:, :, s]].any()}
    return [
        _not_valued(loss, window) if _has_rows_without_cost(loss, cells) else _finding(loss, cells.exact[key], window, value)
        for key, loss in found.items()
        if loss.stream in valued
    ]


def _has_rows_without_cost(loss: Loss, cells: RouteCells) -> bool:
    """Whether the feed holds rows of that stream and arm in the contract year, and no pence of any."""
    mine, s = cells.by_stream.arm == COMPARED.index(loss.arm), STREAMS.index(loss.stream)
    rows = cells.feed_rows[mine][:, cells.by_stream.after, s]
    return bool(rows.any()) and not loss.whole_after and not loss.gap_after


def _not_valued(loss: Loss, window: Window) -> Finding:
    stream = STREAM_NAMES[loss.stream]
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=loss.stream,
        arm=loss.arm,
        message=f"{opening(loss.stream, loss.arm)}: the aggregates carry no cost of these rows in {window.contract_year}, "
        "so that the study's prices of them are not counted a second time.",
        question_for_supplier=f"COST_GBP of the {stream} rows of the {loss.arm} practices is empty in practice_activity "
        f"for {window.contract_year}. Can it be filled at the study's constant prices, its fall-back included?",
    )


def _finding(loss: Loss, exact: bool, window: Window, value: Valuation) -> Finding:
    # what both arms share is in no difference, but a wrong price list scales the effect itself: the whole level is the reach
    levelled = replace(loss, own_level=loss.cost_before)
    if exact:
        pounds = worth(levelled, value)
        verdict = counted_twice_verdict(pounds, value.materiality_gbp, loss)
    else:
        pounds = sampled_worth(levelled, value)
        verdict = sampled_verdict(pounds, value.materiality_gbp, loss)
    message = (
        f"{opening(loss.stream, loss.arm)}: the study's prices of the extract come to {_percent(loss.after)} of the "
        f"aggregates' cost for as many rows in {window.contract_year} and to {_percent(loss.before)} in the baseline"
    )
    question = None
    if verdict == "undetermined":
        message += " (the rows are not the same, so that this may be chance)"
    elif verdict != "pass":
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
        **(value.columns(pounds) if exact else {}),
    )


def _percent(lost: float) -> str:
    if lost <= -1:
        return "pounds where there are none"
    return f"{100 * (1 - lost):.2f}%" if lost >= 0 else f"{100 / (1 + lost):.2f}%"
