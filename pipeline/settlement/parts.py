"""A saving in whole pence, told apart into parts that add to it to the penny.

Belongs here: largest remainder, once over points of delivery and then over the parts of each. Does not belong here: what the
parts are (`pipeline.estimation.decomposition`), the saving itself (`saving`).
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from pipeline.errors import InternalError
from pipeline.settlement.saving import PENNY

#: decimals to which an effect per head is taken before it becomes money, as in `saving`
PLACES = 9


def apportioned(total: Decimal, shares: Sequence[Decimal], *, slack: Decimal = PENNY) -> list[Decimal]:
    """`total` (GBP, whole pence) as one amount a share, in whole pence, which add to `total` exactly.

    shares : unrounded GBP of either sign, in sum within `slack` of `total`. Each is rounded down to the penny; the pence still
    due go one each to the largest remainders, of equal ones to the first (largest remainder, or Hamilton's method).
    Raises InternalError where they do not add to `total` within `slack`: they would be parts of something else.
    """
    if abs(sum(shares, Decimal(0)) - total) > slack:
        raise InternalError("Parts of a saving do not add to the saving.")
    floors = [share.quantize(PENNY, ROUND_FLOOR) for share in shares]
    everyone, some = divmod(int((total - sum(floors, Decimal(0))) / PENNY), len(shares))
    largest = sorted(range(len(shares)), key=lambda n: (floors[n] - shares[n], n))[:some]
    return [floor + PENNY * (everyone + (n in largest)) for n, floor in enumerate(floors)]


def saving_parts(total: Decimal, effects: Mapping[str, Mapping[str, float]], *, heads: int) -> dict[str, dict[str, Decimal]]:
    """The saving `total` by row and column: rows add to it, columns too, and every row's parts add to the row.

    effects : row (point of delivery) to column (part) to effect, £ a head and year, negative saves. heads : of `total`.
    """
    shares = {
        row: {part: Decimal(repr(round(-effect, PLACES))) * heads for part, effect in parts.items()}
        for row, parts in effects.items()
    }
    count = sum(len(parts) for parts in shares.values())
    slack = PENNY + Decimal(1).scaleb(-PLACES) * heads * count
    rows = apportioned(total, [sum(parts.values(), Decimal(0)) for parts in shares.values()], slack=slack)
    return {
        row: dict(zip(parts, apportioned(amount, list(parts.values()), slack=slack), strict=True))
        for (row, parts), amount in zip(shares.items(), rows, strict=True)
    }
