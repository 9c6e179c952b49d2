"""The command that says what became of every delivered row: fates.

Belongs here: finding the fates that a published result rests on, and printing them. Does not belong here: deciding a fate
(`pipeline.cleaning`). A row is named by its delivery and its number in it, which only who holds the delivery can look up; no
value of a row is ever printed.
"""

import json
from pathlib import Path
from typing import Any

import click

from assets.commands import options
from assets.commands.printing import emit
from pipeline.errors import UsageError
from pipeline.store import Snapshot
from pipeline.study_folder import StudyFolder
from pipeline.vocabulary import FATES

PRINTED = 12


@click.command()
@click.argument("dataset")
@click.option(
    "--fate", type=click.Choice(FATES), multiple=True, help="Only rows of this fate; repeatable (default: all but kept)."
)
@click.option("--reason", default=None, help="Only rows whose reason holds these words.")
@click.option("--most", default=1000, show_default=True, help="Rows to print at most; the counts are of all.")
@options.study
@options.as_json
def fates(dataset: str, fate: tuple[str, ...], reason: str | None, most: int, folder: Path, as_json: bool) -> None:
    """What became of the rows of DATASET (hes_apc, ...), as the latest published result has them: row by row, with reasons.

    Rows are named by delivery and row number (1 is the first below the header); what they hold is not shown.
    """
    seen = StudyFolder(options.study_folder(folder))
    stored = _latest(seen, dataset)
    rows = seen.store.get(stored)
    wanted = rows.filter(rows.fate.isin(fate or tuple(name for name in FATES if name != "kept")))
    if reason:
        wanted = wanted.filter(wanted.reason.contains(reason))
    named = wanted.mutate(reason=wanted.reason.fill_null(""), clause=wanted.clause.fill_null(""))
    counted = (
        named.group_by(["fate", "reason", "clause"]).agg(rows=named.count()).order_by(["fate", "reason", "clause"]).execute()
    )
    shown = wanted.order_by(["delivery", "row_no"]).limit(most).execute()
    shown = shown.astype(object).where(shown.notna(), None)
    document: dict[str, Any] = {
        "dataset": dataset,
        "counts": [{**row, "rows": int(row["rows"])} for row in counted.to_dict("records")],
        "rows": [{**row, "row_no": int(row["row_no"])} for row in shown.to_dict("records")],
    }
    lines = [f"{row['rows']:>9,}  {row['fate']:<12} {row['reason']}{_clause(row)}" for row in document["counts"]]
    lines += ["", f"{'delivery':<{PRINTED}}  {'row':>9}  fate, reason"] if document["rows"] else ["No such row."]
    lines += [f"{row['delivery'][:PRINTED]}  {row['row_no']:>9}  {row['fate']}, {_said(row)}" for row in document["rows"]]
    total = sum(row["rows"] for row in document["counts"])
    if total > len(document["rows"]):
        lines.append(f"{total - len(document['rows']):,} more; see --most.")
    emit(document, as_json, lines)


def _latest(seen: StudyFolder, dataset: str) -> Snapshot:
    """The fates of one dataset in the version published last. Raises UsageError where there is none."""
    from assets.cleaned import ATTENDANCES, ECDS, RULES  # dagster takes a second to import: only where it is needed

    names = {rule[0]: (f"{name}.fates", f"{name}_fates") for name, rule in RULES.items()}
    names[ECDS] = (f"{ATTENDANCES}.{ECDS}_fates", f"{ATTENDANCES}_{ECDS}_fates")
    if dataset not in names:
        raise UsageError(f"Rows of {dataset} are not cleaned one by one.", f"Choose one of {', '.join(sorted(names))}.")
    published = [entry for entry in seen.ledger.entries() if entry.kind == "published"]
    if not published:
        raise UsageError("Nothing has been published in this study yet.", "Run it first: outcomeb run.")
    body = published[-1].body
    manifest = seen.published / published[-1].contract_year / body["version"] / "manifest.json"
    snapshots = json.loads(manifest.read_text(encoding="utf-8"))["snapshots"]
    listed, name = names[dataset]
    if listed not in snapshots:
        raise UsageError(f"No delivery of {dataset} was in force.", "Receive one, and run again.")
    return Snapshot(name, snapshots[listed], 0)


def _clause(row: dict[str, Any]) -> str:
    return f" ({row['clause']})" if row["clause"] else ""


def _said(row: dict[str, Any]) -> str:
    delivery, _, number = (row["merged_into"] or "").rpartition(":")
    return (row["reason"] or "as delivered") + (f", into row {number} of {delivery[:PRINTED]}" if number else "")
