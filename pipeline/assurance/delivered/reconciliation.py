"""A recount of pricing: the supplier's cost column against the study's own prices on the same rows.

Belongs here: supplier's pounds / our pounds by stream, arm and month. Does not belong here: rows without a price (`unpriced`).

The study is paid on its own prices, so a wrong cost column moves no estimate; it shows that the two sides do not hold the same
rows to be the same care, and whoever reports from that column reports another saving. Where the codes are what is wrong, the
study's prices are moved by as much the other way: `route_costs` can tell the two apart. A difference alike in both arms and all
years (another price base) has no pounds; a gross one (pence for pounds) informs.

Where the protocol's fall-back values rows at a mean, the two are not prices of the same care. Where they are few they are left
out. Where they are many (a year of another grouper), which codes stand behind a mean is chance, so the noise of practices
widens the range and the verdict may be open.

The supplier's tariff may change from year to year, alike for everybody. Arms whose cost falls into other years of the baseline
would differ by that alone, so each arm's years are weighed as those of both arms together.
"""

from dataclasses import replace

import pandas as pd

from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import (
    Loss,
    deterministic_verdict,
    fault_columns,
    losses,
    sampled_verdict,
    sampled_worth,
    worth,
)
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.calendar import financial_year
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "reconciliation"

#: no price base differs by a factor of two: beyond it even what is alike in both arms and all years deserves a word
GROSS = 0.5

#: part of a stream's rows valued at a mean beyond which its prices are sampled: more than the rows that never have a price
AT_MEANS = 0.05


def check(extract: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and arm; `not_evaluated` for a stream whose cost column is filled for nobody.

    extract : practice, month, stream, provider, rows, cost_pence, supplier_rows, supplier_cost_pence and, where there is a
    fall-back, fallback_rows, fallback_pence and fallback_supplier_pence (`routes.extract_counts`).
    """
    judged = extract[extract["month"].isin(window.judged)]
    filled = judged.groupby("stream")["supplier_rows"].sum()
    at_means = _at_means(judged)
    cells = extract.assign(
        arm=extract["practice"].map(arm_of), whole=extract["cost_pence"], kept=extract["supplier_cost_pence"]
    )
    if "fallback_pence" in extract.columns:
        few = ~cells["stream"].isin(at_means)
        cells["whole"] -= cells["fallback_pence"].where(few, 0)
        cells["kept"] -= cells["fallback_supplier_pence"].where(few, 0)
    found: list[Finding] = []
    by_key = losses(_years_alike(cells), window)
    for stream in STREAMS:
        if not filled.get(stream, 0):
            found.append(
                Finding(
                    check=CHECK,
                    verdict="not_evaluated",
                    stream=stream,
                    message=f"{opening(stream)}: the supplier filled no cost column, so the study's pricing has "
                    "nothing to be "
                    "recounted against. Remedy: ask for COST_GBP, or leave reconciliation out of the required checks.",
                )
            )
            continue
        found += [_finding(loss, stream in at_means, window, value) for (of, _), loss in by_key.items() if of == stream]
    return found


def _at_means(judged: pd.DataFrame) -> set[str]:
    """Streams of whose rows in these months more than AT_MEANS are valued at a mean of the fall-back."""
    if "fallback_rows" not in judged.columns:
        return set()
    sums = judged.groupby("stream")[["rows", "fallback_rows"]].sum()
    return set(sums.index[sums["fallback_rows"] > AT_MEANS * sums["rows"]])


def _years_alike(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with each arm's pence spread over financial years as those of all arms together, stream by stream."""
    year = cells["month"].map({month: financial_year(month) for month in cells["month"].unique()})
    keyed = cells.assign(year=year)
    of_stream = keyed.groupby("stream")["whole"].transform("sum")
    of_year = keyed.groupby(["stream", "year"])["whole"].transform("sum")
    of_arm = keyed.groupby(["stream", "arm"])["whole"].transform("sum")
    own = keyed.groupby(["stream", "arm", "year"])["whole"].transform("sum")
    known = (of_stream > 0) & (of_arm > 0) & (own > 0)
    weight = ((of_year / of_stream) / (own / of_arm)).where(known, 1.0)
    return cells.assign(**{name: (cells[name] * weight).round().astype("int64") for name in ("whole", "kept")})


def _finding(loss: Loss, at_means: bool, window: Window, value: Valuation) -> Finding:
    level = max(loss.after, loss.before, key=abs)
    if at_means and abs(level) < GROSS:
        pounds = sampled_worth(replace(loss, common_step=0.0), value)  # what both arms share moves nobody's price here
        verdict = sampled_verdict(pounds, value.materiality_gbp, loss)
    else:
        pounds = worth(replace(loss, common_step=0.0), value)
        verdict = deterministic_verdict(pounds, value.materiality_gbp, level if abs(level) >= GROSS else loss.step)
    words = STREAM_NAMES[loss.stream]
    message = (
        f"{opening(loss.stream, loss.arm)}: the supplier's cost column comes to {_ratio(loss.after)} of the study's own "
        f"pricing in {window.contract_year} and {_ratio(loss.before)} in the baseline"
    )
    if not loss.whole_after and not loss.whole_before:
        message = (
            f"{opening(loss.stream, loss.arm)}: nothing was priced, so there is nothing to recount; completeness and "
            "pricing judge that"
        )
    elif verdict == "undetermined":
        message += (
            ". Means of the fall-back stand in for prices there, so that this may be chance; on the supplier's column it "
            f"{value.moves(pounds)}"
        )
    elif verdict != "pass":
        message += (
            f". On the supplier's column this is a fault {value.words(pounds)}; the study's own prices, on which payment "
            "rests, are not moved by it unless the codes on the rows are what is wrong"
        )
    question = None
    if verdict not in ("pass", "undetermined"):
        when = f" {from_to(loss.first_month, loss.last_month)}" if loss.first_month else ""
        whom = f" at provider {loss.provider}" if loss.provider else ""
        question = (
            f"COST_GBP of {words} rows of the {loss.arm} practices{when}{whom} does not agree with national prices for the "
            "HRGs on the same rows. Was it left at zero, given in pence or priced by another rule, or were codes, dates or "
            "spell numbers of these rows changed?"
        )
    return Finding(
        check=CHECK,
        verdict=verdict,
        message=f"{message}.",
        question_for_supplier=question,
        **fault_columns(loss, verdict),
        **value.columns(pounds),
    )


def _ratio(lost: float) -> str:
    if lost <= -1:
        return "pounds where there are none"
    return f"{100 * (1 - lost):.2f}%" if lost >= 0 else f"{100 / (1 + lost):.2f}%"
