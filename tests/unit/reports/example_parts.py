"""A made-up saving told apart, for tests of the reports. Belongs here: the builder. Not: expected sentences."""

from typing import Any


def split(per_head: float, half: float) -> dict[str, Any]:
    """A difference of `per_head` on 15,000 heads, all of it emergency care: £25 more in volume, £15 less in mix, £10 less in
    price."""
    parts = {"volume": per_head + 25.0, "mix": -15.0, "price": -10.0, "mix_unpriced": -2.0, "mix_unknown": -1.0}
    total = f"{per_head * 15000:.2f}"
    return {
        "reference_months": ["2013-04", "2015-03"],
        "saving_gbp": {"non_elective": total, "all": total},
        "rows": [
            {
                "pod": pod,
                "part": part,
                "gbp": None if part.startswith("mix_") else f"{value * 15000:.2f}",
                "gbp_per_head": value,
                "gbp_per_head_low": value - half / 2,
                "gbp_per_head_high": value + half / 2,
            }
            for pod in ("all", "non_elective")
            for part, value in parts.items()
        ],
    }
