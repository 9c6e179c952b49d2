"""The parts a document is made of, as plain data that the template typesets.

Belongs here: sections and the few kinds of block they hold. Does not belong here: which sections there are
(`reports.document`), how a block looks (`reports.templates`).
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header (with the unit) and where its cells stand; figures go right."""

    label: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with caption and headers; the first cell of every row is that row's header."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    widths: tuple[float, ...] = ()
    kind: Literal["table"] = "table"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table '{self.caption}': a row has not as many cells as there are columns")


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `emphasis` sets it strong."""

    text: str
    emphasis: bool = False
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences, numbered or not."""

    items: tuple[str, ...]
    numbered: bool = False
    kind: Literal["items"] = "items"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing told in full: its title, and lines each with the word that opens it."""

    title: str
    lines: tuple[tuple[str, str], ...]
    kind: Literal["entry"] = "entry"


@dataclass(frozen=True, slots=True)
class Box:
    """Sentences in a frame of their own, with a title."""

    title: str
    items: tuple[str, ...]
    kind: Literal["box"] = "box"


@dataclass(frozen=True, slots=True)
class Terms:
    """Words and what they mean."""

    terms: tuple[tuple[str, str], ...]
    kind: Literal["terms"] = "terms"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure by its name; title and alternative text go with it."""

    name: str
    title: str
    alt: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class Subheading:
    text: str
    kind: Literal["subheading"] = "subheading"


@dataclass(frozen=True, slots=True)
class Formula:
    """The estimator's equation; the template holds its typesetting, `alt` says it in words."""

    alt: str
    kind: Literal["formula"] = "formula"


LightState = Literal["yes", "yes, as far as seen", "no", "on a waiver", "in doubt", "not known"]


@dataclass(frozen=True, slots=True)
class Light:
    """One of the three lights: never without its sentence and its power."""

    name: str
    state: LightState
    sentence: str
    power: str
    kind: Literal["light"] = "light"


Block = Table | Text | Items | Entry | Box | Terms | Picture | Subheading | Formula | Light


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `anchor` is its link target."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...]
    new_page: bool = False

    def plain(self) -> dict[str, Any]:
        return asdict(self)
