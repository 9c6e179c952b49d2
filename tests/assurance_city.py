"""Simulated practices as dense counts, for tests of what statistical checks find and how often they cry wolf.

Belongs here: the simulation, ways to damage it, and what its streams are worth. Does not belong here: any expected value.

13 intervention and 11 control practices with 1,100 eligible and 7,800 other people each, three providers used by the arms in
unequal shares, 2010-04 to 2019-03, launch in 2015-04. Rows are Poisson around a practice's level, which moves from year to year
by a first-order autoregression (standard deviation 7.5%, persistence 0.5) shared between streams; a contact's price varies by a
coefficient of variation of 0.5 within its kind. Written without the project's rehearsal.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.assurance.arithmetic.counted import Counted, Kind
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.window import Window
from pipeline.calendar import months, year_months

TREATED, CONTROLS = 13, 11
PRACTICES = tuple(f"A8{n:04d}" for n in range(TREATED + CONTROLS))
MONTHS = tuple(months("2010-04", "2019-03"))
PROVIDERS = ("ZT1", "ZT2", "ZT3")
USE = {"intervention": (0.75, 0.10, 0.15), "control": (0.55, 0.35, 0.10)}
#: contacts a head and year of eligible and of other people, and price in pounds
KINDS = {
    Kind("apc", "non_elective", ""): (0.19, 0.08, 2200),
    Kind("apc", "elective", ""): (0.10, 0.03, 3000),
    Kind("apc", "day_case", ""): (0.17, 0.10, 700),
    Kind("ae", "ae", "01"): (0.64, 0.25, 140),
    Kind("ae", "ae", "03"): (0.21, 0.08, 60),
    Kind("op", "op_first", ""): (0.90, 0.31, 150),
    Kind("op", "op_follow_up", ""): (2.10, 0.72, 80),
    Kind("op", "op_procedure", ""): (0.20, 0.08, 180),
}
HEADS = (1_100, 7_800)
#: £ a head and year by stream are the sums of rate x price above; materiality £25,000 on 15,000 heads
VALUE = Valuation(
    cost={(s, a): c for s, c in (("ae", 102.0), ("apc", 837.0), ("op", 339.0)) for a in ("intervention", "control")},
    drift={}, borrowed=frozenset(), row_cost={}, heads={"intervention": 15_000, "control": 13_000},
    target_gbp=1_290_000, largest_gbp=5_000_000, effect_share_max=0.3, materiality_gbp=25_000, payment=None,
)  # fmt: skip


def window_of(year: str) -> Window:
    """The rehearsal protocol's window: five baseline years."""
    after = tuple(year_months(year))
    return Window(year, tuple(months("2010-04", "2015-03")), after, tuple(months("2010-04", after[-1])))


def city(rng: np.random.Generator, *, effect: float = 0.0, area_sd: float = 0.0) -> Counted:
    """A city over all months.

    effect : share by which eligible rows of the intervention fall from launch. area_sd : standard deviation of what all
    practices of an arm share in one year, in all streams alike.
    """
    shape = (2, len(PRACTICES), len(MONTHS), len(KINDS), len(PROVIDERS))
    treated = np.arange(len(PRACTICES)) < TREATED
    mix = np.array([rng.multinomial(60, USE["intervention" if own else "control"]) / 60 for own in treated])
    years = len(MONTHS) // 12
    level = np.zeros((2, len(PRACTICES), years))
    level[..., 0] = 0.075 * rng.standard_normal(level.shape[:2])
    for year in range(1, years):
        level[..., year] = 0.5 * level[..., year - 1] + 0.075 * 0.75**0.5 * rng.standard_normal(level.shape[:2])
    if area_sd:
        level += area_sd * rng.standard_normal((2, years))[treated.astype(int)]
    rate = np.array([of[:2] for of in KINDS.values()]).T * np.array(HEADS)[:, None] / 12
    expected = (
        np.repeat(np.exp(level), 12, axis=2)[..., None, None] * rate[:, None, None, :, None] * mix[None, :, None, None, :]
    )
    late = np.array([month >= "2015-04" for month in MONTHS])
    expected[0, treated[:, None] & late[None, :]] *= 1 - effect
    rows = rng.poisson(expected).astype(float)
    unpriced = rng.binomial(rows.astype(np.int64), 0.01).astype(float)
    priced = rows - unpriced
    price = np.array([of[2] for of in KINDS.values()]) * 100.0
    noise = 1 + 0.5 * rng.standard_normal(shape) / np.sqrt(np.maximum(priced, 1))
    pence = np.round(np.maximum(priced * price[:, None] * np.maximum(noise, 0.3), 0))
    time = np.broadcast_to(np.array(HEADS, dtype=float)[:, None, None], shape[:3]).copy()
    return Counted(PRACTICES, MONTHS, tuple(KINDS), PROVIDERS, rows, pence, unpriced, time, treated, ~treated)


def until(counts: Counted, window: Window) -> Counted:
    """The same up to the window's last month."""
    n = len(window.watched)
    figures = {name: getattr(counts, name)[:, :, :n] for name in ("rows", "cost_pence", "unpriced", "person_months")}
    return replace(counts, months=counts.months[:n], **figures)


def lose(
    counts: Counted,
    share: float,
    *,
    stream: str,
    arm: str = "control",
    first: str = "2015-04",
    last: str = "2019-03",
    providers: Sequence[str] = PROVIDERS,
    departments: Sequence[str] | None = None,
    figures: Sequence[str] = ("rows", "cost_pence", "unpriced"),
    populations: Sequence[int] = (0, 1),
) -> Counted:
    """Scale figures of the cells named by 1 - share (a negative share adds)."""
    at = np.ix_(
        list(populations),
        np.flatnonzero(counts.treated if arm == "intervention" else counts.control),
        [i for i, month in enumerate(counts.months) if first <= month <= last],
        [
            k
            for k, kind in enumerate(counts.kinds)
            if kind.stream == stream and (departments is None or (kind.department_type or kind.pod) in departments)
        ],
        [counts.providers.index(provider) for provider in providers],
    )
    changed = {}
    for name in figures:
        figure = getattr(counts, name).copy()
        figure[at] = np.round(figure[at] * (1 - share))
        changed[name] = figure
    return replace(counts, **changed)
