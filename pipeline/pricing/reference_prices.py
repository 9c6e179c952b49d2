"""What a kind of contact cost before launch: means of the baseline, by kind and by point of delivery.

Belongs here: those means, exact to a millionth of a penny, on small frames. Does not belong here: which kind a contact is of,
and what the means are for (`decomposition`).
"""

import pandas as pd

from pipeline.errors import InternalError
from pipeline.pricing.market_forces import MILLION


def reference_prices(sums: pd.DataFrame) -> pd.DataFrame:
    """The baseline's sums by kind with the mean price of each: `reference_price`, in millionths of a penny, half up.

    sums : pod, kind (null: not known), contacts, pence. Contacts of no known kind have a row and no reference price.
    """
    prices = [
        None if pd.isna(kind) else _mean(int(pence), int(contacts))
        for kind, contacts, pence in sums[["kind", "contacts", "pence"]].itertuples(index=False, name=None)
    ]
    return sums.assign(reference_price=pd.array(prices, dtype="Int64"))


def pod_prices(sums: pd.DataFrame) -> dict[str, int]:
    """Reference price of each point of delivery, in millionths of a penny: all its contacts, those without a price too."""
    totals = sums.groupby("pod")[["contacts", "pence"]].sum()
    return {str(pod): _mean(int(row["pence"]), int(row["contacts"])) for pod, row in totals.to_dict("index").items()}


def _mean(pence: int, contacts: int) -> int:
    """Millionths of a penny, half up."""
    if contacts <= 0:
        raise InternalError("A kind of contact stands in the baseline's sums without a contact.")
    return (2 * pence * MILLION + contacts) // (2 * contacts)
