"""A study folder as at a day: protocol, terms, signatures, deliveries in force, and the hashes that bind a run.

Belongs here: reading what a folder holds and deriving identities from it. Does not belong here: computing anything from data.

    study.yaml terms.yaml approvals.yaml deliveries/ store/ dagster/ published/
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline import approvals as signatures
from pipeline import deliveries as received
from pipeline import publication
from pipeline.assurance import verdicts
from pipeline.assurance.gate import Bindings, Verdict
from pipeline.code_version import code_version
from pipeline.contracts import contracts_sha256
from pipeline.documents import canonical_sha256
from pipeline.errors import UsageError
from pipeline.settlement.ledger import Ledger
from pipeline.settlement.terms import Terms, read_terms
from pipeline.store import Store
from pipeline.study import Study, read_study


@lru_cache(maxsize=8)
def _store(root: Path) -> Store:
    """One store, hence one engine, per folder and process: every step of a run shares it."""
    return Store(root)


@dataclass(frozen=True)
class StudyFolder:
    """One study folder, seen on one day. `asked_on` None means the latest received date in force."""

    folder: Path
    asked_on: date | None = None

    @cached_property
    def study(self) -> Study:
        return read_study(self.folder)

    @cached_property
    def terms(self) -> Terms:
        return read_terms(self.folder)

    @cached_property
    def approvals(self) -> list[signatures.Approval]:
        return signatures.read_approvals(self.folder)

    @cached_property
    def store(self) -> Store:
        return _store(self.folder.resolve() / "store")

    @cached_property
    def ledger(self) -> Ledger:
        (self.folder / "store").mkdir(exist_ok=True)
        return Ledger(f"sqlite:///{self.folder / 'store' / 'ledger.sqlite'}")

    @property
    def published(self) -> Path:
        return self.folder / "published"

    @cached_property
    def on(self) -> date:
        """The day the run is for: asked, or the latest received date. Never the wall clock."""
        if self.asked_on is not None:
            return self.asked_on
        every = received.deliveries(self.store)
        if not every:
            raise UsageError("Nothing has been received yet.", "Receive deliveries first: outcomeb receive deliveries/")
        return received.latest_received(every)

    @cached_property
    def in_force(self) -> list[received.Delivery]:
        return received.in_force(received.deliveries(self.store), self.on)

    @cached_property
    def waivers(self) -> list[signatures.Waiver]:
        return signatures.waivers(self.approvals, parties=self.terms.parties, on=self.on)

    @cached_property
    def bindings(self) -> Bindings:
        """What a gate's verdict is bound to."""
        return Bindings(
            deliveries=received.inputs_sha256(self.in_force),
            protocol=self.study.sha256,
            contracts=contracts_sha256(),
            waivers=signatures.waivers_sha256(self.waivers),
        )

    @property
    def inputs_id(self) -> str:
        """Hash of what every table rests on, whatever the contract year: deliveries, protocol, terms, contracts, code."""
        bound = self.bindings
        return canonical_sha256([bound.deliveries, bound.protocol, bound.contracts, self.terms.sha256, code_version()])

    def run_id(self, contract_year: str, *, on: str | None = None, code: str | None = None) -> str:
        """Hash of inputs, protocol (with its seeds), terms, contracts, waivers, day, code and what earlier years were paid.

        on, code : day and code version to put in, where an earlier run is to be recognised; default this day and this code.
        """
        paid = self.ledger.paid_before(contract_year)[1]
        return canonical_sha256(
            [
                self.bindings.sha256,
                self.terms.sha256,
                on or self.on.isoformat(),
                code or code_version(),
                contract_year,
                list(paid),
            ]
        )

    def require_signed(self) -> None:
        """Raises ApprovalMissing unless both sides signed exactly this protocol and these terms."""
        documents: list[tuple[signatures.What, str]] = [("protocol", self.study.sha256), ("terms", self.terms.sha256)]
        for what, sha256 in documents:
            signatures.require(self.approvals, what=what, sha256=sha256, parties=self.terms.parties, on=self.on)

    def verdict(self, gate: str, contract_year: str) -> Verdict | None:
        """The stored verdict of a gate, if it was judged on exactly what is in force."""
        return verdicts.read(self.folder / "store" / "verdicts", gate, contract_year, self.bindings)

    def any_verdict(self, gate: str, contract_year: str) -> Verdict | None:
        """The verdict on what is in force, or else on the same deliveries, protocol and contracts under other waivers."""
        unwaived = replace(self.bindings, waivers=signatures.waivers_sha256([]))
        found = self.verdict(gate, contract_year)
        return found or verdicts.read(self.folder / "store" / "verdicts", gate, contract_year, unwaived)

    def latest_version(self, contract_year: str) -> Path | None:
        """The folder of the latest published version of a contract year."""
        found = publication.versions(self.published, contract_year)
        return found[-1] if found else None

    def version_in_force(self, contract_year: str) -> Path | None:
        """The latest published version that rests on what is in force today: deliveries, protocol, terms, contracts, waivers,
        and what earlier years were paid; one that was run for this very day first. Not simply the last one: a run for an
        earlier day may have been published since.
        """
        today: Path | None = None
        found: Path | None = None
        for version in publication.versions(self.published, contract_year):
            run = publication.result(version)["run"]
            if run["run_id"] != self.run_id(contract_year, on=run["on"], code=run["code_version"]):
                continue
            if run["on"] == self.on.isoformat():
                today = version
            found = version
        return today or found

    def require_deliveries(self) -> None:
        """Raises UsageError naming the datasets that the protocol requires and nobody delivered."""
        present = {d.dataset for d in self.in_force}
        missing = [dataset for dataset in self.study.requires.datasets if dataset not in present]
        if missing:
            raise UsageError(
                f"Required by the protocol and not received as at {self.on}: {', '.join(missing)}.",
                "Receive them, or declare them absent with a reason in study.yaml (requires.absent), signed anew.",
            )

    def contract_years(self, asked: Sequence[str] = ()) -> list[str]:
        """The asked contract years, or all. Raises UsageError for one that the protocol does not have."""
        known = self.study.calendar.contract_years
        wrong = [year for year in asked if year not in known]
        if wrong:
            raise UsageError(f"{wrong[0]} is not a contract year of this study.", f"It has {', '.join(known)}.")
        return [year for year in known if not asked or year in asked]
