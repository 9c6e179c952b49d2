"""Commands that sign: approve, waive.

Belongs here: their options, and who may sign what. Does not belong here: whether signatures suffice (`pipeline.approvals`).
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from assets.commands import options
from assets.commands.printing import say
from pipeline.approvals import Approval, append
from pipeline.contracts import contracts_sha256
from pipeline.errors import UsageError
from pipeline.study_folder import StudyFolder


def _person(function: Callable[..., Any]) -> Callable[..., Any]:
    """--name, --role, --organisation, --reason."""
    for option, text in (
        ("--reason", "Why, in a sentence that will be printed."),
        ("--organisation", "Organisation, as terms.yaml names it: it decides the side."),
        ("--role", "Role of the person who signs."),
        ("--name", "Name of the person who signs."),
    ):
        function = click.option(option, required=True, help=text)(function)
    return function


@click.command()
@click.option("--what", type=click.Choice(["protocol", "terms", "contracts"]), required=True)
@_person
@options.on
@options.study
def approve(what: str, name: str, role: str, organisation: str, reason: str, on: date | None, folder: Path) -> None:
    """Sign the protocol, the terms or the data contracts as they stand: the signature counts for this exact hash only."""
    seen = StudyFolder(options.study_folder(folder), on)
    sha256 = {"protocol": lambda: seen.study.sha256, "terms": lambda: seen.terms.sha256, "contracts": contracts_sha256}[what]()
    _sign(seen, what=what, sha256=sha256, name=name, role=role, organisation=organisation, reason=reason)


@click.command()
@click.argument("finding")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day of the waiver.")
@_person
@options.on
@options.study
def waive(
    finding: str, expires: datetime, name: str, role: str, organisation: str, reason: str, on: date | None, folder: Path
) -> None:
    """Sign a waiver of FINDING (its id, or the first 8 or more of its characters, from the report or result.json).

    It counts once both sides have signed, until it expires, for that exact finding only.
    """
    seen = StudyFolder(options.study_folder(folder), on)
    known = {
        f.sha256
        for year in seen.study.calendar.contract_years
        for gate in ("data", "design")
        if (verdict := seen.any_verdict(gate, year)) is not None
        for f in verdict.findings
        if f.verdict in ("fail", "not_evaluated", "waived")
    }
    hits = sorted(sha256 for sha256 in known if len(finding) >= 8 and sha256.startswith(finding))
    if len(hits) != 1:
        raise UsageError(
            f"{finding} names {len(hits)} blocking findings of this study.", "Give the id as the report prints it."
        )
    _sign(
        seen,
        what="waiver",
        sha256=hits[0],
        name=name,
        role=role,
        organisation=organisation,
        reason=reason,
        expires=expires.date(),
    )


def _sign(seen: StudyFolder, **signature: object) -> None:
    organisations = {seen.terms.parties.commissioner.organisation, seen.terms.parties.investor.organisation}
    if signature["organisation"] not in organisations:
        raise UsageError(
            f"'{signature['organisation']}' is no party of terms.yaml.",
            f"The parties are {' and '.join(sorted(organisations))}.",
        )
    try:
        approval = Approval.model_validate({**signature, "date": seen.on})
    except ValidationError as problem:
        said = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}" for e in problem.errors())
        raise UsageError(f"That is no signature: {said}.", "Correct the options; --on is the day of signing.") from None
    append(seen.folder, approval)
    say(f"{approval.name} signed {approval.what} {approval.sha256[:12]} for {approval.organisation} on {approval.date}.")
