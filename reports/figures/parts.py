"""Where the difference comes from: fewer contacts, another mix of them, or contacts of a kind that cost less.

Belongs here: the parts of all care as bars with their intervals. Does not belong here: how a part is defined
(`pipeline.pricing.decomposition`), points of delivery (the table beside it).
"""

from typing import Any

from reports import wording
from reports.figures.drawing import ARM_STYLES, INK, Drawing, canvas, finish

#: part to the words for less cost by it, for more, and the name of its bar
PART_WORDS = {
    "volume": ("fewer contacts", "more contacts", "how many contacts"),
    "mix": ("contacts of cheaper kinds", "contacts of dearer kinds", "which kinds of contact"),
    "price": ("cheaper contacts of the same kind", "dearer contacts of the same kind", "what a contact\nof a kind costs"),
}


def parts(result: dict[str, Any]) -> Drawing | None:
    """None when the saving was not told apart."""
    split = result["decomposition"]
    if split is None:
        return None
    found = {row["part"]: row for row in split["rows"] if row["pod"] == "all" and row["part"] in PART_WORDS}
    saving = result["saving"]
    bars = [(PART_WORDS[part][2], found[part]) for part in PART_WORDS] + [("all together", saving)]
    figure, axis = canvas(0.7 + 0.42 * len(bars))
    whole, piece = ARM_STYLES["intervention"].colour, "#b9b9b9"
    for place, (_, row) in enumerate(bars):
        low, value, high = row["gbp_per_head_low"], row["gbp_per_head"], row["gbp_per_head_high"]
        last = place == len(bars) - 1
        axis.barh(place, value, height=0.62, color=whole if last else piece, edgecolor=INK, linewidth=0.6,
                  hatch=None if last else "///")  # fmt: skip
        if low is not None and high is not None:
            axis.plot([low, high], [place, place], color=INK, linewidth=1.4, marker="|", markersize=7)
        end = max(0.0, value, high if high is not None else value)
        axis.annotate(wording.pounds(value), (end, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8.5)
    axis.axvline(0, color=INK, linewidth=0.9)
    axis.set_yticks(range(len(bars)))
    axis.set_yticklabels([label for label, _ in bars], fontsize=8.0)
    axis.invert_yaxis()
    axis.margins(x=0.16)
    axis.set_xlabel("£ a head and year, to the right: less cost")
    told = [f"{_words(part, row)} ({wording.about(row['gbp_per_head'])})" for part, row in found.items()]
    title = (
        f"The measured difference of {wording.about(saving['gbp_per_head'])} a head is {', '.join(told[:-1])} and {told[-1]}."
    )
    inside = [
        f"{label.replace(chr(10), ' ')} {wording.about(row['gbp_per_head_low'])} to {wording.about(row['gbp_per_head_high'])}"
        for label, row in bars
        if row["gbp_per_head_low"] is not None
    ]
    alt = f"{title} 95% intervals, £ a head: {'; '.join(inside) or 'refused'}."
    return finish(figure, name="parts", title=title, alt=alt)


def _words(part: str, row: dict[str, Any]) -> str:
    less, more, _ = PART_WORDS[part]
    return less if row["gbp_per_head"] >= 0 else more
