"""Data contracts: what each dataset's delivery must be, read from ODCS v3.1 YAML.

Belongs here: the contract of a dataset as a frozen value, its hash, the cells that must be there.
Does not belong here: reading delivered files or judging their rows (`pipeline.deliveries`).

Custom properties this house gives to ODCS. Of a column: `aliases` (other lawful names), `optionalColumn` (may be absent),
`requiredFrom` (absent lawfully in deliveries that begin before this month), `repeatedTo` (numbered columns, the first of which
is named), `datedBy` (the date or month that must lie in the delivery's period). Of a sheet: `sheetPattern`. Of a contract:
`header`, `form`, `expected_cells`.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from data_contracts import FOLDER
from pipeline.documents import canonical_sha256, read_yaml
from pipeline.errors import ProtocolInvalid, UsageError
from pipeline.vocabulary import Arm, Stream

ColumnKind = Literal["string", "date", "integer", "number"]

#: one name in every kept table, whichever of the three keys was delivered
PERSON = "PSEUDO_HESID"

_SUFFIX = ".odcs.yaml"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a dataset.

    required : a row without a value is quarantined. optional : the whole column may be absent.
    required_from : month YYYY-MM from which the column must be present; before it, it is optional.
    key : it identifies the row. dates_row : the date or month by which the row belongs to the delivery's period.
    """

    name: str
    kind: ColumnKind
    required: bool = False
    optional: bool = False
    required_from: str | None = None
    aliases: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    key: bool = False
    dates_row: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every lawful name, the house's own first."""
        return (self.name, *self.aliases)

    def must_be_present(self, first_month: str) -> bool:
        """Whether a delivery whose period begins in `first_month` must have the column."""
        return not self.optional and (self.required_from is None or first_month >= self.required_from)


@dataclass(frozen=True, slots=True)
class ExpectedCells:
    """Cells that must not be empty: every month of baseline and contract year, for a stream and each of its arms."""

    stream: Stream
    arms: tuple[Arm, ...]
    minimum_rows_per_1000_heads_month: float
    maximum_unpriced_share: float


@dataclass(frozen=True, slots=True)
class Contract:
    """What a delivery of `dataset` must be. `sheets` are patterns of sheet names, for a workbook only."""

    dataset: str
    version: str
    columns: tuple[Column, ...]
    header: bool
    form: Literal["table", "workbook"]
    sheets: tuple[str, ...]
    expected_cells: tuple[ExpectedCells, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns of every kept table of this dataset, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def person_level(self) -> bool:
        """Whether rows are about people."""
        return PERSON in self.column_names


def _custom(part: dict[str, Any]) -> dict[str, Any]:
    return {entry["property"]: entry["value"] for entry in part.get("customProperties", [])}


def _columns(part: dict[str, Any]) -> list[Column]:
    """The column, or the run of numbered columns it opens. Only the first of a run may be one that must be present."""
    custom, options = _custom(part), part.get("logicalTypeOptions", {})
    first = Column(
        name=part["name"],
        kind=part["logicalType"],
        required=part.get("required", False),
        optional=custom.get("optionalColumn", False),
        required_from=custom.get("requiredFrom"),
        aliases=tuple(custom.get("aliases", ())),
        pattern=options.get("pattern"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        key=part.get("primaryKey", False),
        dates_row=custom.get("datedBy", False),
    )
    found = re.fullmatch(r"(.*_)(0?1)", first.name) if "repeatedTo" in custom else None
    if found is None:
        return [first]
    stem, width = found[1], len(found[2])
    rest = [f"{stem}{n:0{width}d}" for n in range(2, custom["repeatedTo"] + 1)]
    return [first, *(Column(name=name, kind=first.kind, optional=True, pattern=first.pattern) for name in rest)]


def _expected(entries: list[dict[str, Any]]) -> tuple[ExpectedCells, ...]:
    return tuple(
        ExpectedCells(
            stream=entry["stream"],
            arms=tuple(entry["arms"]),
            minimum_rows_per_1000_heads_month=float(entry["minimum_rows_per_1000_heads_month"]),
            maximum_unpriced_share=float(entry["maximum_unpriced_share"]),
        )
        for entry in entries
    )


def contract_of(document: dict[str, Any]) -> Contract:
    """The contract a parsed ODCS document states. Raises ProtocolInvalid naming the clause that is missing."""
    try:
        custom = _custom(document)
        workbook = custom.get("form", "table") == "workbook"
        parts = [] if workbook else document["schema"][0]["properties"]
        return Contract(
            dataset=document["name"],
            version=document["version"],
            columns=tuple(column for part in parts for column in _columns(part)),
            header=custom.get("header", True),
            form="workbook" if workbook else "table",
            sheets=tuple(_custom(sheet)["sheetPattern"] for sheet in document["schema"]) if workbook else (),
            expected_cells=_expected(custom.get("expected_cells", [])),
        )
    except KeyError as missing:
        name = document.get("name", "?")
        raise ProtocolInvalid(f"The contract of {name} has no {missing}.", "Complete it in data_contracts/.") from None


@cache
def _documents() -> dict[str, dict[str, Any]]:
    paths = sorted(FOLDER.glob(f"*{_SUFFIX}"))
    return {path.name.removesuffix(_SUFFIX): cast(dict[str, Any], read_yaml(path)) for path in paths}


def datasets() -> tuple[str, ...]:
    """Every dataset that has a contract."""
    return tuple(_documents())


@cache
def read_contract(dataset: str) -> Contract:
    """The contract of one dataset. Raises UsageError listing the known ones."""
    if dataset not in _documents():
        raise UsageError(f"There is no contract for '{dataset}'.", f"Known datasets: {', '.join(datasets())}.")
    return contract_of(_documents()[dataset])


def contracts_sha256() -> str:
    """Hash of the meaning of all contracts: what a verdict is bound to."""
    return canonical_sha256(_documents())


def expected_cells() -> list[ExpectedCells]:
    """The cells that must be there, over all contracts."""
    return [cells for dataset in datasets() for cells in read_contract(dataset).expected_cells]
