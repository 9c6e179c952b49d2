"""Who the programme served: selection into referral, the fall back after it, and comparators; none of it is paid on.

Belongs here: populations other than the paying one. Does not belong here: the paid figure (`comparison_page`), attrition
(`who_page`).
"""

from typing import Any

from reports import sentences, wording
from reports.blocks import Block, Column, Picture, Section, Subheading, Table, Terms, Text
from reports.disclosure import SUPPRESSED
from reports.figures import Drawing

GROUPS = ("control", "not_referred", "referred", "engaged", "high_engaged")
NOT_PAID = (
    "Nothing on this page is what is paid. People are referred because they are ill, so that those served cannot be set "
    "against the others as they are."
)
UNDER_PATH = (
    "Everybody referred by the end of the year, by quarter from the month of referral. All comparators are taken in the same "
    "calendar months; those weighted had as many unplanned contacts in the months before. People who died cost nothing."
)


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    cohorts = result.get("cohorts")
    if not cohorts:
        return Section("served", "Who was served", (Text("This result holds nothing on the people served."),))
    blocks: list[Block] = [
        Text(NOT_PAID),
        Terms(
            tuple(
                (wording.POPULATION_WORDS[row["population"]], f"{row['says']} ({row['version']}, {row['sha256'][:12]})")
                for row in cohorts["definitions"]
            )
        ),
        Subheading("Who was referred"),
        Text(cohorts["selection_sentence"]),
        *_selection(cohorts["selection"]),
    ]
    return Section("served", "Who was served", (*blocks, *_after(result, cohorts["served"], figures)))


def _selection(rows: list[dict[str, Any]]) -> list[Block]:
    if not rows:
        return []
    people = rows[0]["people_by_group"]
    return [
        Table(
            caption="People referred beside the other eligible people, before launch",
            columns=(
                Column("Measure"),
                *(Column(wording.POPULATION_WORDS[group], "right") for group in GROUPS),
                Column("Referred less not [95%]", "right"),
            ),
            rows=(
                ("People", *(wording.count(people[group]) for group in GROUPS), wording.NO_VALUE),
                *((wording.capital(row["says"]), *(_value(row, group) for group in GROUPS), _difference(row)) for row in rows),
            ),
            note="Engaged people are among the referred, high-engaged among the engaged. The difference is within practices; a "
            "figure of 1 to 7 people is printed as *.",
            widths=(3.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.8),
        )
    ]


def _places(row: dict[str, Any]) -> int:
    return 0 if row["measure"] == "cost" else 2


def _value(row: dict[str, Any], group: str) -> str:
    value = row["values"][group]
    if value is None:
        return wording.NO_VALUE if row["people_by_group"][group] == 0 else SUPPRESSED
    return wording.number(value, _places(row))


