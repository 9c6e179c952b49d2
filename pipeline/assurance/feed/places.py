"""Rows at one place - a provider, a kind of contact, or both - arm against arm, for people whom the programme cannot reach.

Belongs here: steps of the not-eligible people's rows within the same provider or department, beside the other streams of the
same practices. Does not belong here: whole streams (`reference`), cost a row (`mix`), the eligible (never read here).

A provider serves both arms, so a step of one arm there cannot be the trust: it is extract, commissioner or linkage. But when
the stream as a whole holds its level, the work went elsewhere (a unit that opened, another code): that is told and shuts
nothing.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.assurance.arithmetic.contrasts import Contrasts, contrasts, year_periods
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats, Masks
from pipeline.assurance.arithmetic.dating import fault_span
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Step, Tested, holm, mover
from pipeline.assurance.feed.carried_over import told
from pipeline.assurance.feed.carriers import departments_of, providers_of
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAMS

CHECK = "places"

#: false alarms of one contract year, over all places
FAMILY_LEVEL = 0.0005

#: a place with a smaller part of a stream's rows, in either arm, is not judged by itself
LEAST_SHARE = 0.01

#: a kind at a provider is named instead of all of either when its step is so many times as large
PLAINLY = 1.5

#: the stream as a whole must have lost at least this part of what the place lost, or the work went elsewhere
LOST = 0.5


def check(counts: Counted, *, window: Window, value: Valuation, carried: Mapping[str, Range]) -> list[Finding]:
    """One finding a stream; none where the not-eligible have no rows, which `reference` says.

    carried : `carried_over` of the same counts, what a step that fails comes to.
    """
    steps, whole = place_steps(counts, window)
    tested = holm(steps, value, FAMILY_LEVEL)
    found = []
    for stream in STREAMS:
        mine = [one for one in tested if one.step.stream == stream]
        if mine:
            found.append(_finding(mine, whole[stream], counts, window, value, carried))
    return found


def place_steps(counts: Counted, window: Window) -> tuple[list[Step], dict[str, float]]:
    """Steps of places beside the other streams, and each stream's own step (intervention minus control, log)."""
    theirs = POPULATIONS.index("not_eligible")
    periods = year_periods(window, counts.months)
    before, after = periods.sums(counts.rows[theirs], 1)
    cost = periods.sums(counts.cost_pence[theirs], 1)[0][0]
    of = {stream: counts.of_stream(stream) for stream in STREAMS}
    total = {s: _change(before[:, :, kinds].sum(axis=(2, 3)), after[:, :, kinds].sum(axis=(2, 3))) for s, kinds in of.items()}
    steps: list[Step] = []
    whole: dict[str, float] = {}
    for stream in STREAMS:
        others = [total[other] for other in STREAMS if other != stream and not np.isnan(total[other][0]).all()]
        places = _places(counts, stream)
        if not others or not places:
            continue
        member = np.stack([mask.ravel() for _, _, mask in places]).astype(float)
        change = _change(*(side.reshape(*side.shape[:2], -1) @ member.T for side in (before, after)))
        parts = _parts(
            cost.reshape(len(cost), -1), np.outer(of[stream], np.ones(len(counts.providers))).ravel(), member, counts
        )
        own = [contrasts((total[stream] - other)[:, :, None], counts.treated, counts.control) for other in others]
        whole[stream] = _least([float(tested.difference[0]) for tested in own])
        beside = [contrasts(change - other[:, :, None], counts.treated, counts.control) for other in others]
        for k, (provider, kind, _) in enumerate(places):
            if min(parts[k].values()) >= LEAST_SHARE:
                steps += _step(beside, k, stream, provider, kind, parts[k])
    return steps, whole


def _places(counts: Counted, stream: str) -> "list[tuple[str | None, str | None, Masks]]":
    """Provider, kind in words and mask (kinds, providers) of each place of a stream."""
    kinds = [k for k, kind in enumerate(counts.kinds) if kind.stream == stream]
    names = {k: counts.kinds[k].words for k in kinds}
    shape = len(counts.kinds), len(counts.providers)
    found: list[tuple[str | None, str | None, Masks]] = []

    def add(provider: int | None, kind: int | None) -> None:
        mask = np.zeros(shape, dtype=bool)
        mask[np.ix_(kinds if kind is None else [kind], range(shape[1]) if provider is None else [provider])] = True
        found.append((None if provider is None else counts.providers[provider], None if kind is None else names[kind], mask))

    several_kinds, several_providers = len(kinds) > 1, len(counts.providers) > 1
    for j in range(shape[1]) if several_providers else ():
        add(j, None)
    for k in kinds if several_kinds else ():
        add(None, k)
        for j in range(shape[1]) if several_providers else ():
            add(j, k)
    return found


def _change(before: Floats, after: Floats) -> Floats:
    """Log change of rows; nan where there were none before. Half a row where none is left."""
    with np.errstate(divide="ignore"):
        return np.where(before > 0, np.log(np.maximum(after, 0.5)) - np.log(before), np.nan)


def _parts(cost: Floats, of_stream: Floats, member: Floats, counts: Counted) -> list[dict[str, float]]:
    """By place: each arm's share of the stream's baseline cost there. cost : practices by cells."""
    found: list[dict[str, float]] = [{} for _ in member]
    for arm, mask in zip(COMPARED, (counts.treated, counts.control), strict=True):
        spent = cost[mask].sum(axis=0)
        whole = float(spent @ of_stream)
        for part, share in zip(found, member @ spent, strict=True):
            part[arm] = float(share) / whole if whole else 0.0
    return found


