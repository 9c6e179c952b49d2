"""Rows that carry no price, by arm: they cost nothing in a comparison that they were part of.

Belongs here: the unpriced share of the extract before and after launch. Does not belong here: the contract's ceiling on it
(`completeness`), prices themselves (`pipeline.pricing`).

A row without a price is worth what a priced one of its kind cost before launch: a department of type 3 has one flat price and
needs no currency, so that what has lost its currency in A&E is dearer than the mean attendance.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.assurance.coded import COMPARED, coded
from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Valuation
from pipeline.assurance.shares import Loss, fault_columns, losses_of, sampled_verdict, sampled_worth
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import month
from pipeline.vocabulary import STREAM_NAMES

CHECK = "pricing"


def losses_of_price(extract: pd.DataFrame, *, arm_of: Mapping[str, str], window: Window) -> dict[tuple[str, str], Loss]:
    """(stream, arm) -> rows without a price, and what they are worth by kind.

    extract : practice, month, stream, provider, rows, unpriced_rows (ungroupable, no national price or missing), cost_pence,
    and pod and department_type where kinds are told apart.
    """
    arm = extract["practice"].astype("str").map(dict(arm_of))
    cells = extract.assign(arm=arm, whole=extract["rows"], kept=extract["rows"] - extract["unpriced_rows"])
    kinds = [name for name in ("stream", "pod", "department_type") if name in cells]
    early = cells["month"].isin(window.before) & cells["arm"].isin(COMPARED)
    usual = cells[early].groupby(kinds, observed=True)[["cost_pence", "kept"]].sum()
    price = cells[kinds].merge((usual["cost_pence"] / usual["kept"]).rename("price").reset_index(), on=kinds, how="left")[
        "price"
    ]
    known = np.nan_to_num(price.to_numpy(dtype=float), nan=0.0, posinf=0.0)
    # thousandths of a penny are whole numbers far below 2**53: their sums are exact in any order
    cost = cells.assign(**{name: np.round(cells[name].to_numpy(dtype=float) * known * 1000) for name in ("whole", "kept")})
    return losses_of(coded(cells, window), window, coded(cost, window), exact={})


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
