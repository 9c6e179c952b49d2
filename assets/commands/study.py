"""Commands of the main road: receive, run, settle, verify, ui.

Belongs here: their options and sentences. Does not belong here: what they do (`pipeline`, `assets.run`).
"""

import os
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assets.commands import options
from assets.commands.printing import emit, progress, say
from assets.stages import STAGES, Until
from pipeline import deliveries, publication
from pipeline.errors import UsageError, VerificationFailed
from pipeline.settlement.payment import pounds
from pipeline.settlement.posting import post
from pipeline.store import Store
from pipeline.study_folder import StudyFolder

if TYPE_CHECKING:
    from assets.run import YearOutcome  # dagster takes a second to import: only where it is needed


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@options.study
@options.as_json
def receive(paths: tuple[Path, ...], folder: Path, as_json: bool) -> None:
    """Validate and store deliveries found at any depth below PATHS; refuse, with reasons, what is not what it says."""
    options.study_folder(folder)
    receipts = deliveries.receive(Store(folder / "store"), list(paths), progress=say)
    emit([r.as_dict() for r in receipts], as_json, [r.sentence() for r in receipts])


@click.command()
@options.study
@options.years
@options.on
@click.option("--until", type=click.Choice(STAGES), default="publish", show_default=True)
@options.as_json
def run(folder: Path, asked: tuple[str, ...], on: date | None, until: Until, as_json: bool) -> None:
    """Materialise the contract years: gates first, and no estimate exists unless both are open."""
    from assets.run import Run  # dagster takes a second to import: only where it is needed

    with Run(options.study_folder(folder), on, progress=progress) as this:
        outcomes = list(this.years(asked, until))
    lines = [line for outcome in outcomes for line in sentences(outcome)]
    lines.append("Time by stage: " + ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in this.seconds.items()))
    emit(
        [
            {
                "contract_year": o.contract_year,
                "data_gate": o.data.verdict if o.data else None,
                "design_gate": o.design.verdict if o.design else None,
                "published": str(o.published) if o.published else None,
            }
            for o in outcomes
        ],
        as_json,
        lines,
    )
    for outcome in outcomes:
        if outcome.closed:
            raise outcome.closed


def sentences(outcome: "YearOutcome") -> list[str]:
    """What became of a contract year, in words."""
    said = [v.sentence() for v in (outcome.data, outcome.design) if v is not None]
    if outcome.published:
        said.append(f"{outcome.contract_year}: {outcome.published / 'report.html'}")
    return said


@click.command()
@options.study
@click.option("--year", required=True, help="Contract year to post.")
@options.on
@options.as_json
def settle(folder: Path, year: str, on: date | None, as_json: bool) -> None:
    """Post the latest published settlement of a contract year to the ledger. Never automatic."""
    entry = post(StudyFolder(options.study_folder(folder), on), year)
    amount = pounds(Decimal(entry.body["amount_gbp"]))
    emit(
        entry.body | {"entry": entry.number, "sha256": entry.sha256},
        as_json,
        [f"{year}: {amount} posted as entry {entry.number}."],
    )


@click.command()
@options.study
@options.as_json
def verify(folder: Path, as_json: bool) -> None:
    """Check the ledger's chain and every published file against its manifest."""
    seen = StudyFolder(options.study_folder(folder))
    entries = seen.ledger.entries()
    seen.ledger.verify()
    manifests = {e.body["manifest_sha256"] for e in entries if e.kind == "published"}
    checked: set[str] = set()
    for version in sorted(p.parent for p in seen.published.glob("*/v*/manifest.json")):
        manifest = publication.verify(version)
        if manifest not in manifests:
            raise VerificationFailed(
                f"{version.parent.name}/{version.name} has no entry in the ledger.",
                "A run that makes the same bytes enters it; whatever else lies there was not published by a run.",
            )
        checked.add(manifest)
    missing = manifests - checked
    if missing:
        raise VerificationFailed(
            f"{len(missing)} published versions of the ledger are not on disk.", "Restore published/ from a copy."
        )
    emit(
        {"entries": len(entries), "published": len(checked)},
        as_json,
        [f"{len(entries)} ledger entries chain from genesis; {len(checked)} published versions are as they were published."],
    )


@click.command()
@options.study
@options.on
@click.option("--port", default=3000, show_default=True, help="Port on the loopback address.")
def ui(folder: Path, on: date | None, port: int) -> None:
    """Serve the Dagster web UI of a study on 127.0.0.1: graph, checks, runs."""
    from assets.instance import home, instance

    place = options.study_folder(folder).resolve()
    instance(place).dispose()  # its databases are made once, before server and daemon come to them at the same moment
    environment = os.environ | {"DAGSTER_HOME": str(home(place)), "OUTCOMEB_STUDY": str(place)}
    if on is not None:
        environment["OUTCOMEB_ON"] = on.isoformat()
    module = ["-m", "assets.served"]
    bin_folder = Path(sys.executable).parent
    server = [str(bin_folder / "dagster-webserver"), *module, "-h", "127.0.0.1", "-p", str(port)]
    daemon = [str(bin_folder / "dagster-daemon"), "run", *module]
    say(f"http://127.0.0.1:{port} (stop with Ctrl-C)")
    children = [subprocess.Popen(command, env=environment, start_new_session=True) for command in (server, daemon)]

    def stop(*_: object) -> None:
        for child in children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    try:
        children[0].wait()
    except KeyboardInterrupt:
        pass
    finally:
        ended = children[0].poll()
        stop()
        for child in children:
            child.wait()
    if ended:
        raise UsageError(f"The web server ended by itself (code {ended}).", "Is the port free? Choose another with --port.")
