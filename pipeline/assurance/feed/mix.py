"""Cost a row of the same kind, and the mix of kinds: what a programme moves in nobody, or in nobody it cannot reach.

Belongs here: verdicts on price steps at one mix of contacts and on steps of the mix at one list of prices, arm against arm.
Does not belong here: the indices (`mix_steps`), rows (`reference`, `places`), prices by two routes (`route_costs`).

The price of a kind is asked of the eligible too, since a programme changes how often people come and not what a contact of a
kind costs; their messages say nothing of what was measured unless it fails, only how large a fault would have been found. The
mix of kinds is asked of the not-eligible alone. Within one provider the arms are served by the same trust, so that a step of
one arm there cannot be the trust: it is extract, commissioner or linkage.
"""

from collections.abc import Mapping

from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted
from pipeline.assurance.arithmetic.dating import fault_span
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.steps import Tested, behind, holm, reach_of
from pipeline.assurance.feed.carried_over import told
from pipeline.assurance.feed.mix_steps import INDICES, mix_steps
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAMS

CHECK = "mix"

#: false alarms of one contract year: half for streams, half for streams within a provider
FAMILY_LEVEL = 0.0005

PEOPLE = {"eligible": "eligible", "not_eligible": "not-eligible"}
WORDS = {"price": "cost a row of the same kind", "kinds": "mix of cheap and dear kinds of contact"}
ASK = {
    "price": "Did currency, grouper, price or length of stay change for these rows, or were rows split or joined?",
    "kinds": "Were admission method, patient class, department type or first and follow-up coded by another rule, or "
    "is one kind of "
    "contact missing or sent twice?",
}


def check(counts: Counted, *, window: Window, value: Valuation, carried: Mapping[str, Range]) -> list[Finding]:
    """One finding a stream, population and index, and one more for each provider within which a step fails.

    carried : `carried_over` of the same counts, what a step that fails comes to with everything else that moved.
    """
    whole, within = mix_steps(counts, window)
    tested = {(o.step.population, o.step.stream, o.step.quantity): o for o in holm(whole, value, FAMILY_LEVEL / 2)}
    found = []
    for stream in STREAMS:
        for population in POPULATIONS:
            for index in INDICES[population]:
                one = tested.get((population, stream, index))
                if one is not None:
                    found.append(_finding(one, counts, window, value, carried))
                elif index == "price":
                    found.append(_untested(stream, population))
    local = [one for one in holm(within, value, FAMILY_LEVEL / 2) if one.verdict == "fail"]
    return found + [_finding(one, counts, window, value, carried) for one in local]


def _finding(tested: Tested, counts: Counted, window: Window, value: Valuation, carried: Mapping[str, Range]) -> Finding:
    step, off = tested.step, tested.verdict == "fail"
    at = f" within provider {step.provider}" if step.provider else ""
    what = f"{opening(step.stream)}, {WORDS[step.quantity]}{at} of {PEOPLE[step.population]} people"
    if not off:
        reach = about(tested.reach) if tested.reach != float("inf") else "none, the whole stream being immaterial"
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
    verdict, worth = told(tested, carried, value)
    dated = step.quantity == "price"
    sites = (step.provider,) if step.provider else ()
    first, last = fault_span(step, counts, window, sites) if dated else (window.after[0], window.after[-1])
    became = "cheaper" if behind(step, step.difference) == step.arm else "dearer"
    held = "at the same mix" if step.quantity == "price" else "at the same prices, by their mix alone"
    trust = " The same trust serves the other arm, so it cannot be the trust." if step.provider else ""
    return Finding(
        check=CHECK,
        verdict=verdict,
        stream=step.stream,
        arm=step.arm,
        provider=step.provider,
        first_month=first,
        last_month=last,
        message=f"{what}: from the baseline to {window.contract_year} contacts of the {step.arm} practices became "
        f"{became} than "
        f"those of the other arm {held}; read as a fault, with all else that moved, this {value.moves(worth)}.{trust}",
        question_for_supplier=f"{opening(step.stream)} of the {step.arm} practices{at}: the {WORDS[step.quantity]} changed "
        f"({span(first, last)}), and not in the other arm. {ASK[step.quantity]}",
        reach_gbp=reach_of(tested),
        **value.columns(worth),
    )


def _either_way(tested: Tested, value: Valuation) -> Range:
    whole = value.cost.get((tested.step.stream, "control"), 0.0) * value.heads["intervention"]
    most = min(tested.reach, whole) if tested.step.standard_error else 0.0
    return Range(0.0, -most, most)


def _untested(stream: str, population: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        message=f"{opening(stream)}, cost a row of the same kind of {PEOPLE[population]} people: too few practices of "
        "an arm have "
        "priced rows in both periods to compare.",
    )
