"""The identity of promise 7, and that it can fail."""

import pandas as pd
import pytest

from pipeline.cleaning.accounting import check_accounting
from pipeline.errors import InternalError

COUNTED = pd.DataFrame(
    [("kept", "", "", 7), ("merged", "x", "", 2), ("out_of_scope", "y", "z", 1)], columns=["fate", "reason", "clause", "rows"]
)


def test_ten_rows_in_ten_accounted_for() -> None:
    check_accounting(10, COUNTED)


@pytest.mark.parametrize("rows_in", [9, 11])
def test_a_row_too_many_or_too_few_is_our_fault(rows_in: int) -> None:
    with pytest.raises(
        InternalError, match=f"{rows_in} rows came in but 10 are accounted for: 7 kept, 0 quarantined, 2 merged"
    ):
        check_accounting(rows_in, COUNTED)


def test_a_fate_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InternalError, match="forgotten"):
        check_accounting(10, COUNTED.replace("merged", "forgotten"))


def test_a_row_without_a_fate_is_refused() -> None:
    with pytest.raises(InternalError, match="none"):
        check_accounting(10, COUNTED.replace({"fate": {"merged": None}}))
