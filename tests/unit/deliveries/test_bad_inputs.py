"""Bad input that no catalogue names, by the command: a refusal with exit code 3, or rows set aside and said; never a traceback.

Belongs here: one line a kind of bad file or note. Not: faults that a rehearsal can plant (`tests/unit/rehearsal`).
"""

import gzip
import os
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delivery_folder import AE_COLUMNS, csv_text, write_delivery, write_note

from assets import cli
from pipeline.cleaning import accounting, emergency_care
from pipeline.deliveries import deliveries, kept
from pipeline.rehearsal.rehearse import rehearse
from pipeline.store import Store
from pipeline.study import CleaningRules, read_study

ROWS = [f"{100 + i},PERSON{i},1617,2016-{4 + i % 9:02d}-03,1012,1,03,01,2,A80001,ZT1,VB08Z" for i in range(40)]
GOOD = csv_text(ROWS)
COST = AE_COLUMNS + ",COST_GBP"
#: a value that stands in a row, which no message may repeat
SECRET = "PERSON7"
Change = Callable[[Path], object]


def with_cells(column: str, values: dict[int, str]) -> str:
    """The good file with other values of one column in some rows (0 is the first)."""
    cells = [row.split(",") for row in ROWS]
    for row, value in values.items():
        cells[row][AE_COLUMNS.split(",").index(column)] = value
    return csv_text([",".join(row) for row in cells])


def shifted() -> str:
    """From the 21st row on, a field too many before the arrival date and one too few at the end."""
    cells = [row.split(",") for row in ROWS]
    return csv_text([",".join(c if i < 20 else [*c[:3], "", *c[3:-1]]) for i, c in enumerate(cells)])


def costs(value: str) -> str:
    return csv_text([f"{row},{value}" for row in ROWS], COST)