def _difference(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return wording.NO_VALUE
    said = [wording.number(row[key], _places(row)) for key in ("difference", "low", "high")]
    return f"{said[0]} [{said[1]} to {said[2]}]"


def _after(result: dict[str, Any], served: dict[str, Any] | None, figures: dict[str, Drawing]) -> list[Block]:
    if served is None:
        return [Text("What cost did after referral is not shown, because a gate is closed.")]
    if "why_not" in served:
        return [Text(f"What cost did after referral is not evaluated. {served['why_not']}")]
    blocks: list[Block] = [Subheading("What cost did around the referral")]
    if "around_referral" in figures:
        drawing = figures["around_referral"]
        blocks += [Picture(drawing.name, drawing.title, drawing.alt), Text(UNDER_PATH)]
    blocks += [_answers(result, served), *_overlap(served), *_balance(served)]
    return blocks


def _answers(result: dict[str, Any], served: dict[str, Any]) -> Table:
    """The same question asked in ways that differ in who stands beside the people served."""
    rows = []
    naive = served.get("before_after")
    if naive:
        rows.append(
            ("Engaged, the year before referral against this year", *_figures(naive["change"], naive["low"], naive["high"]),
             "nobody beside them: holds the fall back that would have come anyway")
        )  # fmt: skip
    for row in result["alternatives"] or []:
        if row["population"] != "eligible":
            rows.append((row["name"], *_figures(row["effect_gbp_per_head"], row["ci_low"], row["ci_high"]), row["note"]))
    rows += [
        (f"{wording.POPULATION_WORDS[one['population']]}, against weighted comparators", *_figures(None, None, None),
         f"not estimated: {one['why']}")
        for one in served.get("not_estimated") or []
    ]  # fmt: skip
    primary = sentences.primary(result)
    if primary:
        rows.append(
            ("All eligible people (the paid figure)",
             *_figures(primary["effect_gbp_per_head"], primary["ci_low"], primary["ci_high"]),
             "an eligible head, served or not")
        )  # fmt: skip
    return Table(
        caption="Change of cost by who is asked and who stands beside them, £ a head and year",
        columns=(
            Column("Who"),
            Column("Change", "right"),
            Column("From", "right"),
            Column("To", "right"),
            Column("What it is"),
        ),
        rows=tuple(rows),
        note="Negative is less cost. A person counts from the quarter after the one in which the definition was met. Heads "
        "differ: a figure of people served cannot be set against one of eligible heads without their shares. Where a rehearsal "
        "had no effect at all, matched figures lay about £50 above nothing: read them as an order, not as amounts.",
        widths=(3.0, 1.0, 0.9, 0.9, 4.0),
    )


def _figures(*values: float | None) -> tuple[str, ...]:
    return tuple(wording.number(value) if value is not None else wording.NO_VALUE for value in values)


def _overlap(served: dict[str, Any]) -> list[Block]:
    rows = served.get("weights") or []
    if not rows:
        return []
    return [
        Table(
            caption="How far people served and comparators overlap",
            columns=(
                Column("Population"),
                Column("Served with a preference score of .3 to .7", "right"),
                Column("Comparators with one", "right"),
                Column("Comparators' worth as weighted", "right"),
            ),
            rows=tuple(
                (
                    wording.POPULATION_WORDS[row["population"]],
                    *(
                        wording.percent(row[key])
                        for key in ("served_in_equipoise", "comparators_in_equipoise", "effective_share")
                    ),
                )
                for row in rows
            ),
            note="Half or more on both sides is the usual bound (Walker and others 2013). The last column is how many equally "
            "weighted comparators would be worth as much, as a share of all.",
            widths=(2.0, 2.4, 2.0, 2.2),
        )
    ]


def _balance(served: dict[str, Any]) -> list[Block]:
    rows = served.get("balance") or []
    if not rows:
        return []
    return [
        Text(served["balance_sentence"]),
        Table(
            caption="People referred and their comparators, before and after weights",
            columns=(
                Column("Covariate"),
                Column("Referred", "right"),
                Column("Comparators", "right"),
                Column("Weighted", "right"),
                Column("Standardised difference before", "right"),
                Column("After [by chance]", "right"),
                Column("Verdict"),
            ),
            rows=tuple(
                (
                    _level(row),
                    *(SUPPRESSED if row[key] is None else wording.percent(row[key]) for key in ("served", "before", "after")),
                    wording.number(row["smd_before"], 2) if row["smd_before"] is not None else SUPPRESSED,
                    _by_chance(row),
                    row["verdict"],
                )
                for row in rows
            ),
            note="Trigger is unplanned contacts in the months before the referral, three or more as 3. Chance is what "
            "practices alone would give, 95%. Alike: within it. Small: beyond it, below 0.1. Apart: beyond both.",
            widths=(2.8, 1.0, 1.2, 1.1, 1.5, 1.6, 0.9),
        ),
    ]


def _level(row: dict[str, Any]) -> str:
    """A level of a covariate in words: 'Need 2', 'Women', 'Register AST (not weighted on)'."""
    sexes = {"1": "Men", "2": "Women"}
    word = wording.capital(row["covariate"].replace("_", " "))
    said = sexes.get(row["level"], "Sex not known") if row["covariate"] == "sex" else f"{word} {row['level']}"
    return said if row["weighted_on"] else f"{said} (not weighted on)"


def _by_chance(row: dict[str, Any]) -> str:
    if row["smd_after"] is None:
        return SUPPRESSED
    chance = wording.NO_VALUE if row["chance"] is None else f"±{wording.number(row['chance'], 2)}"
    return f"{wording.number(row['smd_after'], 2)} [{chance}]"
