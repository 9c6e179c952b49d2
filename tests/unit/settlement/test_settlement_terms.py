"""Terms are refused with file, line and clause when anything that moves money is missing or inexact."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.errors import ProtocolInvalid
from pipeline.settlement.terms import illustrative_terms, read_terms


def written(folder: Path, document: dict[str, Any]) -> Path:
    (folder / "terms.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return folder


def test_illustrative_terms_are_valid_and_say_so(tmp_path: Path) -> None:
    assert read_terms(written(tmp_path, illustrative_terms())).illustrative


@pytest.mark.parametrize("clause", ["interim_payment", "interest", "days_to_cure", "fallback", "supplier_fault", "waivers"])
def test_terms_must_say_who_bears_a_shut_gate(tmp_path: Path, clause: str) -> None:
    document = illustrative_terms()
    del document["shut_gate"][clause]
    with pytest.raises(ProtocolInvalid, match=rf"terms\.yaml line \d+, shut_gate\.{clause}: Field required"):
        read_terms(written(tmp_path, document))


def test_money_must_be_exact(tmp_path: Path) -> None:
    document = illustrative_terms()
    document["outcome_b"]["threshold"]["gbp_per_head"] = 43.1
    with pytest.raises(ProtocolInvalid, match=r"outcome_b\.threshold\.gbp_per_head: .*write it in quotes"):
        read_terms(written(tmp_path, document))


def test_contradicting_caps_name_both_clauses(tmp_path: Path) -> None:
    document = illustrative_terms()
    document["outcome_b"]["annual_cap"]["gbp"] = "9000000.00"
    with pytest.raises(ProtocolInvalid, match=r"clause 7\.5 caps a year above what clause 7\.6 caps in all"):
        read_terms(written(tmp_path, document))


def test_one_organisation_cannot_be_both_sides(tmp_path: Path) -> None:
    document = illustrative_terms()
    document["parties"]["investor"]["organisation"] = document["parties"]["commissioner"]["organisation"]
    with pytest.raises(ProtocolInvalid, match="same organisation"):
        read_terms(written(tmp_path, document))


def test_the_line_is_the_line_of_the_clause(tmp_path: Path) -> None:
    document = illustrative_terms()
    document["outcome_b"]["share"]["share_of_saving"] = "1.5"
    folder = written(tmp_path, document)
    lines = (folder / "terms.yaml").read_text().splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if "share_of_saving" in text)
    with pytest.raises(ProtocolInvalid, match=rf"line {line}, outcome_b\.share\.share_of_saving"):
        read_terms(folder)
