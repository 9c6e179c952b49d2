"""Cost a row of the same kind: what neither the programme nor another mix of contacts moves.

Belongs here: price steps within point of delivery and department type at fixed baseline weights, arm against arm, in all of a
stream and within one provider. Does not belong here: rows (`reference`, `places`), prices of one delivery by two routes.

For the eligible too, since a programme changes how often people come and not what a contact of a kind costs; their messages
say nothing of what was measured unless it fails, only how large a fault would have been found. Within one provider the arms
are served by the same trust, so a step there cannot be the trust: it is extract, linkage or commissioner.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.assurance.contrasts import Contrasts, contrasts, year_periods
from pipeline.assurance.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Range, Valuation
from pipeline.assurance.shares import COMPARED
from pipeline.assurance.steps import Step, Tested, behind, holm, mover
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAMS

CHECK = "mix"

#: false alarms of one contract year: half for streams, half for streams within a provider
FAMILY_LEVEL = 0.0005

PEOPLE = {"eligible": "eligible", "not_eligible": "not-eligible"}


def check(counts: Counted, *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream and population, and one more for each provider within which a step fails."""
    whole, within = mix_steps(counts, window)
    tested = {(one.step.population, one.step.stream): one for one in holm(whole, value, FAMILY_LEVEL / 2)}
    found = []
    for stream in STREAMS:
        for population in POPULATIONS:
            one = tested.get((population, stream))
            found.append(_untested(stream, population) if one is None else _finding(one, window, value))
    local = [one for one in holm(within, value, FAMILY_LEVEL / 2) if one.verdict == "fail"]
    return found + [_finding(one, window, value) for one in local]


def mix_steps(counts: Counted, window: Window) -> tuple[list[Step], list[Step]]:
    """Steps of whole streams, and of streams within a provider, of both populations."""
    periods = year_periods(window, counts.months)
    whole: list[Step] = []
    within: list[Step] = []
    for at, population in enumerate(POPULATIONS):
        pence, rows = (periods.sums(f[at], 1) for f in (counts.cost_pence, counts.rows - counts.unpriced))
        before, after = zip(pence, rows, strict=True)
        weights = before[1][0].sum(axis=(0, 2))  # priced rows of both arms in the baseline, by kind
        cost = before[0][0]  # pence by practice, kind, provider in the baseline
        for stream in STREAMS:
            of = counts.of_stream(stream)
            if not of.any():
                continue
            added = [[figure[:, :, of].sum(axis=3, keepdims=True) for figure in side] for side in (before, after)]
            change = index_change(*added[0], *added[1], weights[of])
            whole += _steps(change, counts, stream, population, [None], [{}])
            places = [[figure[:, :, of] for figure in side] for side in (before, after)]
            change = index_change(*places[0], *places[1], weights[of])
            parts = _parts(cost[:, of].sum(axis=1), counts)
            within += _steps(change, counts, stream, population, counts.providers, parts)
    return whole, within


def index_change(
    pence_before: Floats, rows_before: Floats, pence_after: Floats, rows_after: Floats, weights: Floats
) -> Floats:
    """Log change of the cost of a fixed basket of kinds; shape (comparisons, practices, places), nan where none is priced.

    Figures have shape (comparisons, practices, kinds, places). Kinds priced on one side only leave the basket.
    """
    both = (rows_before > 0) & (rows_after > 0) & (pence_before > 0) & (pence_after > 0)
    basket = weights[None, None, :, None] * both
    with np.errstate(divide="ignore", invalid="ignore"):
        then, now = (
            np.where(both, basket * pence / rows, 0.0).sum(axis=2)
            for pence, rows in ((pence_before, rows_before), (pence_after, rows_after))
        )
        return np.where(then > 0, np.log(now / then), np.nan)


def _parts(cost: Floats, counts: Counted) -> list[dict[str, float]]:
    """By provider: each arm's share of the stream's baseline cost there. cost : practices by providers."""
    sums = {arm: cost[mask].sum(axis=0) for arm, mask in zip(COMPARED, (counts.treated, counts.control), strict=True)}
    return [
        {arm: float(sums[arm][j] / sums[arm].sum()) if sums[arm].sum() else 0.0 for arm in COMPARED}
        for j in range(len(counts.providers))
    ]


def _steps(
    change: Floats,
    counts: Counted,
    stream: str,
    population: str,
    providers: Sequence[str | None],
    parts: Sequence[dict[str, float]],
) -> list[Step]:
    tested = contrasts(change, counts.treated, counts.control)
    return [
        _step(tested, k, stream, population, provider, parts[k])
        for k, provider in enumerate(providers)
        if not np.isnan(tested.difference[k])
    ]


def _step(tested: Contrasts, k: int, stream: str, population: str, provider: str | None, part: dict[str, float]) -> Step:
    difference = float(tested.difference[k])
    return Step(
        stream=stream,
        quantity="mix",
        relative=True,
        difference=difference,
        standard_error=float(tested.standard_error[k]),
        df=float(tested.df[k]),
        practices={arm: int(n) for arm, n in zip(COMPARED, tested.practices[:, k], strict=True)},
        arm=mover(difference, *(float(own) for own in tested.moved[:, k]), relative=True),
        provider=provider,
        population=population,
        part=part,
    )


def _finding(tested: Tested, window: Window, value: Valuation) -> Finding:
    step, off = tested.step, tested.verdict == "fail"
    at = f" within provider {step.provider}" if step.provider else ""
    what = f"{opening(step.stream)}, cost a row of the same kind{at} of {PEOPLE[step.population]} people"
    known = tested.reach != float("inf")
    reach = about(tested.reach) if known else "none, the whole stream being immaterial"
    if not off:
        # of the eligible only the noise is told, not what was measured: nothing of them after launch is shown
        shown = tested.worth if step.population == "not_eligible" else _either_way(tested, value)
        return Finding(
            check=CHECK,
            verdict=tested.verdict,
            stream=step.stream,
            message=f"{what}: no step of the arms beyond chance and materiality between the baseline and "
            f"{window.contract_year}; the smallest fault this would find nineteen times in twenty is {reach}.",
            **value.columns(shown),
        )
    fell = "cheaper" if behind(step, step.difference) == step.arm else "dearer"
    trust = " The same trust serves the other arm, so it cannot be the trust." if step.provider else ""
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=step.stream,
        arm=step.arm,
        provider=step.provider,
        first_month=window.after[0],
        last_month=window.after[-1],
        message=f"{what}: from the baseline to {window.contract_year} contacts of the {step.arm} practices became {fell} than "
        f"those of the other arm at the same mix; read as a fault this {value.moves(tested.worth)}.{trust}",
        question_for_supplier=f"{opening(step.stream)} rows of the {step.arm} practices{at} cost differently from "
        f"{span(window.after[0], window.after[-1])} though they are of the same kind. Did currency, grouper, price or length of "
        "stay change for these rows, or were rows split or joined?",
        **value.columns(tested.worth),
    )


def _either_way(tested: Tested, value: Valuation) -> Range:
    most = min(tested.reach, value.cost.get((tested.step.stream, "control"), 0.0) * value.heads["intervention"])
    return Range(0.0, -most, most)


def _untested(stream: str, population: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        message=f"{opening(stream)}, cost a row of the same kind of {PEOPLE[population]} people: too few practices of an arm have "
        "priced rows in both periods to compare.",
    )
