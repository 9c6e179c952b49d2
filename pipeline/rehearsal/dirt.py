"""The small untidiness of every real delivery, the same in both arms.

Belongs here: resubmitted rows, padded codes. Does not belong here: faults (`faults`), which bias a comparison.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.rehearsal.columns import padded


def with_resubmissions(
    table: pa.Table, draw: NDArray[np.floating[Any]], share: float, key: str, changed: dict[str, pa.Array]
) -> pa.Table:
    """The table and, for a share of its rows, the same row again with another key (and what `changed` says).

    draw : uniform, shape (rows,). The copies stand at the end; their key is the original with its first digit raised by one.
    """
    again = pa.array(np.flatnonzero(draw < share))
    copy = table.take(again)
    new = pa.array([str(int(k[0]) + 1) + k[1:] for k in copy[key].to_pylist()], type=pa.string())
    copy = copy.set_column(copy.schema.get_field_index(key), key, new)
    for name, values in changed.items():
        copy = copy.set_column(copy.schema.get_field_index(name), name, values.take(again))
    return pa.concat_tables([table, copy])


def with_padding(table: pa.Table, draw: NDArray[np.floating[Any]], share: float, names: tuple[str, ...]) -> pa.Table:
    """Spaces behind the codes of some columns on a share of rows (the upper end of the draw)."""
    where = draw > 1 - share
    for name in names:
        column = table[name].combine_chunks()
        table = table.set_column(table.schema.get_field_index(name), name, padded(column, where))
    return table
