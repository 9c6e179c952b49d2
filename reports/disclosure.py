"""Small numbers: the rule that every printed count of people or records obeys, and the scan that holds it.

Belongs here: the rounding rule with its source, and the search of a result for counts that break it.
Does not belong here: who may see person-level rows (nobody, outside the store), or the wording of reports.

Source of both constants: NHS Digital, change to disclosure control methodology for HES and ECDS from September 2018:
sub-national counts of 1 to 7 become '*', other counts are rounded to the nearest 5, 0 stays 0; rates, intervals and
regression output need no control, nor do counts of providers.
"""

import re
from collections.abc import Iterator
from typing import Any

SUPPRESSED_UP_TO = 7
ROUNDING_MULTIPLE = 5
SUPPRESSED = "*"

#: keys whose value is a count after disclosure control wherever they stand in a result
_DISCLOSED_LISTS = {
    "attrition": ("intervention", "control", "unassigned"),
    "accounting": ("rows",),
    "price_states": ("rows",),
    "repairs": ("rows",),
    "states": ("intervention", "control"),
    "people_by_group": ("control", "not_referred", "referred", "engaged", "high_engaged"),
    "current_prices": ("rows",),
    "reconciliation": ("rows",),
}
#: keys whose value counts people or records, printed only through `disclosed_count`: here 1 to 7 may not stand at all
_COUNT_KEYS = {"rows", "quarantined", "people", "persons", "n_persons", "heads", "referrals", "deaths", "joiners", "leavers"}

_SENTENCES = ("message", "question_for_supplier", "sentence", "says", "statement", "note", "reason")
#: "5 control people" and "3 of 13,020 rows" are counts; "5 rows per 1,000 heads" and "2 rows a head" are rates
_COUNT_IN_WORDS = re.compile(
    r"(?<![\d.,£+-])[1-7](?: of [\d,*]+)?\s+(?:[a-z-]+\s+){0,3}?"
    r"(?:people|person|patient|row|record|attendance|spell|episode|appointment|referral|death)s?\b(?!\s+(?:per|a|an|for)\b)"
)


def disclosed_count(n: int) -> int | str:
    """The count as it may be printed: 0, '*' for 1 to 7, else rounded to the nearest 5.

    Raises ValueError for a negative number, which is no count.
    """
    if n < 0:
        raise ValueError("a count cannot be negative")
    if n == 0:
        return 0
    if n <= SUPPRESSED_UP_TO:
        return SUPPRESSED
    return ROUNDING_MULTIPLE * ((2 * n + ROUNDING_MULTIPLE) // (2 * ROUNDING_MULTIPLE))


def disclosed_sentences(node: Any, key: str = "") -> Any:
    """The same data with small counts in its sentences replaced by '*': findings are worded for the gate, not for print."""
    if isinstance(node, dict):
        return {name: disclosed_sentences(value, name) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [disclosed_sentences(value, key) for value in node]
    if isinstance(node, str) and key in _SENTENCES:
        return _COUNT_IN_WORDS.sub(lambda found: SUPPRESSED + found.group(0)[1:], node)
    return node


def undisclosed_counts(result: dict[str, Any]) -> list[str]:
    """Where a result breaks the rule: the paths of the offending cells, never their values. Empty when it holds."""
    return sorted(set(_cells(result, (), None)))


def _cells(node: Any, path: tuple[str, ...], listed: str | None) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            inner = key if key in _DISCLOSED_LISTS else listed
            yield from _cells(value, (*path, str(key)), inner)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _cells(value, (*path, str(number)), listed)
    elif isinstance(node, str):
        if path[-1] in _SENTENCES and _COUNT_IN_WORDS.search(node):
            yield "/".join(path)
    elif isinstance(node, int) and not isinstance(node, bool):
        strict = listed is not None and path[-1] in _DISCLOSED_LISTS[listed]
        rounded = node >= 0 and disclosed_count(node) == node
        if (strict and not rounded) or (path[-1] in _COUNT_KEYS and 1 <= node <= SUPPRESSED_UP_TO):
            yield "/".join(path)
