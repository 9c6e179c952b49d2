"""Which effect an estimate is of, and by which convention each standard error was made, in words for whoever replicates it.

Belongs here: the names and sentences that `outcomeb estimate` prints. Does not belong here: any figure (`tidy`, `variance`),
the study's own estimand (`study.yaml`).
"""

from dataclasses import dataclass

import numpy as np

from pipeline.estimation.panel_columns import PanelColumns


@dataclass(frozen=True, slots=True)
class Estimand:
    """name : difference_in_means, did_2x2, did_common_start, twfe_staggered, twfe or group_time. says : an average of what."""

    name: str
    says: str


MEANS = Estimand("difference_in_means", "Mean of treated rows less mean of untreated rows; causal if treatment was drawn.")
TWO_BY_TWO = Estimand(
    "did_2x2", "Difference-in-differences of two periods: change of the treated less change of the untreated."
)
COMMON_START = Estimand(
    "did_common_start",
    "Two-way fixed effects with one common start: mean change of the treated from before to after it, less that of the "
    "untreated (weighted by how often units are seen, where the panel has gaps).",
)
STAGGERED = Estimand(
    "twfe_staggered",
    "Two-way fixed effects with several starts: an average over comparisons in which units treated earlier also serve as "
    "controls, with weights that can be negative; --gname gives group-time effects without them.",
)
TWO_WAY = Estimand(
    "twfe",
    "Two-way fixed effects: an average over all changes of treatment, on and off, with weights that can be negative where "
    "effects differ.",
)
GROUP_TIME = Estimand(
    "group_time",
    "Average of group-time effects ATT(g,t) after each start, by group size (`simple`); base period the one before the start.",
)

CONVENTIONS = {
    "crv1": "Sandwich by cluster x G/(G-1) x (n-1)/(n-k), k without fixed effects nested in clusters, t(G-1): as R fixest.",
    "cr1s": "Sandwich by cluster x G/(G-1) x (n-1)/(n-k), k with every fixed effect, t(G-1): as Stata regress with dummies.",
    "cr2": "Bell and McCaffrey's sandwich with Satterthwaite degrees of freedom: as R clubSandwich.",
    "hc3": "HC3 of the change of each cluster on its arm, t(clusters - 2); without periods, of rows.",
    "cv3": "Jackknife by cluster, (G-1)/G times the squared deviations from the estimate, t(G-1).",
    "wild-rademacher": "Wild cluster bootstrap-t with the null imposed, two-point weights; interval by inversion.",
    "wild-webb": "Wild cluster bootstrap-t with the null imposed, six-point weights; interval by inversion.",
    "permutation": "Treatment histories exchanged between clusters, t compared; p-value only.",
    "influence-function": "Influence functions summed by cluster, over units, normal: as R did without its bootstrap.",
}


def estimand_of(columns: PanelColumns) -> Estimand:
    """Of two-way fixed effects (or, in one period, of means) on these columns."""
    periods = len(columns.period_names)
    if periods == 1:
        return MEANS
    if columns.onset is None:
        return _without_order(columns)
    starts = np.unique(columns.onset[columns.onset < periods])
    if len(starts) > 1:
        return STAGGERED
    return TWO_BY_TWO if periods == 2 else COMMON_START


def _without_order(columns: PanelColumns) -> Estimand:
    """Where periods have no order, two of them still are before and after: the one in which nobody is treated comes first."""
    treated_in = [bool((columns.d[columns.period == n] == 1).any()) for n in range(len(columns.period_names))]
    return TWO_BY_TWO if sorted(treated_in) == [False, True] else TWO_WAY
