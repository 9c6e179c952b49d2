"""A small study and its practice cells for tests of the estimators: 13 intervention and 11 control practices, seeded.

Belongs here: builders only. Does not belong here: any expected value.
"""

from datetime import date

import numpy as np
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.calendar import months
from pipeline.study import Study

BINDINGS = Bindings(deliveries="d" * 64, protocol="p" * 64, contracts="c" * 64, waivers="w" * 64)
ON = date(2019, 7, 15)
#: share of cost of each point of delivery, and contacts a pound, in the made-up city
PODS = {"non_elective": 0.5, "elective": 0.2, "ae": 0.1, "op_first": 0.2}


def study(*, treated: int = 13, control: int = 11, baseline_months: int = 60, **clauses: object) -> Study:
    """A protocol with these numbers of practices; other top-level clauses replace the default ones."""
    arms = {
        "intervention": [f"A80{n:03d}" for n in range(1, treated + 1)],
        "control": [f"A80{n:03d}" for n in range(101, 101 + control)],
        "wider": ["A80201"],
    }
    document: dict[str, object] = {
        "schema": "outcomeb/study/1",
        "study": "estimation-test",
        "arms": arms,
        "areas": {"west": arms["intervention"], "east": arms["control"], "area-03": arms["wider"]},
        "calendar": {
            "baseline": ["2010-04", "2015-03"],
            "launch": "2015-04-01",
            "contract_years": ["2015-16", "2016-17", "2017-18", "2018-19"],
        },
        "eligible": {"age": [40, 74], "registers": ["DM"], "at": "2015-03-31"},
        "prices": {"base": "2016-17", "grouper": "HRG4"},
        "estimand": {"baseline_months": baseline_months},
        "requires": {"datasets": ["hes_apc"], "checks": ["routes", "completeness", "pre_trend"]},
        "plausible": {"effect_share_max": 0.3, "target_gbp_per_head": 86, "materiality_gbp": 25000},
        "seeds": {"bootstrap": 1, "permutation": 2, "simulation": 3},
    }
    return Study.model_validate(document | clauses)


def cells(protocol: Study, *, effect_per_year: float = -86.0, seed: int = 7) -> pd.DataFrame:
    """Paid cells of every practice, month, point of delivery and activity; the effect is spread over points of delivery."""
    rng = np.random.default_rng(seed)
    names = months(protocol.calendar.baseline[0], protocol.last_month)
    late = np.array([name >= protocol.launch_month for name in names])
    rows = []
    for practice, arm in protocol.arm_of.items():
        heads = int(rng.integers(300, 2500))
        base = rng.normal(96, 8) + np.cumsum(rng.normal(0, 1, len(names)))
        parts = {}
        for pod, share in PODS.items():
            shift = effect_per_year / 12 * share * late * (arm == "intervention")
            parts[pod] = base * share + rng.normal(0, 6, len(names)) + shift
        parts["all"] = np.sum([parts[pod] for pod in PODS], axis=0)
        measures = {("cost", pod): values for pod, values in parts.items()}
        measures[("ae_attendances", "all")] = parts["ae"] / 120
        measures[("bed_days", "all")] = parts["non_elective"] / 300
        for (outcome, pod), values in measures.items():
            for month, value in zip(names, values, strict=True):
                rows.append((practice, arm, protocol.area_of[practice], month, outcome, pod, heads, value, value * 0.97))
    columns = ["practice", "arm", "area", "month", "outcome", "pod", "heads", "per_head", "unweighted_per_head"]
    return pd.DataFrame(rows, columns=columns)


def person_year_cells(paid: pd.DataFrame, *, seed: int = 8) -> pd.DataFrame:
    """The same city per person-year, with person-months that change from month to month."""
    rng = np.random.default_rng(seed)
    lost = {key: rng.uniform(0, 0.1) for key in sorted(set(zip(paid["practice"], paid["month"], strict=True)))}
    share = np.array([1 - lost[key] for key in zip(paid["practice"], paid["month"], strict=True)])
    months_lived = np.round(paid["heads"] * share).astype(int)
    out = paid.assign(person_months=months_lived, per_person_year=12 * paid["per_head"] / share)
    return out.drop(columns=["heads", "per_head", "unweighted_per_head"])


def verdict(gate: str, year: str, *, state: str = "pass", bindings: Bindings = BINDINGS) -> Verdict:
    """An open verdict unless another state is asked for."""
    return Verdict(
        gate=gate,  # type: ignore[arg-type]
        contract_year=year,
        verdict=state,  # type: ignore[arg-type]
        findings=(),
        bindings=bindings,
        on=ON,
        expires=None,
    )


def gates(year: str) -> dict[str, object]:
    """The gate arguments of an estimator, both open."""
    return {
        "data_verdict": verdict("data", year),
        "design_verdict": verdict("design", year),
        "bindings": BINDINGS,
        "on": ON,
    }
