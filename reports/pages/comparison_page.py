"""The comparison: the event study, the pre-trend with its power, and how the method behaves on this panel.

Belongs here: what the contrast rests on. Does not belong here: other estimators of it (`other_ways_page`).
"""

from typing import Any

from reports import sentences, wording
from reports.blocks import Block, Column, Items, Picture, Section, Subheading, Table, Text
from reports.figures import Drawing

#: which rows of `sensitivity` tell how the method behaves when nothing happened, rather than another estimate
SIZE_WORDS = ("size", "placebo")

_UNDER = (
    "{}. Each quarter is set against the one quarter before launch, so that these intervals are wider than that of the paid "
    "figure, which is set against the whole baseline."
)


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    blocks: list[Block] = []
    if "event_study" in figures:
        drawing = figures["event_study"]
        blocks += [
            Picture(drawing.name, drawing.title, drawing.alt),
            Text(_UNDER.format(wording.capital(sentences.interval_label(result)))),
        ]
    else:
        shut = sentences.closed_gate(result)
        why = f"the {shut} gate is closed" if shut else "this result holds none"
        blocks.append(Text(f"No event study is shown, because {why}."))
    blocks.append(Subheading("Before launch"))
    trends = [f["message"] for f in result["gates"]["design"]["findings"] if f["check"] == "pre_trend"]
    trends += _tells(result, of_size=False)
    blocks.append(
        Items(tuple(trends)) if trends else Text("Whether the arms moved alike before launch was not evaluated here.")
    )
    primary = sentences.primary(result)
    if primary:
        blocks += [Subheading("The paid figure"), _paid(result, primary)]
    checks = _tells(result, of_size=True)
    blocks.append(Subheading("How the method behaves when nothing happened"))
    missing = Text("Not evaluated here: this result holds no size check on placebo dates.")
    blocks.append(Items(checks) if checks else missing)
    return Section("comparison", "The comparison", tuple(blocks))


def is_told(row: dict[str, Any]) -> bool:
    """Whether a row of `sensitivity` has no estimate of its own but a sentence about the method: it is told on this page."""
    return row.get("effect_gbp_per_head") is None


def _tells(result: dict[str, Any], *, of_size: bool) -> tuple[str, ...]:
    rows = [row for row in result["sensitivity"] or [] if is_told(row)]
    ours = [row for row in rows if any(word in row["name"].lower() for word in SIZE_WORDS) == of_size]
    return tuple(f"{row['name']}: {row.get('says') or row.get('note') or 'no result.'}" for row in ours)


def _paid(result: dict[str, Any], row: dict[str, Any]) -> Table:
    saving = result["saving"]
    kind = "area" if row["interval"] == "area" else "practice"
    area = (
        "not calculated"
        if row["area_ci_low"] is None or row["area_ci_high"] is None
        else f"{wording.pounds(row['area_ci_low'])} to {wording.pounds(row['area_ci_high'])}"
    )
    interval = (
        f"refused: {row.get('refused_reason') or 'no reason given'}"
        if row["ci_low"] is None or row["ci_high"] is None
        else f"{wording.pounds(row['ci_low'])} to {wording.pounds(row['ci_high'])}"
    )
    rows = [
        ("Difference, £ a head and year (negative is less cost)", wording.pounds(row["effect_gbp_per_head"])),
        (f"95% interval, {kind} level", interval),
        ("95% interval, area level", area),
        ("Standard error, £ a head", wording.pounds(row["standard_error"])),
        ("p value", wording.number(row["p_value"], 3)),
        ("Inference", wording.choice(row["inference"])),
        ("Observed cost a head, intervention", wording.pounds(saving["observed_mean"]) if saving else wording.NO_VALUE),
        ("Cost a head had nothing been done", wording.pounds(saving["counterfactual_mean"]) if saving else wording.NO_VALUE),
        ("Change in per cent of that", f"{wording.number(-saving['percent'], 1)}%" if saving else wording.NO_VALUE),
        ("Practices", f"{row['n_practices']['intervention']} intervention, {row['n_practices']['control']} control"),
    ]
    return Table(
        "The paid figure and what it is made of", (Column("Quantity"), Column("Value", "right")), tuple(rows), widths=(5, 4)
    )
