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
from pipeline.estimation.period_order import as_text, blank, time_keys

NEVER = ("0", "0.0", "inf", "never", "infinity")
_TRUTHS = dict.fromkeys(("true", "t", "yes", "y", "1", "1.0"), 1.0)
_TRUTHS |= dict.fromkeys(("false", "f", "no", "n", "0", "0.0"), 0.0)
_DECIMAL_COMMA = r"[+-]?\d*,\d+(e[+-]?\d+)?"
#: larger numbers overflow when squared and summed
LARGEST = 1e100


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """Rows that can be used, as arrays of length n.

    y, d, weights : floats; d is 0 or 1 (zeros where only first treated periods matter). unit, cluster, period : codes from 0,
    periods in order of time if `ordered` (words without an order serve as labels). onset : (n_units,) code of the first
    treated period, number of periods for never; None where treatment is not one lasting start a unit. rows_read, dropped :
    rows given, and rows left out by reason. notes : sentences.
    """

    y: Vector
    d: Vector
    weights: Vector
    unit: Codes
    period: Codes
    period_names: tuple[str, ...]
    ordered: bool
    cluster: Codes
    onset: Codes | None
    rows_read: int
    dropped: Mapping[str, int]
    notes: tuple[str, ...]


def numbers(column: pd.Series, *, role: str) -> Vector:
    """Floats, nan where missing; true and false are 1 and 0, a comma is the decimal mark where it can be nothing else.

    Raises UsageError with the count where a cell is neither a number nor missing."""
    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_timedelta64_dtype(column):
        raise UsageError(f"{role} '{column.name}' holds dates, not numbers.", "Name a column of numbers.")
    gone = blank(column)
    out = pd.to_numeric(column.where(~gone), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = ~gone & ~(np.abs(out) < LARGEST)
    if bad.any():
        text = column.astype(str).str.strip().str.lower()
        if text[~gone].isin(["true", "false"]).all():
            return np.where(gone, np.nan, text == "true").astype(float)
        commas = bad & text.str.fullmatch(_DECIMAL_COMMA).to_numpy(dtype=bool)
        thousands = text[commas].str.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}").all()
        if (commas == bad).all() and not thousands and not text[~gone].str.contains(".", regex=False).any():
            return pd.to_numeric(text.str.replace(",", ".").where(~gone)).to_numpy(dtype=float, na_value=np.nan)
        raise UsageError(
            f"{int(bad.sum())} rows of {role} '{column.name}' are not finite numbers.",
            "Mend or empty those cells; write numbers without separators of thousands.",
        )
    return out


def _indicator(column: pd.Series) -> Vector | None:
    """0 and 1 (nan where missing) when the column holds only truth values; else None."""
    gone = blank(column)
    out = as_text(column).astype(str).str.strip().str.lower().map(_TRUTHS).to_numpy(dtype=float, na_value=np.nan)
    return None if (np.isnan(out) & ~gone).any() else np.where(gone, np.nan, out)


