"""The gate: a verdict that is data, bound to what it was judged on, without which no estimator runs.

Belongs here: who decides that a gate is shut, and the guard that estimators call.
Does not belong here: the checks that make findings (beside this file), how a verdict is stored (`pipeline.assurance.verdicts`).

A blocking asset check holds inside one run only; this verdict travels with the data (DESIGN, The flow).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal, Protocol

from pipeline.assurance.finding import Finding
from pipeline.documents import canonical_sha256
from pipeline.errors import ApprovalMissing, DataGateClosed, DesignGateClosed, InternalError

GateName = Literal["data", "design"]


class SignedWaiver(Protocol):
    """What the gate needs of `pipeline.approvals.Waiver`, which has already been checked for two signatures of two sides."""

    @property
    def finding_sha256(self) -> str: ...
    @property
    def expires(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Bindings:
    """What a verdict was judged on, all sha256 in hex. Another hash in any place makes the verdict void.

    deliveries : pipeline.deliveries.inputs_sha256 of the deliveries in force.
    protocol : Study.sha256.
    contracts : pipeline.contracts.contracts_sha256().
    waivers : canonical_sha256 of the waivers in force.
    """

    deliveries: str
    protocol: str
    contracts: str
    waivers: str

    @property
    def sha256(self) -> str:
        return canonical_sha256(asdict(self))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Pass, fail or waived, for one gate and one contract year.

    findings : everything the checks saw; a failing finding that a waiver covers stands here as `waived`.
    on : the day it was judged for (an input, never today's date).
    expires : last day of the waiver that ends first, None when it rests on none.
    """

    gate: GateName
    contract_year: str
    verdict: Literal["pass", "fail", "waived"]
    findings: tuple[Finding, ...]
    bindings: Bindings
    on: date
    expires: date | None

    @property
    def is_open(self) -> bool:
        return self.verdict in ("pass", "waived")

    def sentence(self) -> str:
        """The verdict in one sentence, with its number."""
        shut = sum(1 for f in self.findings if f.verdict in ("fail", "not_evaluated"))
        name = f"The {self.gate} gate for {self.contract_year}"
        if self.verdict == "fail":
            return f"{name} is shut: {shut} of {len(self.findings)} findings block or could not be evaluated."
        waived = sum(1 for f in self.findings if f.verdict == "waived")
        rests = f", resting on {waived} waived findings until {self.expires}" if waived else ""
        return f"{name} is open: {len(self.findings)} findings{rests}."


def judge(
    *,
    gate: GateName,
    contract_year: str,
    findings: Iterable[Finding],
    required_checks: Iterable[str],
    waivers: Sequence[SignedWaiver],
    bindings: Bindings,
    on: date,
) -> Verdict:
    """Close on any unwaived `fail`, and on any required check that gave no finding or was not evaluated (fail closed).

    A waiver matches a finding by its hash, so that a finding which has changed is not covered; it counts through its
    expiry day. A required check without a finding gets one, so that it can be read, and waived, like any other.
    """
    required = tuple(required_checks)
    found = list(findings)
    seen = {finding.check for finding in found}
    found += [_absent(check, contract_year) for check in required if check not in seen]

    in_force: dict[str, date] = {}
    for waiver in waivers:
        if waiver.expires >= on:
            in_force[waiver.finding_sha256] = max(waiver.expires, in_force.get(waiver.finding_sha256, waiver.expires))
    judged: list[Finding] = []
    expiries: list[date] = []
    shut = False
    for finding in found:
        blocks = finding.verdict == "fail" or (finding.verdict == "not_evaluated" and finding.check in required)
        if blocks and finding.sha256 in in_force:
            expiries.append(in_force[finding.sha256])
            judged.append(replace(finding, verdict="waived"))
        else:
            shut = shut or blocks
            judged.append(finding)
    verdict: Literal["pass", "fail", "waived"] = "fail" if shut else "waived" if expiries else "pass"
    expires = min(expiries) if expiries else None
    return Verdict(gate, contract_year, verdict, tuple(judged), bindings, on, expires)


def require_open(verdict: Verdict | None, *, gate: str, contract_year: str, bindings: Bindings, on: date) -> None:
    """Return only if `verdict` is open for this gate, year and these inputs.

    Raises DataGateClosed or DesignGateClosed when it is absent, shut, of another gate or year, or bound to other hashes;
    ApprovalMissing when a waiver it rests on has expired on the day `on`.
    """
    if gate not in ("data", "design"):
        raise InternalError(f"There is no {gate} gate.")
    closed = DataGateClosed if gate == "data" else DesignGateClosed
    name = f"The {gate} gate for {contract_year}"
    if verdict is None:
        raise closed(f"{name} has not been judged for these inputs.", "Run the checks first: outcomeb run --until design.")
    if verdict.gate != gate or verdict.contract_year != contract_year:
        raise closed(f"{name} was asked for, but the verdict is of the {verdict.gate} gate for {verdict.contract_year}.")
    other = [part for part, value in asdict(verdict.bindings).items() if value != asdict(bindings)[part]]
    if other:
        raise closed(f"{name} was judged on other {', '.join(other)} than those in force.", "Run the checks again.")
    if not verdict.is_open:
        raise closed(
            verdict.sentence(), "Send the questions in its findings to the supplier, or have both sides sign a waiver."
        )
    if verdict.expires is not None and on > verdict.expires:
        raise ApprovalMissing(
            f"{name} rested on a waiver that ended on {verdict.expires}.", "Renew it, or let the data be mended."
        )


def _absent(check: str, contract_year: str) -> Finding:
    return Finding(
        check=check,
        verdict="not_evaluated",
        message=f"The protocol requires the check '{check}' for {contract_year}, and nothing evaluated it.",
        question_for_supplier=None,
    )
