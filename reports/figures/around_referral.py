"""Cost around the month of referral: people referred, eligible people in the same months, and comparators as weighted.

Belongs here: the peak that a referral follows upon. Does not belong here: any estimate.
"""

from typing import Any

from reports import wording
from reports.figures.drawing import ARM_STYLES, QUIET, Drawing, canvas, finish, mark_launch

#: series of the figure: key, words, look
LINES = (
    ("referred", "people referred", ARM_STYLES["intervention"]),
    ("matched", "comparators as weighted", ARM_STYLES["control"]),
    ("eligible", "all comparators", ARM_STYLES["wider"]),
)
MONTHS_A_QUARTER = 3


def around_referral(result: dict[str, Any]) -> Drawing | None:
    """None when the result shows nobody served."""
    served = (result.get("cohorts") or {}).get("served") or {}
    rows = [row for row in served.get("path") or [] if row["referred"] is not None]
    if not rows:
        return None
    figure, axis = canvas(2.7)
    for key, words, style in LINES:
        seen = [row for row in rows if row[key] is not None]
        if seen:
            axis.plot(
                [MONTHS_A_QUARTER * row["quarter"] + 1.5 for row in seen], [row[key] for row in seen], label=words,
                color=style.colour, linestyle=style.line, marker=style.marker, markersize=3.5,
            )  # fmt: skip
    axis.set_ylim(bottom=0)
    axis.set_xlabel("months from the month of referral")
    axis.set_ylabel("£ a head and month")
    mark_launch(axis, 0, label=False)
    axis.annotate(
        "referral", (0, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 1), textcoords="offset points",
        fontsize=8.5, va="bottom", ha="center", color=QUIET,
    )  # fmt: skip
    axis.legend(loc="lower left", fontsize=8.5, frameon=False)
    title, alt = _said(rows)
    return finish(figure, name="around_referral", title=title, alt=alt)


def _said(rows: list[dict[str, Any]]) -> tuple[str, str]:
    before = [row for row in rows if row["quarter"] < 0]
    peak = max(before or rows, key=lambda row: row["referred"])
    last = rows[-1]
    title = "People are referred after a dear spell, and cost falls back from there; so does that of weighted comparators."
    if len(before) < 2 or peak["quarter"] < -2 or peak["referred"] <= last["referred"]:
        title = "Cost around the month of referral, by quarter."
    words = [
        f"People referred cost {wording.pounds(peak['referred'])} a head and month in the dearest quarter before referral and "
        f"{wording.pounds(last['referred'])} in the last one shown."
    ]
    for key, name in (("matched", "Comparators as weighted"), ("eligible", "All comparators")):
        if peak[key] is not None and last[key] is not None:
            words.append(f"{name}: {wording.pounds(peak[key])} and {wording.pounds(last[key])} in the same quarters.")
    return title, f"{title} {' '.join(words)}"