TAKEN = [
    ("nul byte", GOOD.replace("PERSON7,", "PERSON7\x00,"), 39, "1 set aside because PSEUDO_HESID has not the form"),
    ("total row at the bottom", GOOD + "Total,,,,,,,,,,,40\n", 40, "1 set aside because PSEUDO_HESID is missing (first in row"),
    ("rows of commas", csv_text([line for row in ROWS for line in (row, "," * 11)]), 40, "40 set aside because AEKEY is"),
    ("shifted by a column", shifted(), 20, "20 set aside because ARRIVALTIME has not the form"),
    ("quoted line break", GOOD.replace("A80001", '"A80\n001"', 1), 39, "1 set aside because GPPRAC has not the form"),
    ("two forms of date", with_cells("ARRIVALDATE", dict.fromkeys(range(0, 40, 2), "03/05/2016")), 20, "is not a date"),
    ("30 February", with_cells("ARRIVALDATE", {3: "2016-02-30"}), 39, "1 set aside because ARRIVALDATE is not a date"),
    ("2099", with_cells("ARRIVALDATE", {3: "2099-05-01"}), 40, "1 dated outside the period"),
    ("full-width digits", with_cells("ARRIVALDATE", {3: "２０１６-05-01"}), 39, "ARRIVALDATE is not a date"),
    ("zero-width space", with_cells("PSEUDO_HESID", {3: "PERSON3\u200b"}), 39, "PSEUDO_HESID has not the form"),
    ("one person's rows", with_cells("PSEUDO_HESID", dict.fromkeys(range(40), "P1")), 40, "people was declared as 40 and is 1"),
    ("one row forty times", csv_text([ROWS[0]] * 40), 40, "39 repeat another row in all but the key"),
    ("negative costs", costs("-12.50"), 40, "sum of COST_GBP was declared as 500 and is -500"),
    ("a column of no contract", GOOD.replace("\n", ",\n"), 40, "not kept, since the contract does not name them: columns, 1"),
    ("somebody is NULL", with_cells("PSEUDO_HESID", {3: "NULL", 4: "n/a"}), 38, "2 set aside because PSEUDO_HESID names"),
    ("no digit before the point", costs("1.5").replace(",1.5", ",.5", 1), 39, "COST_GBP is not a number"),
]  # fmt: skip
#: read as they are meant, with nothing to say
SAME = [
    ("byte order mark", b"\xef\xbb\xbf" + GOOD.encode()),
    ("carriage returns", GOOD.replace("\n", "\r")),
    ("carriage returns and line feeds", GOOD.replace("\n", "\r\n")),
    ("blank lines between rows", csv_text([line for row in ROWS for line in (row, "")])),
    ("a comma behind each row", csv_text([f"{row}," for row in ROWS])),
    ("spaces in the header", GOOD.replace(",", " , ", 11)),
    ("all quoted", "".join('"' + line.replace(",", '","') + '"\n' for line in GOOD.splitlines())),
]
REFUSED = [
    ("short total row", GOOD + "Total 40\n", "line 42 has 1 fields where 12 are expected"),
    ("two line ends", csv_text(ROWS[:20]) + "\r\n".join(ROWS[20:]) + "\r\n", "lines end in two ways"),
    ("a name twice in two cases", GOOD.replace(AE_COLUMNS, AE_COLUMNS + ",sushrg").replace("VB08Z", "VB08Z,VB09Z"),
     "column SUSHRG stands there twice, once spelled otherwise (columns 12 and 13"),
    ("thousands separators", costs('"1,234.50"'), "COST_GBP is not a number"),
    ("pound signs", costs("£12.50"), "COST_GBP is not a number"),
    ("scientific numbers", costs("1.2E+03"), "COST_GBP is not a number"),
    ("not a number", costs("NaN"), "COST_GBP is not a number"),
    ("nobody throughout", with_cells("PSEUDO_HESID", dict.fromkeys(range(40), "NULL")), "PSEUDO_HESID names nobody in 40"),
    ("a huge field", GOOD.replace("A80001", "A" * 3_000_000, 1), "a field be far too long"),
    ("lower-case codes", GOOD.replace("VB08Z", "vb08z"), "SUSHRG has not the form of the contract"),
    ("no-break spaces", GOOD.replace("ZT1", "\u00a0ZT1"), "PROCODE3 has not the form of the contract"),
    ("half a surrogate", GOOD.encode().replace(b"PERSON7,", b"PERSON7\xed\xa0\x80,"), "is not UTF-8 text"),
    ("a separator line", "sep=,\n" + GOOD, "column AEKEY of hes_ae is missing"),
    ("a title above the header", "Attendances of PERSON7\n" + GOOD, "column AEKEY of hes_ae is missing"),
    ("a page of a website", "<html><body>Sign in</body></html>", "column AEKEY of hes_ae is missing"),
    ("JSON", '[{"AEKEY": 1}]', "column AEKEY of hes_ae is missing"),
    ("gzip", gzip.compress(GOOD.encode(), mtime=0), "is a gzip archive, whatever its name says"),
    ("Parquet", b"PAR1" + bytes(100) + b"PAR1", "is Parquet, whatever its name says"),
    ("an old workbook", b"\xd0\xcf\x11\xe0" + bytes(600), "is an old workbook"),
    ("only bytes of nothing", bytes(4096), "hes_ae"),
]  # fmt: skip


