"""From effect to payment: what each clause does to the amount, as a waterfall.

Belongs here: the steps of `payment.clauses` as bars. Does not belong here: applying them (`pipeline.settlement.payment`).
"""

import re
from decimal import Decimal
from textwrap import fill
from typing import Any

from reports import wording
from reports.figures.drawing import ARM_STYLES, INK, QUIET, Drawing, canvas, finish

#: a row's name breaks after so many letters
LETTERS = 26


def _label(step: dict[str, Any]) -> str:
    """'clause 7.2: 35% of the saving is paid', without what stands in brackets or after a semicolon."""
    says = re.split(r"[(;]", step["says"])[0].strip()
    return fill(f"clause {step['clause']}: {says}".replace(".00", ""), LETTERS)


def waterfall(result: dict[str, Any]) -> Drawing | None:
    """None when no clause has been applied. One row a clause from top to bottom; those that change nothing share one."""
    steps = [s for s in result["payment"]["clauses"] if s["before_gbp"] is not None and s["after_gbp"] is not None]
    if not steps or result["payment"]["amount_gbp"] is None:
        return None
    start, owed = Decimal(steps[0]["before_gbp"]), Decimal(steps[-1]["after_gbp"])
    rows = [("measured difference", Decimal(0), start)]
    changing = [step for step in steps if step["before_gbp"] != step["after_gbp"]]
    idle = [step["clause"] for step in steps if step["before_gbp"] == step["after_gbp"]]
    rows += [(_label(step), Decimal(step["before_gbp"]), Decimal(step["after_gbp"])) for step in changing]
    if idle:
        rows.append((fill(f"clause{'s' if len(idle) > 1 else ''} {', '.join(idle)}", LETTERS), owed, owed))
    rows.append(("owed", Decimal(0), owed))

    figure, axis = canvas(0.7 + 0.42 * len(rows))
    whole, cut = ARM_STYLES["intervention"].colour, "#b9b9b9"
    scale = max(abs(value) for _, before, after in rows for value in (before, after)) or Decimal(1)
    for place, (_, before, after) in enumerate(rows):
        total = place in (0, len(rows) - 1)
        left, width = float(min(before, after)) / 1000, float(abs(after - before)) / 1000
        axis.barh(place, width, left=left, height=0.62, color=whole if total else cut, edgecolor=INK, linewidth=0.6,
                  hatch=None if total else "///")  # fmt: skip
        if not total:
            axis.plot([float(before) / 1000] * 2, [place - 1, place + 0.31], color=QUIET, linewidth=0.8)
        change = after - before
        text = wording.about(float(after)) if total else ("no change" if change == 0 else wording.about(float(change)))
        right = float(max(before, after, Decimal(0))) / 1000
        axis.text(right + float(scale) / 1000 * 0.015, place, text, va="center", ha="left", fontsize=8.5)
    axis.axvline(0, color=INK, linewidth=0.9)
    axis.set_yticks(range(len(rows)))
    axis.set_yticklabels([label for label, _, _ in rows], fontsize=8.0)
    axis.invert_yaxis()
    axis.margins(x=0.16)
    axis.set_xlabel("£ thousand")
    title = f"Clause by clause, the measured difference of {wording.about(float(start))} becomes {wording.exact(owed)}."
    said = []
    for step in steps:
        change = Decimal(step["after_gbp"]) - Decimal(step["before_gbp"])
        said.append(f"clause {step['clause']} {'changes nothing' if change == 0 else f'changes it by {wording.exact(change)}'}")
    alt = f"{title} {wording.capital('; '.join(said))}."
    return finish(figure, name="waterfall", title=title, alt=alt)
