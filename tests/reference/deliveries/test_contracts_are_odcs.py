"""Every contract is valid against the published ODCS v3.1.0 JSON schema (bitol-io, Apache-2.0).

Belongs here: validity by somebody else's schema. Does not belong here: what the contracts say (`tests/unit/deliveries`).
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from data_contracts import FOLDER
from pipeline.contracts import datasets

CONTRACTS = sorted(FOLDER.glob("*.odcs.yaml"))


@pytest.fixture(scope="module")
def validator(shared_data: Path) -> jsonschema.Draft201909Validator:
    schema: dict[str, Any] = json.loads((shared_data / "contracts" / "odcs-json-schema-v3.1.0.json").read_text())
    return jsonschema.Draft201909Validator(schema)


def test_there_is_one_file_a_dataset() -> None:
    assert [path.name.removesuffix(".odcs.yaml") for path in CONTRACTS] == list(datasets())


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_contract_is_valid_odcs(path: Path, validator: jsonschema.Draft201909Validator) -> None:
    errors = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(yaml.safe_load(path.read_text()))]
    assert errors == []


def test_the_schema_finds_a_contract_that_is_not_odcs(validator: jsonschema.Draft201909Validator) -> None:
    contract = yaml.safe_load((FOLDER / "hes_ae.odcs.yaml").read_text())
    contract["schema"][0]["properties"][0]["logicalType"] = "text"
    assert list(validator.iter_errors(contract))
