"""Faults in what is said about a delivery: its note, its status, its order.

Belongs here: delivery.yaml and deliveries as a whole. Does not belong here: the bytes of the files (`files`).
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from pipeline.deliveries.note import read_note
from pipeline.documents import file_sha256
from pipeline.errors import DeliveryRefused, UsageError
from pipeline.rehearsal.columns import financial_year_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, StrikeFolder
from pipeline.rehearsal.world import World

DATASETS = {"apc": "hes_apc", "ae": "hes_ae", "op": "hes_op"}
Note = dict[str, Any]


def year_of(fault: Fault) -> str:
    """The financial year of the delivery a fault is planted in: that of its first month, or the year after launch's."""
    month = "2016-04" if fault.place.first in ("launch", "start") else fault.place.first
    year = int(month[:4]) - (1 if month[5:] < "04" else 0)
    return f"{year}-{(year + 1) % 100:02d}"


def folder_of(deliveries: Path, fault: Fault) -> Path:
    """The yearly delivery of the fault's stream and first month."""
    return deliveries / f"{DATASETS[fault.place.stream]}-{year_of(fault)}"


def hit_of_year(world: World, contacts: Contacts, fault: Fault) -> Bools:
    """Contacts that stand in the yearly file a fault is planted in."""
    year = financial_year_of(contacts.details["filed"], world.parameters.months[0])
    return np.asarray(year == int(year_of(fault)[:4]))


def year_before(deliveries: Path, fault: Fault) -> tuple[int, Path]:
    """First calendar year of the financial year before the fault's, and its delivery. Raises UsageError where there is none."""
    year = int(year_of(fault)[:4]) - 1
    folder = deliveries / f"{DATASETS[fault.place.stream]}-{year}-{(year + 1) % 100:02d}"
    if not folder.is_dir():
        raise UsageError(f"The fault {fault.name} needs a delivery of the year before {year_of(fault)}.", "Set first later.")
    return year, folder


def with_note(folder: Path, change: Callable[[Note], None]) -> None:
    """Read delivery.yaml, change it, write it back."""
    path = folder / "delivery.yaml"
    note = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(note)
    path.write_text(yaml.safe_dump(note, sort_keys=False, allow_unicode=True), encoding="utf-8")


def noting(change: Callable[[Note, Fault], None]) -> StrikeFolder:
    """A strike on the note of one delivery."""

    def strike(deliveries: Path, fault: Fault) -> None:
        with_note(folder_of(deliveries, fault), lambda note: change(note, fault))

    return strike


def _totals_wrong(note: Note, fault: Fault) -> None:
    """The note was written for a larger file."""
    note["control_totals"]["rows"] = round(note["control_totals"]["rows"] * (1 + fault.severity)) + 1


def _people_wrong(note: Note, fault: Fault) -> None:
    note["control_totals"]["people"] = round(note["control_totals"]["people"] * (1 + fault.severity)) + 1


def _sum_wrong(note: Note, fault: Fault) -> None:
    pounds = Decimal(note["control_totals"]["sums"]["COST_GBP"])
    note["control_totals"]["sums"]["COST_GBP"] = f"{pounds * (1 + Decimal(str(fault.severity))):.2f}"


def _no_totals(note: Note, fault: Fault) -> None:
    note.pop("control_totals", None)


def _provisional(note: Note, fault: Fault) -> None:
    note["status"] = "provisional"


def _period_short(note: Note, fault: Fault) -> None:
    """The note covers three quarters of what the file holds."""
    note["period"]["last"] = f"{year_of(fault)[:4]}-12"


def _period_wrong(deliveries: Path, fault: Fault) -> None:
    """The note says a year in which another delivery is in force."""
    year, _ = year_before(deliveries, fault)
    period = {"first": f"{year}-04", "last": f"{year + 1}-03"}
    with_note(folder_of(deliveries, fault), lambda note: note.update(period=period))


def _month_thirteen(note: Note, fault: Fault) -> None:
    note["period"]["last"] = f"{year_of(fault)[:4]}-13"


def _dataset_wrong(note: Note, fault: Fault) -> None:
    note["dataset"] = "hes_op" if note["dataset"] != "hes_op" else "hes_ae"


def _file_named_wrong(note: Note, fault: Fault) -> None:
    note["files"] = ["activity.csv"]


