"""A run: the asset graph materialised in one process, year by year, up to a stage.

Belongs here: what is materialised in which order, and what a shut gate leads to. Does not belong here: the assets.
The command line and the web UI materialise the same assets; this only chooses them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from assets import edge
from assets.definitions import all_assets, resources
from assets.instance import instance
from assets.stages import Until
from pipeline.assurance.gate import Verdict
from pipeline.errors import DataGateClosed, DesignGateClosed, OutcomeBError
from pipeline.panel.after_launch import years_up_to
from pipeline.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """What became of one contract year: its verdicts, its primary estimate, and the folder it was published in.

    primary, published : None when the run stopped earlier.
    waiver_ended : the last day of a waiver of what blocks now, if there was one.
    """

    contract_year: str
    data: Verdict | None
    design: Verdict | None
    primary: dict[str, Any] | None
    published: Path | None
    waiver_ended: date | None = None

    @property
    def closed(self) -> OutcomeBError | None:
        """The error that a shut gate is, for the exit code."""
        for verdict, error in ((self.data, DataGateClosed), (self.design, DesignGateClosed)):
            if verdict is not None and not verdict.is_open:
                ended = f" A waiver of what blocks expired on {self.waiver_ended}." if self.waiver_ended else ""
                return error(
                    verdict.sentence() + ended,
                    "Send the questions in the report to the supplier, or have both sides sign a waiver.",
                )
        return None


@dataclass
class Run:
    """A run of one study folder. `seconds` collects the time by asset group, for people."""

    folder: Path
    on: date | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    progress: edge.Listener | None = None

    def _listen(self, group: str, name: str, seconds: float | None) -> None:
        if seconds is not None:
            self.seconds[group] = self.seconds.get(group, 0.0) + seconds
        if self.progress is not None:
            self.progress(group, name, seconds)

    def __enter__(self) -> "Run":
        edge.listeners.append(self._listen)
        self._instance = instance(self.folder)
        self._instance.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        self._instance.__exit__(*problem)
        edge.listeners.remove(self._listen)

    def years(self, asked: Sequence[str] = (), until: Until = "publish") -> Iterator[YearOutcome]:
        """Materialise everything the asked contract years need, up to `until`: gates first, whatever is asked.

        Yields as each year is done, so that a year can be settled before the next is computed (clause on what earlier years
        were paid). Raises UsageError for a year or dataset that is not there, ApprovalMissing before anything runs that would
        need signatures which are missing.
        """
        seen = StudyFolder(self.folder, self.on)
        wanted = seen.contract_years(asked)
        if until not in ("data", "design"):
            seen.require_signed()  # at once, rather than when the estimators ask for it a minute later
        seen.require_deliveries()
        self._materialise(seen, ["received", "cleaned", "priced", "cohorts", "assurance"])
        for year in wanted:
            yield self._year(seen, year, until)

    def _year(self, seen: StudyFolder, year: str, until: Until) -> YearOutcome:
        gates = ["data_gate"] if until == "data" else ["data_gate", "design_gate"]
        self._materialise(seen, ["assurance"], year, gates)
        data, design = seen.verdict("data", year), seen.verdict("design", year) if until != "data" else None
        is_open = all(v is not None and v.is_open for v in (data, design))
        folder = primary = None
        if until != "data" and not is_open and until in ("settle", "publish"):
            self._materialise(seen, ["published"], year, ["withheld"])
            folder = seen.version_in_force(year)
        elif is_open and until != "design":
            self._judge_earlier(seen, year)
            groups = {"estimate": ["estimation"], "settle": ["estimation", "settlement"]}.get(
                until, ["estimation", "settlement", "published"]
            )
            made = self._materialise(seen, groups, year, but=("withheld",))
            rows = made.asset_value(dg.AssetKey(["estimation", "estimates"]))["rows"]
            primary = next(row for row in rows if row["primary"])
            folder = seen.version_in_force(year) if until == "publish" else None
        return YearOutcome(year, data, design, primary, folder, self._waiver_ended(seen, data, design))

    def _judge_earlier(self, seen: StudyFolder, year: str) -> None:
        """The gates of earlier contract years, whichever years were asked for: people referred then are followed from then on,
        and what a run says of them must not depend on what was run before."""
        for earlier in years_up_to(seen.study, year)[:-1]:
            if seen.verdict("data", earlier) is None or seen.verdict("design", earlier) is None:
                self._materialise(seen, ["assurance"], earlier, ["data_gate", "design_gate"])

    @staticmethod
    def _waiver_ended(seen: StudyFolder, *verdicts: Verdict | None) -> date | None:
        blocking = {f.sha256 for v in verdicts if v is not None for f in v.findings if f.verdict in ("fail", "not_evaluated")}
        waived = [a for a in seen.approvals if a.what == "waiver" and a.sha256 in blocking]
        return max((a.expires for a in waived if a.expires is not None and a.expires < seen.on), default=None)

    def _materialise(
        self,
        seen: StudyFolder,
        groups: Sequence[str],
        year: str | None = None,
        only: Sequence[str] = (),
        but: Sequence[str] = (),
    ) -> dg.ExecuteInProcessResult:
        assets = all_assets(seen.study.calendar.contract_years)
        chosen = [
            key
            for asset in assets
            if (asset.partitions_def is None) == (year is None)
            for key in asset.keys
            if key.path[0] in groups and (not only or key.path[-1] in only) and key.path[-1] not in but
        ]
        given: dict[str, Any] = resources(self.folder.resolve(), self.on.isoformat() if self.on else None)
        return dg.materialize(
            assets,
            selection=dg.AssetSelection.assets(*chosen),
            instance=self._instance,
            resources=given,
            partition_key=year,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=True,
        )