def _least(differences: "list[float]") -> float:
    """The smallest of several differences of one sign, 0 where their signs differ or one is not known."""
    known = [d for d in differences if not np.isnan(d)]
    alike = all(d > 0 for d in known) or all(d < 0 for d in known)
    return min(known, key=abs) if known and alike else 0.0


def _step(
    beside: "list[Contrasts]", k: int, stream: str, provider: str | None, kind: str | None, part: dict[str, float]
) -> list[Step]:
    """The less remarkable of the comparisons with the other streams; none where it cannot be made."""
    if any(np.isnan(tested.difference[k]) for tested in beside):
        return []
    difference = _least([float(tested.difference[k]) for tested in beside])
    if difference:
        used = min(beside, key=lambda tested: abs(tested.difference[k]) / (tested.standard_error[k] or 1e-12))
        difference = float(used.difference[k])
    else:
        used = max(beside, key=lambda tested: float(tested.standard_error[k]))
    return [
        Step(
            stream=stream,
            quantity="place",
            relative=True,
            difference=difference,
            standard_error=float(used.standard_error[k]),
            df=float(used.df[k]),
            practices={arm: int(n) for arm, n in zip(COMPARED, used.practices[:, k], strict=True)},
            arm=mover(difference, *(float(own) for own in used.moved[:, k]), relative=True),
            provider=provider,
            kind=kind,
            part=part,
        )
    ]


def _finding(
    tested: "list[Tested]", whole: float, counts: Counted, window: Window, value: Valuation, carried: Mapping[str, Range]
) -> Finding:
    """tested : all places of one stream. whole : the stream's own step."""
    stream = tested[0].step.stream
    off = [one for one in tested if one.verdict == "fail"]
    if not off:
        widest = max(tested, key=lambda one: (one.worth.worst, one.step.provider or "", one.step.kind or ""))
        inside = all(one.verdict == "pass" for one in tested)
        reach = max(one.reach for one in tested if one.reach != float("inf")) if not inside else widest.reach
        largest = about(reach) if reach != float("inf") else "none, every place being immaterial"
        return Finding(
            check=CHECK,
            verdict="pass" if inside else "undetermined",
            stream=stream,
            message=f"{opening(stream)}: at none of {len(tested)} providers and kinds of contact did the not-eligible "
            "people's rows "
            f"step, arm against arm, beyond chance and materiality; nineteen times in twenty a fault of {largest} at "
            "any of them "
            "would be found.",
            reach_gbp=None if reach == float("inf") else round(reach, 2),
            **value.columns(widest.worth),
        )
    first = _lead(off)
    step = first.step
    sites, kinds = step.provider, tuple(name for name in (step.kind,) if name)
    if not (sites and kinds):  # of whole providers or kinds only those are named that the others of the stream do not resemble
        sites = providers_of(step, counts, window) if sites else None
        kinds = departments_of(step, counts, window) if kinds else ()
    where = " and ".join([f"provider {sites}" if sites else "", *kinds]).removeprefix(" and ") or "several places at once"
    begun, ended = fault_span(step, counts, window, sites.split("+") if sites else ())
    lost = whole * step.difference > 0 and abs(whole) >= LOST * _of_stream(step)
    verdict, worth = told(first, carried, value)
    fell = "fell behind" if (step.difference > 0) == (step.arm == "control") else "rose above"
    elsewhere = "while the stream as a whole held its level, so the work went elsewhere"
    if stream in carried:
        elsewhere += f"; in the stream's cost this {value.moves(worth)}"
    tells = f"which {value.moves(worth)}" if lost else elsewhere
    return Finding(
        check=CHECK,
        verdict=verdict if lost else "inform",
        stream=stream,
        arm=step.arm,
        provider=sites,
        first_month=begun,
        last_month=ended,
        message=f"{opening(stream)}, {where}: rows of the {step.arm} practices' not-eligible people {fell} those of "
        "the other arm "
        f"at the same place from the baseline to {window.contract_year}, {tells}. The same trust serves the other arm, so it "
        "cannot be the trust's own decline.",
        question_for_supplier=f"{opening(stream)} at {where} changed for the {step.arm} practices and not for the others there "
        f"({span(begun, ended)}). Which commissioner, practice code or file of that provider's rows changed, "
        "and did another provider or department take the work over?",
        **(value.columns(worth) if lost or stream in carried else {}),
    )


def _lead(off: "list[Tested]") -> Tested:
    """The place that steps most: a whole provider or kind, unless one kind at one provider steps plainly more."""
    coarse = [one for one in off if one.step.provider is None or one.step.kind is None]
    fine = [one for one in off if one not in coarse]
    lead, local = (max(them, key=lambda one: abs(one.step.difference), default=None) for them in (coarse, fine))
    if lead is None or (local and abs(local.step.difference) >= PLAINLY * abs(lead.step.difference)):
        assert local is not None
        return local
    return lead


def _of_stream(step: Step) -> float:
    """The step of the whole stream that a loss at the place comes to, log."""
    part = step.part.get(step.arm, 1.0)
    return abs(float(np.log1p(part * (np.exp(-abs(step.difference)) - 1))))
