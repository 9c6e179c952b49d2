"""Every repair is counted into the result, from receipts, fates and cells. Expected counts are added up by hand."""

from typing import Any

import jsonschema
import pandas as pd
from unit.reports.example_result import paid

from pipeline.deliveries.receipt import Quarantined
from pipeline.result import schema
from pipeline.result_rows import repairs_section
from reports.disclosure import disclosed_count


class Received:
    """What the section reads of a receipt."""

    def __init__(self, dataset: str, padded: int | None, *quarantined: Quarantined) -> None:
        self.dataset, self.quarantined = dataset, quarantined
        self.measured = {} if padded is None else {"padded": padded}


ACCOUNTS = {
    "hes_ae": pd.DataFrame(
        [("kept", "", "", 9_998), ("merged", "delivered twice", None, 12), ("kept", "COST_GBP is not a sum of money", "", 3)],
        columns=["fate", "reason", "clause", "rows"],
    )
}
OTHERWISE = {"hes_ae": pd.DataFrame([("ARRIVALDATE holds a date that stands for none", 24)], columns=["reason", "rows"])}


def section() -> list[dict[str, Any]]:
    receipts: list[Any] = [
        Received("hes_ae", 20, Quarantined("AEKEY is missing", 4, 7)),
        Received("hes_ae", 22, Quarantined("AEKEY is missing", 5, 2)),
        Received("hes_op", None),
        Received("tariff", 0),
    ]
    return repairs_section(ACCOUNTS, OTHERWISE, receipts, disclosed_count)


def test_each_kind_of_repair_is_added_up_then_disclosed() -> None:
    found = [(r["dataset"], r["fate"], r["reason"], r["rows"]) for r in section()]
    # 4 + 5 refused is 9, printed as 10; 20 + 22 padded is 42, printed as 40; 3 is too small to print; nothing of op and tariff
    assert found == [
        ("hes_ae", "kept", "", 10_000),
        ("hes_ae", "kept", "COST_GBP is not a sum of money", "*"),
        ("hes_ae", "merged", "delivered twice", 10),
        ("hes_ae", "refused", "AEKEY is missing", 10),
        ("hes_ae", "rewritten", "ARRIVALDATE holds a date that stands for none", 25),
        ("hes_ae", "rewritten", "white space around codes is stripped", 40),
    ]


def test_it_fits_the_schema_and_a_fate_that_is_none_does_not() -> None:
    result = paid()
    result["data"]["repairs"] = section()
    check = jsonschema.Draft202012Validator(schema())
    assert check.is_valid(result)
    result["data"]["repairs"][0]["fate"] = "mended"
    assert not check.is_valid(result)
