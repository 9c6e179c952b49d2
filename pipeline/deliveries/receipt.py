"""The receipt of a delivery: what was counted on arrival.

Belongs here: counts by fate and reason, control totals declared and measured, the sentence a person reads.
Does not belong here: any delivered value (a reason names the column, a place is a row number).
"""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from pipeline.deliveries.totals import differences


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Rows set aside for one reason. first_row : the first of them, 1 is the first data row of the delivery."""

    reason: str
    rows: int
    first_row: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery on arrival. rows_in = kept + the rows of `quarantined`; all 0 for a workbook.

    declared, measured : control totals, `rows`, `people` and `sums` (column to decimal text), those that exist; `measured` also
        counts rows `set_aside`, dated `outside_period`, and `repeated` (`pipeline.deliveries.totals.measure`).
    person_key : the name under which people were identified; None where the dataset is not about people.
    unused_columns : how many delivered columns the contract does not name, hence were not kept.
    new : False where the same delivery had been received before and there was nothing to do.
    """

    fingerprint: str
    dataset: str
    supplier: str
    first_month: str
    last_month: str
    received: date
    status: str
    supersedes: str | None
    contract_version: str
    rows_in: int
    kept: int
    quarantined: tuple[Quarantined, ...]
    declared: dict[str, Any]
    measured: dict[str, Any]
    person_key: str | None
    unused_columns: int
    new: bool = True

    @property
    def period(self) -> str:
        """The months covered, in words."""
        return f"{self.first_month} to {self.last_month}"

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """Control totals that were not met: name, declared, measured."""
        return differences(self.declared, self.measured)

    def sentence(self) -> str:
        """One sentence for the person who received it."""
        what = f"{self.dataset} {self.period} from {self.supplier} ({self.fingerprint[:12]})"
        if not self.new:
            return f"{what} was received before: nothing to do."
        if not self.measured:
            return f"{what} was received: a workbook, stored as it came."
        state = "" if self.status == "final" else f" as {self.status}"
        said = [f"{what} was received{state}: {self.rows_in:,} rows, {self.kept:,} kept"]
        for aside in self.quarantined:
            said.append(f"{aside.rows:,} set aside because {aside.reason} (first in row {aside.first_row:,})")
        if self.unused_columns:
            said.append(f"not kept, since the contract does not name them: columns, {self.unused_columns:,}")
        if self.measured.get("outside_period"):
            said.append(f"{self.measured['outside_period']:,} dated outside the period")
        if self.measured.get("repeated"):
            said.append(f"{self.measured['repeated']:,} repeat another row in all but the key")
        if not self.declared.get("sums") and len(self.declared) < 2:
            said.append("the note declares no control totals")
        for name, declared, measured in self.differences:
            said.append(f"control total {name} was declared as {declared} and is {measured}")
        return "; ".join(said) + "."

    def as_dict(self) -> dict[str, Any]:
        """Plain data for receipt.json and the register (without `new`, which belongs to one call)."""
        plain = asdict(self) | {"received": self.received.isoformat(), "quarantined": [asdict(q) for q in self.quarantined]}
        del plain["new"]
        return plain


def receipt_from(plain: dict[str, Any], new: bool = False) -> Receipt:
    """Inverse of `Receipt.as_dict`."""
    known = {field.name: plain[field.name] for field in fields(Receipt) if field.name != "new"}
    known["received"] = date.fromisoformat(plain["received"])
    known["quarantined"] = tuple(Quarantined(**aside) for aside in plain["quarantined"])
    return Receipt(**known, new=new)
