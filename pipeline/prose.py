"""Numbers, money and months as sentences print them, for findings, estimates and reports alike.

Belongs here: a true minus sign, the pound sign, no more digits than are known, months by name.
Does not belong here: sentences; exact sums owed (`pipeline.settlement`); layout (`reports`).
"""

from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
NO_VALUE = "\N{EN DASH}"

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: totals are estimates: from this size on they are told to the nearest step, (from, step) in pounds, the largest first
TOLD_TO = ((10_000, 1_000), (1_000, 100))


def money(value: Decimal, unit: str) -> str:
    """Pounds to a unit such as '0.01' or '1', halves away from zero: '−£1,200'."""
    rounded = value.quantize(Decimal(unit), ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}£{abs(rounded):,}"


def pounds(amount: float | str | None) -> str:
    """Whole pounds: '£86'; a dash when there is no value."""
    return NO_VALUE if amount is None else money(Decimal(str(amount)), "1")


def about(amount: float | None) -> str:
    """A total with no more digits than are known: to £1,000 from £10,000, to £100 from £1,000, else to £1."""
    if amount is None:
        return NO_VALUE
    value = Decimal(str(amount))
    step = Decimal(next((unit for least, unit in TOLD_TO if abs(value) >= least), 1))
    return money((value / step).quantize(Decimal(1), ROUND_HALF_UP) * step, "1")


def number(value: float | None, digits: int = 0) -> str:
    """A plain number with a true minus sign and thousands separated; a dash when there is no value."""
    if value is None:
        return NO_VALUE
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,}"


def month(text: str | None) -> str:
    """'2015-04' as 'April 2015'."""
    if not text:
        return NO_VALUE
    year, digits = text.split("-")[:2]
    return f"{MONTHS[int(digits) - 1]} {year}"


def span(first: str | None, last: str | None) -> str:
    """A period of months in words: 'April 2015 to March 2016'."""
    if not first and not last:
        return NO_VALUE
    if not last or first == last:
        return month(first or last)
    return f"{month(first)} to {month(last)}" if first else f"to {month(last)}"


def from_to(first: str, last: str | None) -> str:
    """The same as an adverb: 'from April 2015 to March 2016', 'in April 2015'."""
    return f"in {month(first)}" if last in (first, None) else f"from {span(first, last)}"
