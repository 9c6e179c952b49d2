"""The national tariff as delivered: prices by financial year, read from the official workbooks.

Belongs here: which years a tariff holds, of which edition and grouper, and choosing the base year of the protocol.
Does not belong here: sheets and headers (`workbook_layout`), the pricing rule.
Source: National tariff 2016/17 Annex A; 2017/18 and 2018/19 Annex B1 (proposed prices of the November 2016 consultation).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import python_calamine

from pipeline.documents import file_sha256
from pipeline.errors import DeliveryRefused, ProtocolInvalid
from pipeline.pricing.workbook_layout import EDITIONS, Edition, Grouper, SheetLayout, YearLayout
from pipeline.pricing.workbook_sheet import SheetPrices, read_sheet
from pipeline.study import Prices


@dataclass(frozen=True, slots=True, eq=False)
class YearPrices:
    """Prices of one financial year. Money is integer pence, null where the workbook prints `-`.

    apc : hrg, name, op_procedure, combined, day_case, ordinary_elective, elective_trim, non_elective, ne_trim, per_day,
        short_stay_applies, short_stay_price (trim points in days), best_practice (in scope of one; null where not said)
    outpatient : tfc (three digits), WF01B, WF02B (first), WF01A, WF02A (follow-up)
    ae : hrg, type12, type3. mff : provider, value (millionths).
    edition : what every output must call these prices. notes : rows of the four sheets that hold no price.
    """

    year: str
    edition: str
    grouper: Grouper
    workbook_sha256: str
    apc: pd.DataFrame
    outpatient: pd.DataFrame
    ae: pd.DataFrame
    mff: pd.DataFrame
    notes: int

    @property
    def lists_sha256(self) -> str:
        """Hash of what the lists say, whatever workbook they were read from: equal prices have equal hashes."""
        said = hashlib.sha256()
        for frame in (self.apc, self.outpatient, self.ae, self.mff):
            said.update(frame.to_csv(index=False).encode())
        return said.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """Financial year (`2016-17`) to its prices."""

    years: Mapping[str, YearPrices]

    def base(self, prices: Prices) -> YearPrices:
        """The prices every year is valued at (constant price base). Raises ProtocolInvalid for a year or grouper not held."""
        return self.of_year(prices.base, prices.grouper, clause="prices.base")

    def of_year(self, year: str, grouper: Grouper, *, clause: str) -> YearPrices:
        """The prices of one financial year, for rows whose HRGs are of `grouper`.

        clause : the clause of the protocol that asks. Raises ProtocolInvalid for a year that is not held, naming those that
        are and those that can be read, and for a grouper that is not the list's: the same code can mean another thing in each.
        """
        if year not in self.years:
            held = ", ".join(sorted(self.years)) or "none"
            known = ", ".join(layout.year for edition in EDITIONS for layout in edition.years)
            raise ProtocolInvalid(
                f"study.yaml, {clause}: no delivered tariff workbook holds {year}; years held: {held}.",
                f"Deliver the workbook of that year or choose a year that is held. Editions known here price {known}; another "
                "one needs a layout of its own in workbook_layout.",
            )
        chosen = self.years[year]
        if chosen.grouper != grouper:
            raise ProtocolInvalid(
                f"study.yaml, prices.grouper: {year} is priced by {chosen.grouper}, the protocol says {grouper}, "
                "and the same code can mean another thing in each.",
                f"Declare {chosen.grouper}, or a base year whose workbook uses {grouper}.",
            )
        return chosen


def read_workbook(path: Path) -> Tariff:
    """Prices of one official workbook; opens only the sheets it names. Raises DeliveryRefused naming sheet and column."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError):
        raise DeliveryRefused(f"{path.name} cannot be read as a workbook.", "Deliver the .xlsx file as published.") from None
    names = {name.strip(): name for name in workbook.sheet_names}
    edition = _edition(workbook, names, path.name)
    digest = file_sha256(path)

    def sheet(layout: SheetLayout) -> SheetPrices:
        if layout.name not in names:
            raise DeliveryRefused(f"{path.name} has no sheet '{layout.name}'.", f"Deliver the whole workbook ({edition.name}).")
        rows = workbook.get_sheet_by_name(names[layout.name]).to_python(skip_empty_area=False)
        return read_sheet(rows, layout, path.name)

    years: dict[str, YearPrices] = {}
    for layout in edition.years:
        apc, outpatient, ae, mff = (sheet(part) for part in (layout.apc, layout.outpatient, layout.ae, layout.mff))
        years[layout.year] = YearPrices(
            year=layout.year,
            edition=_label(edition, layout, len(apc.frame)),
            grouper=layout.grouper,
            workbook_sha256=digest,
            apc=apc.frame,
            outpatient=outpatient.frame,
            ae=_with_substitutes(ae.frame, layout.ae_substitutes),
            mff=mff.frame,
            notes=apc.notes + outpatient.notes + ae.notes + mff.notes,
        )
    return Tariff(years)


def together(tariffs: Sequence[Tariff]) -> Tariff:
    """One tariff of several workbooks. Raises DeliveryRefused when two of them price the same year."""
    years: dict[str, YearPrices] = {}
    for tariff in tariffs:
        twice = sorted(set(years) & set(tariff.years))
        if twice:
            raise DeliveryRefused(
                f"Two tariff workbooks in force price {', '.join(twice)}.", "Let the later delivery name the one it supersedes."
            )
        years |= tariff.years
    return Tariff(years)


def _edition(workbook: python_calamine.CalamineWorkbook, names: Mapping[str, str], file: str) -> Edition:
    for edition in EDITIONS:
        if all(layout.apc.name in names for layout in edition.years):
            if edition.front_page_says and edition.front_page_says not in _front_page(workbook, names):
                raise DeliveryRefused(
                    f"{file} has the sheets of '{edition.name}', but its front page does not say '{edition.front_page_says}': "
                    "it is an edition that is not known here.",
                    "Deliver the edition named, or add this one to workbook_layout.",
                )
            return edition
    known = "; ".join(edition.name for edition in EDITIONS)
    raise DeliveryRefused(
        f"{file} is no tariff workbook of a known edition. Known: {known}.", "Deliver one of these as published."
    )


def _front_page(workbook: python_calamine.CalamineWorkbook, names: Mapping[str, str]) -> str:
    if "Front page" not in names:
        return ""
    rows = workbook.get_sheet_by_name(names["Front page"]).to_python(skip_empty_area=False)
    return " ".join(str(cell) for row in rows for cell in row).lower()


def _label(edition: Edition, layout: YearLayout, hrgs: int) -> str:
    """An extract must not pass for the whole: the label counts what it holds."""
    return edition.name if hrgs == layout.hrgs_in_full else f"{edition.name} ({hrgs} of {layout.hrgs_in_full} HRGs)"


def _with_substitutes(ae: pd.DataFrame, substitutes: Mapping[str, str]) -> pd.DataFrame:
    """A&E codes that a note of the sheet prices like another one, added as rows of their own."""
    more = [
        ae[ae["hrg"] == source].assign(hrg=code) for code, source in substitutes.items() if code not in set(ae["hrg"].tolist())
    ]
    return pd.concat([ae, *more], ignore_index=True).astype(ae.dtypes.to_dict())
