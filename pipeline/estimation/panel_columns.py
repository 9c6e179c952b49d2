"""A tidy panel's columns turned into arrays: units, periods, treatment, clusters, weights; what was dropped, what is refused.

Belongs here: reading any analyst's panel for `outcomeb estimate`. Does not belong here: the study's own cells (`changes`).
Messages name columns and counts, never values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import UsageError
from pipeline.estimation.partial import Codes, Vector

MISSING = ("", "na", "n/a", "nan", "null", "none", ".", "nat", "<na>")
NEVER = ("0", "0.0", "inf", "never", "infinity")
_TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}
_DAY_FIRST = r"^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """Rows that can be used, as arrays of length n.

    y, d, weights : floats; d is 0 or 1 (zeros where only first treated periods matter). unit, cluster, period : codes from 0,
    periods in order of time. onset : (n_units,) code of the first treated period, number of periods for never; None where
    treatment is not one lasting start a unit. rows_read, dropped : rows given, and rows left out by reason. notes : sentences.
    """

    y: Vector
    d: Vector
    weights: Vector
    unit: Codes
    period: Codes
    period_names: tuple[str, ...]
    cluster: Codes
    onset: Codes | None
    rows_read: int
    dropped: Mapping[str, int]
    notes: tuple[str, ...]


def blank(column: pd.Series) -> np.ndarray:
    """(n,) True where the cell is missing, whether pandas or the file's writer said so."""
    return np.asarray(column.isna() | column.astype(str).str.strip().str.lower().isin(MISSING), dtype=bool)


