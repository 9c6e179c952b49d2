"""Strikes on delivered files: their text, their bytes, one column, the header, another kind of file.

Belongs here: reading a file, changing it, writing it back. Does not belong here: which fault does what (`files`).
"""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.rehearsal.faults.fault import Fault, StrikeFolder
from pipeline.rehearsal.faults.notes import folder_of, with_note


def file_of(deliveries: Path, fault: Fault) -> Path:
    """The delivered file (of several, the first), whatever the note calls it."""
    return next(path for path in sorted(folder_of(deliveries, fault).iterdir()) if path.name != "delivery.yaml")


def _cannot(fault: Fault, why: str) -> UsageError:
    return UsageError(f"The fault {fault.name} cannot be planted in this file: {why}.", "Plant it in another year.")


def text_of(path: Path, fault: Fault) -> str:
    """Raises UsageError where the file is no longer text, since another fault struck it before."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        pass
    raise _cannot(fault, "another fault has left no text in it")


def on_text(change: Callable[[str, Fault], str], *, encoding: str = "utf-8") -> StrikeFolder:
    """A strike on the text of a CSV file, written back in an encoding."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = file_of(deliveries, fault)
        path.write_bytes(change(text_of(path, fault), fault).encode(encoding))

    return strike


def on_bytes(change: Callable[[bytes, Fault], bytes]) -> StrikeFolder:
    """A strike on the bytes of a file of any kind."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = file_of(deliveries, fault)
        path.write_bytes(change(path.read_bytes(), fault))

    return strike


def as_parquet(change: Callable[[pa.Table], pa.Table]) -> StrikeFolder:
    """The file sent as Parquet, with types of its own."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = file_of(deliveries, fault)
        names = csv.read_csv(pa.py_buffer(text_of(path, fault).encode())).column_names
        texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        table = None
        with suppress(pa.ArrowInvalid, KeyError):
            table = change(csv.read_csv(path, convert_options=texts))
        if table is None:
            raise _cannot(fault, "another fault has changed its columns")
        path.unlink()
        pq.write_table(table, path.with_suffix(".parquet"), store_schema=False)
        new = path.with_suffix(".parquet").name
        with_note(path.parent, lambda note: note.update(files=[new if name == path.name else name for name in note["files"]]))

    return strike


def lines_of(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def place_of(text: str, name: str, fault: Fault) -> int:
    """Place of a column. Raises UsageError where another fault has taken its name away."""
    names = text.split("\n", 1)[0].replace('"', "").split(",")
    if name not in names:
        raise _cannot(fault, f"another fault has left no column {name} in it")
    return names.index(name)


def on_column(name: str, change: Callable[[str], str]) -> Callable[[str, Fault], str]:
    """Each value of one column, with or without its quotation marks; no field of these files holds a comma."""

    def strike(text: str, fault: Fault) -> str:
        lines, at = lines_of(text), place_of(text, name, fault)
        out = [lines[0]]
        for line in lines[1:]:
            cells = line.rstrip("\n").split(",")
            quoted = cells[at].startswith('"')
            new = change(cells[at].strip('"'))
            cells[at] = f'"{new}"' if quoted and new else new
            out.append(",".join(cells) + "\n")
        return "".join(out)

    return strike


def header(old: str, new: str) -> Callable[[str, Fault], str]:
    def strike(text: str, fault: Fault) -> str:
        place_of(text, old, fault)
        first, rest = text.split("\n", 1)
        return re.sub(rf"(?<![A-Z0-9_]){old}(?![A-Z0-9_])", new, first) + "\n" + rest

    return strike


def typed(**kinds: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        for name, kind in kinds.items():
            values = table[name]
            if pa.types.is_temporal(kind):
                values = pc.strptime(values, format="%Y-%m-%d", unit="s")
            elif pa.types.is_string(values.type):
                values = pc.utf8_trim_whitespace(values)
            table = table.set_column(table.schema.get_field_index(name), name, values.cast(kind))
        return table

    return change
