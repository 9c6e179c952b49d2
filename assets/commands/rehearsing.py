"""Commands that rehearse: demo, rehearse, faults.

Belongs here: their options and sentences. Does not belong here: the city (`pipeline.rehearsal`).
"""

import json
from decimal import Decimal
from pathlib import Path

import click

from assets.commands import options
from assets.commands.printing import emit, progress, say
from assets.commands.study import sentences
from pipeline import deliveries
from pipeline.settlement.payment import pounds

DEMO_SEED = 71  # fixed before any result of it was looked at

fault = click.option(
    "--fault", "faults_", multiple=True, metavar="NAME", help="Plant a fault (see: outcomeb faults); repeatable."
)
truth = click.option(
    "--truth-gbp", default=86.0, show_default=True, help="True saving, £ a head and year, mean of the contract years."
)
seed = click.option("--seed", default=DEMO_SEED, show_default=True, help="Seed of the synthetic city.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@fault
@truth
@seed
@click.option("--scale", default=1.0, show_default=True, help="Size of the city: 0.03 is a village for quick tries.")
def rehearse(folder: Path, faults_: tuple[str, ...], truth_gbp: float, seed: int, scale: float) -> None:
    """Write a synthetic city into FOLDER: deliveries, study, terms, fictional signatures, and truth.json."""
    from pipeline.rehearsal.rehearse import rehearse as write_city

    write_city(folder, seed=seed, truth_gbp=truth_gbp, faults=faults_, scale=scale, progress=say)
    say(f"Written: {folder}. Next: outcomeb receive {folder / 'deliveries'} --study {folder}; outcomeb run --study {folder}.")


@click.command()
@options.as_json
def faults(as_json: bool) -> None:
    """List the faults that a rehearsal can plant."""
    from pipeline.rehearsal.faults import FAULTS

    rows = [{"name": f.name, "route": f.route, "stream": f.stream, "arm": f.arm, "summary": f.summary} for f in FAULTS.values()]
    emit(rows, as_json, [f"{r['name']:<32} {r['route']:<8} {r['summary']}" for r in rows])


@click.command()
@fault
@truth
@seed
@options.years
@click.option("--scale", default=1.0, show_default=True, help="Size of the city.")
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"), show_default=True)
def demo(faults_: tuple[str, ...], truth_gbp: float, seed: int, asked: tuple[str, ...], scale: float, folder: Path) -> None:
    """Rehearse a city, receive its deliveries, run, publish, and settle with two fictional signatures."""
    from assets.run import Run
    from pipeline.rehearsal.rehearse import rehearse as write_city
    from pipeline.settlement.posting import post
    from pipeline.study_folder import StudyFolder

    say(f"1. Rehearsing a synthetic city (seed {seed}, true saving £{truth_gbp:g} a head) in {folder}")
    write_city(folder, seed=seed, truth_gbp=truth_gbp, faults=faults_, scale=scale, progress=say)
    say("2. Receiving its deliveries")
    seen = StudyFolder(folder)
    received = deliveries.receive(seen.store, [folder / "deliveries"])
    say(f"   {sum(1 for r in received if r.new)} deliveries stored, {sum(1 for r in received if not r.new)} held already")
    say("3. Running: cleaned, priced, cohorts, gates, estimate, settlement, report")
    outcomes = []
    with Run(folder, progress=progress) as this:
        for outcome in this.years(asked):
            outcomes.append(outcome)
            for line in sentences(outcome):
                say(f"   {line}")
            if outcome.published and not outcome.closed:
                entry = post(StudyFolder(folder), outcome.contract_year)
                amount = pounds(Decimal(entry.body["amount_gbp"]))
                say(f"   {outcome.contract_year}: {amount} posted by two fictional people (rehearsal)")
    say("Time by stage: " + ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in this.seconds.items()))
    _against_truth(folder, [o.contract_year for o in outcomes if o.published and not o.closed])
    for outcome in outcomes:
        if outcome.published:
            click.echo(f"{outcome.published / 'report.html'}")
    for outcome in outcomes:
        if outcome.closed:
            raise outcome.closed


def _against_truth(folder: Path, years: list[str]) -> None:
    """A rehearsal knows the truth: print each year's interval beside it. No study outside a rehearsal has this file."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["effect_gbp_per_head"]["eligible"]
    if years:
        say("   Contract year   effect £ a head and year [95% interval]   truth (rehearsal only)")
    for year in years:
        latest = sorted((folder / "published" / year).glob("v*/result.json"), key=lambda p: int(p.parent.name[1:]))[-1]
        primary = next(e for e in json.loads(latest.read_text(encoding="utf-8"))["estimates"] if e["primary"])
        low, high, true = primary["ci_low"], primary["ci_high"], truth[year]["all"]
        inside = "inside" if low is not None and low <= true <= high else "outside"
        shown = f"{primary['effect_gbp_per_head']:7.2f} [{low:.2f}, {high:.2f}]" if low is not None else "interval refused"
        say(f"   {year}         {shown:<38}    {true:7.2f} {inside}")
