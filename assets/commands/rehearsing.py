"""Commands that rehearse: demo, rehearse, faults.

Belongs here: their options and sentences. Does not belong here: the city (`pipeline.rehearsal`).
"""

import json
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import click

from assets.commands import options
from assets.commands.printing import emit, progress, say
from assets.commands.study import sentences
from pipeline import deliveries
from pipeline.settlement.payment import pounds

DEMO_SEED = 71  # fixed before any result of it was looked at

SETTINGS_EXAMPLE = "rows_lost_at_random:severity=0.1,stream=op,arm=intervention,first=2016-07,route=feed"
SETTINGS = (
    "Settings: severity (see --json for what it is of), stream apc|ae|op|all, arm intervention|control|both, provider "
    "ZT1|ZT2|ZT3, first launch|start|YYYY-MM, last YYYY-MM, route: extract (lost after the aggregates were drawn), feed "
    "(before, so on both routes), aggregates (there alone), both (on either by itself)."
)
FAMILY_WORDS = {
    "rows": "Rows that are lost",
    "copies": "Rows that are there more than once",
    "codes": "Codes",
    "dates": "Dates",
    "prices": "Prices",
    "people": "Lists of people",
    "aggregates": "The aggregates alone",
    "notes": "Delivery notes",
    "files": "Files",
}

fault = click.option(
    "--fault",
    "faults_",
    multiple=True,
    metavar="NAME[:key=value,...]",
    help="Plant a fault, with settings if you like (see: outcomeb faults); repeatable.",
)
break_ = click.option(
    "--break",
    "breaks",
    multiple=True,
    metavar="NAME",
    help="Let a common break happen (ecds, hrg4plus, tariff_years, closures, opt_outs, or all); repeatable.",
)
gp_contacts = click.option("--gp-contacts", is_flag=True, help="Deliver contacts with the practice too (shown, never paid on).")
truth = click.option(
    "--truth-gbp", default=86.0, show_default=True, help="True saving, £ a head and year, mean of the contract years."
)
seed = click.option("--seed", default=DEMO_SEED, show_default=True, help="Seed of the synthetic city.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@fault
@break_
@gp_contacts
@truth
@seed
@click.option("--scale", default=1.0, show_default=True, help="Size of the city: 0.03 is a village for quick tries.")
def rehearse(
    folder: Path,
    faults_: tuple[str, ...],
    breaks: tuple[str, ...],
    gp_contacts: bool,
    truth_gbp: float,
    seed: int,
    scale: float,
) -> None:
    """Write a synthetic city into FOLDER: deliveries, study, terms, fictional signatures, and truth.json."""
    from pipeline.rehearsal.rehearse import rehearse as write_city

    write_city(
        folder,
        seed=seed,
        truth_gbp=truth_gbp,
        faults=faults_,
        breaks=breaks,
        scale=scale,
        gp_contacts=gp_contacts,
        progress=say,
    )
    say(f"Written: {folder}. Next: outcomeb receive {folder / 'deliveries'} --study {folder}; outcomeb run --study {folder}.")


@click.command()
@options.as_json
def faults(as_json: bool) -> None:
    """List the faults that a rehearsal can plant."""
    from pipeline.rehearsal.faults.catalogue import FAULTS

    rows = [
        {
            "name": f.name,
            "family": f.family,
            "route": f.route,
            "routes": list(f.routes),
            "stream": f.stream,
            "arm": f.arm,
            "severity": f.severity,
            "severity_is": f.severity_is,
            "refused": f.refused,
            "needs": f.needs,
            "summary": f.summary,
        }
        for f in FAULTS.values()
    ]
    rows.sort(key=lambda row: list(FAMILY_WORDS).index(str(row["family"])))
    said: list[str] = []
    for family, of_family in groupby(rows, key=lambda row: row["family"]):
        said += ["", f"{FAMILY_WORDS[family]}:"]
        said += [f"  {r['name']:<30} {'refused' if r['refused'] else r['route']:<11} {r['summary']}" for r in of_family]
    said += ["", f"{len(rows)} faults. Plant one with --fault NAME, or with settings: --fault {SETTINGS_EXAMPLE}.", SETTINGS]
    emit(rows, as_json, said[1:])


@click.command()
@fault
@break_
@gp_contacts
@truth
@seed
@options.years
@click.option("--scale", default=1.0, show_default=True, help="Size of the city.")
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"), show_default=True)
def demo(
    faults_: tuple[str, ...],
    breaks: tuple[str, ...],
    gp_contacts: bool,
    truth_gbp: float,
    seed: int,
    asked: tuple[str, ...],
    scale: float,
    folder: Path,
) -> None:
    """Rehearse a city, receive its deliveries, run, publish, and settle with two fictional signatures."""
    from assets.run import Run
    from pipeline.rehearsal.rehearse import rehearse as write_city
    from pipeline.settlement.posting import post
    from pipeline.study_folder import StudyFolder

    say(f"1. Rehearsing a synthetic city (seed {seed}, true saving £{truth_gbp:g} a head) in {folder}")
    write_city(
        folder,
        seed=seed,
        truth_gbp=truth_gbp,
        faults=faults_,
        breaks=breaks,
        scale=scale,
        gp_contacts=gp_contacts,
        progress=say,
    )
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
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    # where means of a fall-back stand in for prices, the study's own prices of the same contacts are what an interval is of
    truth = told.get("effect_as_valued_gbp_per_head", told["effect_gbp_per_head"])["eligible"]
    if years:
        say("   Contract year   effect £ a head and year [95% interval]   truth (rehearsal only)")
    for year in years:
        latest = sorted((folder / "published" / year).glob("v*/result.json"), key=lambda p: int(p.parent.name[1:]))[-1]
        primary = next(e for e in json.loads(latest.read_text(encoding="utf-8"))["estimates"] if e["primary"])
        low, high, true = primary["ci_low"], primary["ci_high"], truth[year]["all"]
        inside = "inside" if low is not None and low <= true <= high else "outside"
        shown = f"{primary['effect_gbp_per_head']:7.2f} [{low:.2f}, {high:.2f}]" if low is not None else "interval refused"
        say(f"   {year}         {shown:<38}    {true:7.2f} {inside}")
