"""Which interval may be believed with this many practices, and the row in which an inference is stated.

Belongs here: the choice of inference from counts alone, t-based rows, the smallest effect a design could find.
Does not belong here: how a variance is computed (`variance`, `wild`, `permutation`, `unit_deltas`).
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from scipy.stats import t as student

#: below this many practices in either arm no interval keeps its level: method.md section 3 measured, at a nominal 5%, CV3 with
#: t(G-1) rejecting in 6.0% with 6 treated of 30 (and 5.5% with 5 of 20), but in 10.5% with 3 of 30 and 14.1% with 2 of 20
FEWEST_IN_AN_ARM = 5

#: Webb's six-point weights below this many clusters: two-point weights have too few distinct draws (Webb 2023)
WEBB_BELOW = 12


@dataclass(frozen=True, slots=True)
class Inference:
    """One way to judge an estimate. Units are the estimate's; None where the way does not give the thing.

    df : degrees of freedom of the t distribution used. draws, seed : for resampling; seed None when all draws were listed.
    """

    name: str
    standard_error: float | None = None
    df: float | None = None
    p_value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    draws: int | None = None
    seed: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen and why. `refused_reason` is set where no interval may be printed."""

    inference: Literal["cv3", "refused"]
    wild_weights: Literal["rademacher", "webb"]
    reason: str
    refused_reason: str | None


def choose(*, n_treated: int, n_control: int) -> Choice:
    """Choose from the numbers of treated and control clusters, never from residuals (method.md section 3)."""
    wild: Literal["rademacher", "webb"] = "webb" if n_treated + n_control < WEBB_BELOW else "rademacher"
    if min(n_treated, n_control) < FEWEST_IN_AN_ARM:
        why = (
            f"No interval: {n_treated} treated and {n_control} untreated clusters, and with fewer than {FEWEST_IN_AN_ARM} on "
            "either side no interval we measured keeps its level (the jackknife rejected a true null in 10.5% of cases with 3 "
            "treated of 30, not in 5%)."
        )
        return Choice(inference="refused", wild_weights=wild, reason=why, refused_reason=why)
    why = (
        f"{n_treated} treated and {n_control} untreated clusters: the cluster jackknife (CV3) with t(G-1), which rejected a "
        "true null in 4.4-6.0% of cases with 5 or more treated; the restricted wild cluster bootstrap stands beside it."
    )
    return Choice(inference="cv3", wild_weights=wild, reason=why, refused_reason=None)


def t_row(*, name: str, estimate: float, standard_error: float, df: float, level: float = 0.95) -> Inference:
    """Two-sided p-value and interval from t(df). A standard error of 0 gives no p-value and no interval."""
    if not standard_error > 0:
        return Inference(name=name, standard_error=standard_error, df=df)
    half = float(student.ppf(0.5 + level / 2, df)) * standard_error
    p_value = float(2 * student.sf(abs(estimate) / standard_error, df))
    return Inference(name, standard_error, df, p_value, estimate - half, estimate + half)


def minimum_detectable(*, standard_error: float, df: float, power: float = 0.8, size: float = 0.05) -> float:
    """Smallest true effect that a two-sided test of this size finds with this power: (t_{1-size/2} + t_power) x SE."""
    return float(student.ppf(1 - size / 2, df) + student.ppf(power, df)) * standard_error