@pytest.fixture(scope="session")
def a_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study folder to receive into; each test has a store of its own in a copy of its documents."""
    folder = tmp_path_factory.mktemp("bad") / "study"
    rehearse(folder, seed=5, scale=0.005)
    return folder


class Command:
    """`outcomeb receive` of one folder in an empty study."""

    def __init__(self, study: Path, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder, self.study, self.capsys, self.patch = folder, folder.parent / "study", capsys, patch
        self.study.mkdir()
        for name in ("study.yaml", "terms.yaml", "approvals.yaml"):
            (self.study / name).write_bytes((study / name).read_bytes())
        self.rules: CleaningRules = read_study(self.study).cleaning

    def __call__(self) -> tuple[int, str]:
        self.patch.setattr(sys, "argv", ["outcomeb", "receive", str(self.folder), "--study", str(self.study)])
        code: int = 0
        try:
            cli.main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = self.capsys.readouterr()
        text = said.out + said.err
        assert "Traceback" not in text
        assert SECRET not in text
        return code, text

    @property
    def store(self) -> Store:
        return Store(self.study / "store")


@pytest.fixture
def command(a_study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(a_study, tmp_path / "in", capsys, monkeypatch)


def attendances_of(command: Command) -> tuple[int, int]:
    """Rows that cleaning took from the store, and those it accounts for."""
    rows = kept(command.store, deliveries(command.store), "hes_ae")
    counted = accounting.accounting(emergency_care.attendances(rows, rules=command.rules).fates)
    accounting.check_accounting(int(rows.count().execute()), counted)
    return int(rows.count().execute()), int(counted["rows"].sum())


@pytest.mark.parametrize(("content", "left", "said"), [case[1:] for case in TAKEN], ids=[case[0] for case in TAKEN])
def test_rows_that_are_none_are_set_aside_and_said(command: Command, content: str, left: int, said: str) -> None:
    totals = {"rows": 40, "people": 40} | ({"sums": {"COST_GBP": "500.00"}} if "COST_GBP" in content else {})
    write_delivery(command.folder, content, control_totals=totals)
    code, text = command()
    assert code == 0
    assert said in text
    assert attendances_of(command) == (left, left)


@pytest.mark.parametrize("content", [case[1] for case in SAME], ids=[case[0] for case in SAME])
def test_another_spelling_of_the_same_file_is_the_same_rows(command: Command, content: str | bytes) -> None:
    write_delivery(command.folder, content, control_totals={"rows": 40, "people": 40})
    code, text = command()
    assert code == 0
    assert "40 rows, 40 kept." in text
    assert attendances_of(command) == (40, 40)


@pytest.mark.parametrize(("content", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_is_no_delivery_is_refused(command: Command, content: str | bytes, said: str) -> None:
    write_delivery(command.folder, content)
    code, text = command()
    assert code == 3
    assert "hes_ae.csv" in text
    assert said in text
    assert "Remedy: " in text
    assert deliveries(command.store) == []


def _workbook(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(AE_COLUMNS.split(","))
    book.save(folder / "x.xlsx")
    (folder / "x.xlsx").rename(folder / "hes_ae.csv")


def _parquet(columns: dict[str, object], names: list[str] | None = None) -> Change:
    def write(folder: Path) -> None:
        (folder / "hes_ae.csv").unlink()
        table = pa.table(columns) if names is None else pa.Table.from_arrays([pa.array(["1"])] * len(names), names=names)
        pq.write_table(table, folder / "hes_ae.parquet")
        write_note(folder, files=["hes_ae.parquet"])

    return write


def _note(change: Callable[[str], str], encoding: str = "utf-8") -> Change:
    def write(folder: Path) -> None:
        text = (folder / "delivery.yaml").read_text(encoding="utf-8")
        (folder / "delivery.yaml").write_bytes(change(text).encode(encoding))

    return write


def _instead(put: Callable[[Path], object]) -> Change:
    def write(folder: Path) -> None:
        (folder / "hes_ae.csv").unlink()
        put(folder / "hes_ae.csv")

    return write


NAMES = AE_COLUMNS.split(",")
FIRST = dict(zip(NAMES, [[cell] for cell in ROWS[0].split(",")], strict=True))
FOLDERS: list[tuple[str, Change, str]] = [
    ("a workbook called a table", _workbook, "hes_ae.csv is a zip archive or a workbook"),
    ("lists in Parquet", _parquet({name: [["1"]] for name in NAMES}), "AEKEY has not the form"),
    ("bytes in Parquet", _parquet({name: [b"\xff\xfe"] for name in NAMES}), "hes_ae.parquet"),
    ("a column twice in Parquet", _parquet({}, [*NAMES, "SUSHRG"]), "column 13 has the name of one before it"),
    ("a zone in Parquet", _parquet(FIRST | {"ARRIVALDATE": pa.array([0], pa.timestamp("us", tz="UTC"))}), "has a time zone"),
    ("numbers for keys in Parquet", _parquet(FIRST | {"AEKEY": pa.array([1.234e17])}), "AEKEY has not the form"),
    ("a link to nowhere", _instead(lambda path: path.symlink_to(path.with_name("none.csv"))), "is not in the folder"),
    ("a folder for a file", _instead(lambda path: path.mkdir()), "is not in the folder"),
    ("a pipe for a file", _instead(os.mkfifo), "is not in the folder"),
    (
        "a file that no note names",
        lambda folder: (folder / "second.csv").write_text(GOOD),
        "second.csv lies beside delivery.yaml",
    ),
    ("tabs in the note", _note(lambda t: t.replace("  first", "\tfirst")), "delivery.yaml line 4 is not YAML"),
    ("unknown keys", _note(lambda t: t + "colour: red\n"), "delivery.yaml line 10, colour: Extra inputs are not permitted"),
    ("a note in Latin-1", _note(lambda t: t.replace("North", "Nörth"), "latin-1"), "delivery.yaml is not UTF-8 text"),
    (
        "a key twice",
        _note(lambda t: t + "received: 2018-01-01\n"),
        "delivery.yaml line 10 is not YAML: a key stands there twice",
    ),
    ("a list for a note", _note(lambda _: "- a\n- b\n"), "delivery.yaml line 1, document"),
    ("two documents", _note(lambda t: f"{t}---\n{t}"), "delivery.yaml line 10 is not YAML"),
    ("a tag in the note", _note(lambda t: t + "supersedes: !!python/object/apply:os.getcwd []\n"), "delivery.yaml line 10"),
    ("a note without an end", _note(lambda t: t + "supersedes: " + "[" * 3000 + "]" * 3000 + "\n"), "nested beyond reason"),
    ("an endless total", _note(lambda t: t + 'control_totals: {sums: {COST_GBP: "1e999999"}}\n'), "24 digits"),
    ("a supplier of two lines", _note(lambda t: t.replace("North", '"North\\n\\e[31m').replace("Unit", 'Unit"')), "supplier"),
    ("a name with stars", _note(lambda t: t.replace("- hes_ae.csv", "- 'hes_*.csv'")), "without folders, stars or brackets"),
    ("received before its months", _note(lambda t: t.replace("2017-07-15", "2016-05-01")), "before 2017-03, the last month"),
]


@pytest.mark.parametrize(("change", "said"), [case[1:] for case in FOLDERS], ids=[case[0] for case in FOLDERS])
def test_a_folder_that_is_no_delivery_is_refused(command: Command, change: Change, said: str) -> None:
    write_delivery(command.folder, GOOD)
    change(command.folder)
    code, text = command()
    assert code == 3
    assert said in text
    assert "Remedy: " in text
    assert deliveries(command.store) == []


def test_a_file_that_may_not_be_read_is_refused(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(path)

    write_delivery(command.folder, GOOD)
    monkeypatch.setattr(sys.modules["pipeline.deliveries.receive"], "file_sha256", refuse)
    code, text = command()
    assert code == 3
    assert "hes_ae.csv cannot be read. Remedy: It must be a file that this user may read" in text


def test_a_link_to_a_file_is_the_file(command: Command) -> None:
    write_delivery(command.folder, GOOD)
    (command.folder / "hes_ae.csv").rename(command.folder.parent / "elsewhere.csv")
    (command.folder / "hes_ae.csv").symlink_to(command.folder.parent / "elsewhere.csv")
    assert command()[0] == 0
    (stored,) = (command.study / "store" / "deliveries").glob("*/files/hes_ae.csv")
    assert not stored.is_symlink()
    assert stored.read_text() == GOOD


def test_a_folder_whose_note_was_forgotten_is_missed(command: Command) -> None:
    write_delivery(command.folder / "good", GOOD)
    for name, note in (("forgotten", None), ("misnamed", "delivery.yml")):
        (command.folder / name).mkdir()
        (command.folder / name / "hes_op.csv").write_text("PERSON7\n")
        if note:
            (command.folder / name / note).write_text("dataset: hes_op\n")
    (command.folder / "letters").mkdir()
    (command.folder / "letters" / "cover.txt").write_text("Dear all\n")
    code, text = command()
    assert code == 3
    assert "2 of 3 deliveries refused (1 stored" in text
    assert "forgotten: no delivery.yaml lies beside its files. Remedy: Write one" in text
    assert "misnamed: no delivery.yaml lies beside its files" in text
    assert "letters" not in text


def test_an_empty_folder_is_a_mistake_of_the_command(command: Command) -> None:
    command.folder.mkdir()
    code, text = command()
    assert code == 2
    assert "No delivery.yaml was found" in text