def numbers(column: pd.Series, *, role: str) -> Vector:
    """Floats, nan where missing. Raises UsageError with the count where a cell is neither a number nor missing."""
    gone = blank(column)
    out = pd.to_numeric(column.where(~gone), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = int((~gone & ~np.isfinite(out)).sum())
    if bad:
        raise UsageError(f"{bad} rows of {role} '{column.name}' are not finite numbers.", "Mend or empty those cells.")
    return out


def time_values(column: pd.Series, *, role: str) -> pd.Series:
    """Sortable periods: numbers, timestamps or year-first text (2018-04, 2018Q1, 2018-19); missing cells become None."""
    gone = blank(column)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").astype(object).where(~gone, None)
    numeric = pd.to_numeric(column.where(~gone), errors="coerce")
    if not (numeric.isna() & ~gone).any():
        return numeric.astype(object).where(~gone, None)
    text = column.astype(str).str.strip()
    if bool(text[~gone].str.match(_DAY_FIRST).any()):
        raise UsageError(f"Dates of {role} '{column.name}' begin with day or month.", "Write them year first: 2015-04-01.")
    return text.astype(object).where(~gone, None)


def _indicator(column: pd.Series) -> Vector | None:
    """0 and 1 (nan where missing) when the column holds only truth values; else None."""
    gone = blank(column)
    out = column.astype(str).str.strip().str.lower().map(_TRUTHS).to_numpy(dtype=float, na_value=np.nan)
    return None if (np.isnan(out) & ~gone).any() else np.where(gone, np.nan, out)


def starts(column: pd.Series, periods: pd.Series, unit: pd.Series, *, role: str) -> pd.Series:
    """First treated period a row, None for never (0, empty, inf). Raises UsageError where a unit has two, or kinds differ."""
    never = blank(column) | column.astype(str).str.strip().str.lower().isin(NEVER).to_numpy()
    if bool(never.all()):
        raise UsageError(f"{role} '{column.name}' never starts.", "Give the first treated period of treated units.")
    values = time_values(column.where(~never), role=role)
    kinds = {isinstance(v, str) for v in values.dropna()} | {isinstance(v, str) for v in periods.dropna()}
    if len(kinds) > 1:
        raise UsageError(f"{role} '{column.name}' is not written as the periods are.", "Use one kind of value for both.")
    two = int((values.fillna("never").groupby(unit).nunique() > 1).sum())
    if two:
        raise UsageError(f"{two} units have more than one value of {role} '{column.name}'.", "Give one first period a unit.")
    return values


def read_columns(
    frame: pd.DataFrame,
    *,
    yname: str,
    idname: str,
    tname: str | None,
    treated: str | None,
    cluster: str | None,
    weights: str | None,
    gname: str | None,
) -> PanelColumns:
    """Arrays of the rows in which nothing needed is missing. Raises UsageError with column, reason and count otherwise."""
    named = {"yname": yname, "idname": idname, "tname": tname, "treated": treated, "cluster": cluster, "weights": weights}
    for role, name in (named | {"gname": gname}).items():
        if name is not None and name not in frame.columns:
            raise UsageError(f"There is no column '{name}' ({role}).", f"Columns: {', '.join(map(str, frame.columns[:20]))}.")
    if treated is None and gname is None:
        raise UsageError("Neither treatment nor first treated period is named.", "Give --treated or --gname.")
    if gname is not None and tname is None:
        raise UsageError("--gname needs periods.", "Give --tname.")
    frame = frame.reset_index(drop=True)
    y = numbers(frame[yname], role="yname")
    w = numbers(frame[weights], role="weights") if weights else np.ones(len(frame))
    if (w < 0).any():
        raise UsageError(f"{int((w < 0).sum())} weights are negative.", "Weights must be 0 or more.")
    periods = time_values(frame[tname], role="tname") if tname else pd.Series(np.zeros(len(frame)), dtype=object)
    bad = {f"missing {yname}": np.isnan(y), f"missing {idname}": blank(frame[idname])}
    bad |= {f"missing {tname}": np.asarray(periods.isna())} if tname else {}
    bad |= {f"missing {weights}": np.isnan(w), f"zero {weights}": w == 0} if weights else {}
    bad |= {f"missing {cluster}": blank(frame[cluster])} if cluster else {}
    indicator = _indicator(frame[treated]) if treated and gname is None else None
    first = None
    if gname or (treated and indicator is None):
        name = gname or str(treated)
        if tname is None:
            raise UsageError(f"treated '{name}' holds more than 0 and 1.", "Code it 0 and 1, or give --tname.")
        first = starts(frame[name], periods, frame[idname].astype(str), role="gname" if gname else "treated")
    elif indicator is not None:
        bad[f"missing {treated}"] = np.isnan(indicator)
    keep, dropped = np.ones(len(frame), dtype=bool), {}
    for reason, gone in bad.items():
        if n_gone := int((gone & keep).sum()):
            dropped[reason], keep = n_gone, keep & ~gone
    if keep.sum() < 3:
        raise UsageError(f"{int(keep.sum())} of {len(frame)} rows can be used.", "Look at the missing cells named above.")
    period, names = pd.factorize(periods[keep].to_numpy(), sort=True)
    unit = pd.factorize(frame.loc[keep, idname].astype(str).to_numpy(), sort=True)[0]
    group = pd.factorize(frame.loc[keep, cluster].astype(str).to_numpy(), sort=True)[0] if cluster else unit
    if first is not None:
        row_onset = _positions(first[keep], names)
        d = (period >= row_onset).astype(float)
    else:
        assert indicator is not None
        d = indicator[keep]
    if cluster is None and tname is None and min(len(np.unique(unit[d == arm])) for arm in (0, 1)) < 2:
        group = np.arange(len(unit))
    onset = onsets(d=d, period=period, group=unit)
    if first is not None:
        onset = np.full(int(unit.max()) + 1, len(names), dtype=np.intp)
        onset[unit] = row_onset
    return PanelColumns(
        y=y[keep],
        d=d,
        weights=w[keep],
        unit=unit.astype(np.intp),
        period=period.astype(np.intp),
        period_names=tuple(str(name) for name in names),
        cluster=group.astype(np.intp),
        onset=onset,
        rows_read=len(frame),
        dropped=dropped,
        notes=_notes(unit=unit, period=period, dropped=dropped, panel=tname is not None),
    )


def _positions(first: pd.Series, names: np.ndarray) -> Codes:
    """Code of the first period at or after each start; the number of periods for never."""
    out = np.full(len(first), len(names), dtype=np.intp)
    some = first.notna().to_numpy()
    out[some] = np.searchsorted(names, first[some].to_numpy(), side="left")
    return out


def onsets(*, d: Vector, period: Codes, group: Codes) -> Codes | None:
    """(n_groups,) position of the first treated period of each group, beyond the last for never; None where treatment ends
    again or differs within a group and period. A group unseen at the common first start is given that start."""
    size, last = int(group.max()) + 1, int(period.max())
    onset = np.full(size, last + 1, dtype=np.intp)
    np.minimum.at(onset, group[d == 1], period[d == 1])
    earliest = int(onset.min())
    late = onset[group]
    seen_between = np.zeros(size, dtype=bool)
    np.logical_or.at(seen_between, group, (period >= earliest) & (period < late))
    onset = np.where((onset <= last) & ~seen_between, earliest, onset)
    return onset if bool(((period >= onset[group]) == (d == 1)).all()) else None


def _notes(*, unit: Codes, period: Codes, dropped: Mapping[str, int], panel: bool) -> tuple[str, ...]:
    notes = [f"{count} rows left out: {reason}." for reason, count in dropped.items()]
    if panel:
        units, times = int(unit.max()) + 1, int(period.max()) + 1
        cells = len(np.unique(unit.astype(np.int64) * times + period))
        if cells < units * times:
            notes.append(f"Unbalanced: {cells} of {units * times} unit-periods are present.")
        if len(unit) > cells:
            notes.append(f"{len(unit) - cells} rows share unit and period with another: read as repeated cross-sections.")
    return tuple(notes)