def _last_years_file(deliveries: Path, fault: Fault) -> None:
    """Last year's file under this year's note, totals and all."""
    here, (_, there) = folder_of(deliveries, fault), year_before(deliveries, fault)
    other = yaml.safe_load((there / "delivery.yaml").read_text(encoding="utf-8"))
    for name in other["files"]:
        shutil.copyfile(there / name, here / name)
    with_note(here, lambda note: note.update(control_totals=other["control_totals"]))


def _year_lost(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """This year's rows never came; last year's came twice under their own keys, which cleaning merges."""
    return contacts.take(~hit_of_year(world, contacts, fault))


def _sent_twice(deliveries: Path, fault: Fault) -> None:
    """The same file again as a delivery of its own, received a month later."""
    here = folder_of(deliveries, fault)
    again = here.with_name(f"{here.name}-again")
    shutil.copytree(here, again)
    with_note(again, lambda note: note.update(received=note["received"][:5] + "08" + note["received"][7:]))


def _older_supersedes(deliveries: Path, fault: Fault) -> None:
    """A correction dated before what it is to replace; in the order of their dates it comes first, and replaces nothing yet."""
    here = folder_of(deliveries, fault)
    replaced = "0" * 64  # nothing is what a note that cannot be read would be replaced by
    with suppress(DeliveryRefused):
        note = read_note(here / "delivery.yaml")
        replaced = note.fingerprint([file_sha256(here / name) for name in note.files])
    again = here.with_name(f"{here.name}-corrected")
    shutil.copytree(here, again)
    with_note(again, lambda note: note.update(received=note["received"][:5] + "05" + note["received"][7:], supersedes=replaced))


def _second_file(deliveries: Path, fault: Fault) -> None:
    """A part of the file lies beside it, and the note does not name it."""
    here = folder_of(deliveries, fault)
    path = next(path for path in sorted(here.iterdir()) if path.name != "delivery.yaml")
    shutil.copyfile(path, path.with_name(f"{path.stem}-part-2{path.suffix}"))


def _no_note(deliveries: Path, fault: Fault) -> None:
    (folder_of(deliveries, fault) / "delivery.yaml").unlink()


YEAR = Place(arm="both", first="2016-04", last="2017-03")


def _fault(name: str, summary: str, strike: StrikeFolder, **more: Any) -> Fault:
    return Fault(name, "notes", summary, YEAR, folder=strike, **more)


#: in the order in which they can be planted together: last year's file brings its totals, and no totals are left last
FAULTS = (
    _fault("last_years_file", "Last year's file lies under this year's note.", _last_years_file, values=_year_lost),
    _fault("control_totals_wrong", "The note declares more rows than the file has.", noting(_totals_wrong), severity=0.05,
           severities=(0.001, 0.05, 0.3), severity_is="part by which the total is too high"),
    _fault("control_people_wrong", "The note declares more people than the file has.", noting(_people_wrong), severity=0.05,
           severities=(0.001, 0.05, 0.3), severity_is="part by which the total is too high"),
    _fault("control_sum_wrong", "The note declares more pounds than the file has.", noting(_sum_wrong), severity=0.05,
           severities=(0.001, 0.05, 0.3), severity_is="part by which the total is too high"),
    _fault("control_totals_absent", "The note declares no totals.", noting(_no_totals)),
    _fault("delivery_provisional", "The delivery is provisional.", noting(_provisional)),
    _fault("period_too_short", "The note covers nine months, the file twelve.", noting(_period_short)),
    _fault("period_of_another_delivery", "The note gives a period for which another delivery is in force.", _period_wrong,
           refused=True),
    _fault("period_impossible", "The note's last month is a thirteenth.", noting(_month_thirteen), refused=True),
    _fault("dataset_misnamed", "The note names another dataset than the file is.", noting(_dataset_wrong), refused=True),
    _fault("file_misnamed", "The note names a file that is not there.", noting(_file_named_wrong), refused=True),
)  # fmt: skip
#: whole deliveries: planted after everything that changes a note or a file
FURTHER = (
    _fault("delivery_sent_twice", "The same file comes again as a further delivery.", _sent_twice, refused=True),
    _fault("deliveries_out_of_order", "A correction is older than what it is to replace.", _older_supersedes, refused=True),
    _fault("file_not_named", "A second file lies in the folder that the note does not name.", _second_file, refused=True),
    _fault("note_missing", "The delivery note was forgotten.", _no_note, refused=True),
)
