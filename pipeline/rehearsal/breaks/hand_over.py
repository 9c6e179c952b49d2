"""Which of a provider's attendances stand in HES A&E and which in ECDS, month by month.

Belongs here: the two feeds' months. Does not belong here: the columns of either (`ecds`, `layout_emergency`).
A provider sends ECDS from its month on, and goes on sending HES A&E for some months more, so that for those the same
attendance stands in both.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.valuation import PROVIDER_CODES

NAME = "ecds"


def first_months(p: Parameters) -> dict[str, str]:
    """Provider to its first month of ECDS; providers that are not named stay on HES A&E."""
    return dict(p.breaks[NAME]["first_month"])


def months_since(p: Parameters, contacts: Contacts) -> NDArray[np.int64]:
    """Months since the provider's first month of ECDS, shape (n,); far below zero for a provider that stays on HES A&E."""
    begins = first_months(p)
    never = 10**6
    first = np.array([p.months.index(begins[code]) if code in begins else never for code in PROVIDER_CODES.tolist()])
    return np.asarray(contacts.month - first[contacts.provider])


def on_hes(p: Parameters, contacts: Contacts) -> NDArray[np.bool_]:
    """Attendances that still stand in HES A&E, shape (n,)."""
    return np.asarray(months_since(p, contacts) < int(p.breaks[NAME]["overlap_months"]))
