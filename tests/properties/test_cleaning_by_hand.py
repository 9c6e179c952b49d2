"""A hand-written query of the whole job and the product agree, row by row: the short form of bench/cleaning_scale.

The query (bench/cleaning_by_hand) imports nothing of `pipeline` and is written from the rules in words. Processor seconds are
the bench's matter; nothing is timed here.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench import cleaning_scale

ROWS = 12_000


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, str]]:
    place = tmp_path_factory.mktemp("cleaning-by-hand")
    cleaning_scale.prepare(place, ROWS)
    return cleaning_scale.of_side("product", place), cleaning_scale.of_side("by hand", place)


def test_every_result_is_equal(sides: tuple[dict[str, str], dict[str, str]]) -> None:
    product, by_hand = sides
    assert set(product) == set(by_hand)
    assert cleaning_scale.differences(product, by_hand) == dict.fromkeys(product, 0)


def test_the_rows_meet_every_fate_and_price_state(sides: tuple[dict[str, str], dict[str, str]]) -> None:
    product, _ = sides
    for dataset in ("hes_apc", "hes_ae", "hes_op"):
        met = set(pq.read_table(product[f"{dataset}_fates"])["fate"].to_pylist())
        assert {"kept", "quarantined", "merged"} <= met
    states = {
        s for d in ("hes_apc", "hes_ae", "hes_op") for s in pq.read_table(product[f"{d}_priced"])["price_state"].to_pylist()
    }
    assert states == {"priced", "ungroupable", "no_price", "missing", "out_of_scope"}


@pytest.mark.parametrize("result", ["spells", "hes_op_priced", "hes_ae_fates"])
def test_one_row_that_differs_is_told(sides: tuple[dict[str, str], dict[str, str]], tmp_path: Path, result: str) -> None:
    product, by_hand = sides
    table = pq.read_table(by_hand[result])
    column = {"spells": "episodes", "hes_op_priced": "price_pence", "hes_ae_fates": "row_no"}[result]
    place = pc.index(pc.is_valid(table[column]), True).as_py()
    values = table[column].to_pylist()
    values[place] += 1
    changed = table.set_column(table.column_names.index(column), column, pa.array(values, pa.int64()))
    pq.write_table(changed, tmp_path / "changed.parquet")
    found = cleaning_scale.differences(product, by_hand | {result: str(tmp_path / "changed.parquet")})
    assert {name for name, rows in found.items() if rows} == {result}