def starts(column: pd.Series, tname: pd.Series, unit: pd.Series, *, role: str) -> tuple[pd.Series, np.ndarray]:
    """First treated period a row, None for never, and True where it is missing. 0, inf and never mean never; so does an empty
    cell where none of them stands. Raises UsageError where a unit has two, or they are not written as the periods are."""
    column = as_text(column)
    empty = blank(column)
    said = column.astype(str).str.strip().str.lower().isin(NEVER).to_numpy()
    numbers_of_time = pd.to_numeric(tname, errors="coerce")
    zero = column.astype(str).str.strip().isin(("0", "0.0")).to_numpy()
    if zero.any() and (numbers_of_time < 0).any() and (numbers_of_time == 0).any():
        raise UsageError(
            f"0 in {role} '{column.name}' would mean never, and 0 is also a period after others.",
            f"Number the periods of '{tname.name}' and the starts from 1 upwards.",
        )
    if bool((empty | said).all()):
        raise UsageError(f"{role} '{column.name}' never starts.", "Give the first treated period of treated units.")
    lost = empty if bool(said.any()) else np.zeros(len(column), dtype=bool)
    both = pd.concat([column.where(~(empty | said)).astype(object), as_text(tname).astype(object)], ignore_index=True)
    both.name = column.name
    values = time_keys(both, role=role, needs_order=True).keys.iloc[: len(column)]
    two = int((values.fillna("never")[~lost].groupby(unit[~lost]).nunique() > 1).sum())
    if two and role == "treated":
        raise UsageError(
            f"treated '{column.name}' is neither 0 and 1 nor a first treated period: {two} units have more than one.",
            "Code it 0 and 1 (or true/false, yes/no), or give one first treated period a unit. Doses are not estimated.",
        )
    if two:
        raise UsageError(f"{two} units have more than one value of {role} '{column.name}'.", "Give one first period a unit.")
    return values, lost


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
    named |= {"gname": gname}
    check_names(frame, {role: name for role, name in named.items() if name is not None})
    frame = frame.reset_index(drop=True)
    y = numbers(frame[yname], role="yname")
    w = numbers(frame[weights], role="weights") if weights else np.ones(len(frame))
    if (w < 0).any():
        raise UsageError(f"{int((w < 0).sum())} weights are negative.", "Weights must be 0 or more.")
    unit_names = frame[idname].astype(str).str.strip()
    bad = {f"missing {yname}": np.isnan(y), f"missing {idname}": blank(frame[idname])}
    bad |= {f"missing {tname}": blank(frame[tname])} if tname else {}
    bad |= {f"missing {weights}": np.isnan(w), f"zero {weights}": w == 0} if weights else {}
    bad |= {f"missing {cluster}": blank(frame[cluster])} if cluster else {}
    indicator = _indicator(frame[treated]) if treated and gname is None else None
    first, said = None, []
    if indicator is None:
        name, role = (gname, "gname") if gname else (str(treated), "treated")
        if tname is None:
            raise UsageError(f"treated '{name}' holds more than 0 and 1.", "Code it 0 and 1, or give --tname.")
        first, lost = starts(frame[name], frame[tname], unit_names, role=role)
        bad[f"missing {name}"] = lost
        said = [f"treated '{name}' holds more than 0 and 1: read as each unit's first treated period."] if not gname else []
        said += [f"--gname given: treated '{treated}' is not used."] if gname and treated else []
    else:
        bad[f"missing {treated}"] = np.isnan(indicator)
    keep, dropped = np.ones(len(frame), dtype=bool), {}
    for reason, gone in bad.items():
        if n_gone := int((gone & keep).sum()):
            dropped[reason], keep = n_gone, keep & ~gone
    if keep.sum() < 3:
        raise UsageError(f"{int(keep.sum())} of {len(frame)} rows can be used.", "Look for missing cells and zero weights.")
    if tname:
        times = time_keys(frame[tname], role="tname", needs_order=first is not None)
        period, levels = pd.factorize(times.keys[keep].to_numpy(), sort=True)
        written = frame.loc[keep, tname].astype(str).to_numpy()[np.unique(period, return_index=True)[1]]
        names = tuple(str(key) if isinstance(key, float) else str(text) for key, text in zip(levels, written, strict=True))
        ordered = times.ordered
    else:
        period, levels, names, ordered = np.zeros(int(keep.sum()), dtype=np.intp), np.zeros(1), ("all",), True
    if not ordered:
        said.append(f"The periods of tname '{tname}' have no order of time as written: hc3 and permutation are not made.")
    unit = pd.factorize(unit_names[keep].to_numpy(), sort=True)[0]
    group = pd.factorize(frame.loc[keep, cluster].astype(str).str.strip().to_numpy(), sort=True)[0] if cluster else unit
    if first is not None:
        row_onset = _positions(first[keep], levels)
        d = (period >= row_onset).astype(float)
    else:
        assert indicator is not None
        d = indicator[keep]
    if cluster is None and tname is None and min(len(np.unique(unit[d == arm])) for arm in (0, 1)) < 2:
        group = np.arange(len(unit))
    onset = onsets(d=d, period=period, group=unit) if ordered else None
    if first is not None:
        onset = np.full(int(unit.max()) + 1, len(names), dtype=np.intp)
        onset[unit] = row_onset
    return PanelColumns(
        y=y[keep],
        d=d,
        weights=w[keep],
        unit=unit.astype(np.intp),
        period=period.astype(np.intp),
        period_names=names,
        ordered=ordered,
        cluster=group.astype(np.intp),
        onset=onset,
        rows_read=len(frame),
        dropped=dropped,
        notes=(*said, *_notes(unit=unit, period=period, dropped=dropped, panel=tname is not None)),
    )


def check_names(frame: pd.DataFrame, named: Mapping[str, str]) -> None:
    """Raises UsageError where a column is missing, is named for two things that cannot be one, or too few are named."""
    for role, name in named.items():
        if name not in frame.columns:
            raise UsageError(f"There is no column '{name}' ({role}).", f"Columns: {', '.join(map(str, frame.columns[:20]))}.")
        if list(frame.columns).count(name) > 1:
            raise UsageError(f"There are two columns '{name}' ({role}).", "Rename one.")
    for role, name in named.items():
        # a cluster may be the unit or the period, and --gname may repeat --treated
        twice = [other for other in ("yname", "idname", "tname", "weights") if other != role and named.get(other) == name]
        if twice and role != "cluster":
            raise UsageError(f"Column '{name}' is named as {role} and as {twice[0]}.", "Name a column for each.")
    if "treated" not in named and "gname" not in named:
        raise UsageError("Neither treatment nor first treated period is named.", "Give --treated or --gname.")
    if "gname" in named and "tname" not in named:
        raise UsageError("--gname needs periods.", "Give --tname.")


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
        if alone := int((np.bincount(unit) == 1).sum()):
            notes.append(
                f"{alone} units are seen once: they count in n and bear on no estimate; some libraries leave them out."
            )
        if len(unit) > cells:
            notes.append(f"{len(unit) - cells} rows share unit and period with another: read as repeated cross-sections.")
    return tuple(notes)
