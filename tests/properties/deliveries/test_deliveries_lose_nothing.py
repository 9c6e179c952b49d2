"""Whatever text is delivered, rows in = kept + set aside, each row exactly once, and kept text is the delivered text stripped.

Belongs here: conservation at receipt (DESIGN, promise 7). The oracle is Python's csv module and str.strip.
"""

import csv
import io
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from delivery_folder import AE_COLUMNS, write_delivery
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deliveries import receive
from pipeline.store import Store

_NAMES = AE_COLUMNS.split(",")
_TEXT = st.text(alphabet=' ,"\n\tab12&-\N{EURO SIGN}', max_size=8)
_ROW = st.tuples(*[_TEXT if name not in ("AEKEY", "PSEUDO_HESID") else st.sampled_from(["", " 7", "7"]) for name in _NAMES])


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(_ROW, min_size=1, max_size=6))
def test_every_row_is_kept_or_set_aside_once(rows: list[tuple[str, ...]]) -> None:
    good = ("7", "7", "1617", "2016-04-03", "1012", "1", "03", "01", "2", "A80001", "ZT1", "")
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([_NAMES, good, *rows])
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        (receipt,) = receive(store, [write_delivery(Path(folder) / "in", written.getvalue())])
        at = store.root / "deliveries" / receipt.fingerprint
        kept, aside = (pq.read_table(at / f"{name}.parquet").to_pylist() for name in ("kept", "quarantined"))

    assert receipt.rows_in == len(rows) + 1 == receipt.kept + sum(q.rows for q in receipt.quarantined)
    numbered = {row["ROW_NO"]: row for row in [*kept, *aside]}
    assert sorted(numbered) == list(range(1, len(rows) + 2))
    assert len(kept) == receipt.kept
    for number, delivered in enumerate([good, *rows], start=1):
        expected = {name: cell.strip(" \t\n") or None for name, cell in zip(_NAMES, delivered, strict=True)}
        assert {name: numbered[number][name] for name in _NAMES} == expected
