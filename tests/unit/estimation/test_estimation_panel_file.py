"""The file as an analyst wrote it: separators, quotes, line ends, byte order mark; what is refused rather than shifted."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import UsageError
from pipeline.estimation.panel_file import read_table

NAMES = ["unit", "t", "d", "y"]
PLAIN = 'unit,t,d,y\nA,1,0,2.5\n"B, west",1,1,3\n'


def read(tmp_path, content, name="panel.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, names=NAMES)


WRITTEN = {
    "plain": PLAIN,
    "semicolons": 'unit;t;d;y\nA;1;0;2.5\n"B, west";1;1;3\n',
    "tabs": "unit\tt\td\ty\nA\t1\t0\t2.5\nB, west\t1\t1\t3\n",
    "pipes": "unit|t|d|y\nA|1|0|2.5\nB, west|1|1|3\n",
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "carriage returns and newlines": PLAIN.replace("\n", "\r\n"),
    "carriage returns": PLAIN.replace("\n", "\r"),
    "quoted header with blanks": PLAIN.replace("unit,t,d,y", '"unit", "t" , "d","y"'),
    "separator at the end of each line": PLAIN.replace("2.5\n", "2.5,\n").replace(",3\n", ",3,\n"),
    "blank lines": PLAIN.replace("\n", "\n\n"),
}


@pytest.mark.parametrize("way", list(WRITTEN))
def test_the_same_cells_however_written(tmp_path, way):
    found = read(tmp_path, WRITTEN[way])
    assert found[NAMES].to_numpy().tolist() == [["A", "1", "0", "2.5"], ["B, west", "1", "1", "3"]]


def test_cells_stay_text_so_that_01_and_1_differ(tmp_path):
    found = read(tmp_path, "unit,t,d,y\n01,1,0,2\n1,1,0,2\n12345678901234567890,1,0,2\n12345678901234567891,1,0,2\n")
    assert found["unit"].nunique() == 4


REFUSED = {
    "row names without a header": (PLAIN.replace("A,", "1,A,").replace('"B', '2,"B'), "4 columns in its header and 5"),
    "a name twice": ("unit,t,d,y,y\nA,1,0,2,3\n", "'y' 2 times"),
    "longer line later": (PLAIN + "C,1,0,2,3,4\n", "different lengths"),
    "blanks between columns": (PLAIN.replace(",", " "), "no separator"),
    "empty": ("", "no separator"),
    "UTF-16": (PLAIN.encode("utf-16"), "not UTF-8"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused_with_a_reason(tmp_path, case):
    content, message = REFUSED[case]
    with pytest.raises(UsageError, match=message) as caught:
        read(tmp_path, content)
    assert caught.value.remedy


def test_parquet_and_what_is_not_parquet(tmp_path):
    frame = pd.DataFrame({"unit": ["a", "b"], "y": [1.0, np.nan]})
    frame.to_parquet(tmp_path / "panel.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "panel.parquet", names=["y"]), frame)
    with pytest.raises(UsageError, match="not a readable Parquet"):
        read(tmp_path, b"abc", "other.parquet")


def test_an_index_that_was_written_is_columns(tmp_path):
    frame = pd.DataFrame({"unit": ["a", "b"], "t": [1, 1], "y": [1.0, 2.0]})
    frame.set_index(["unit", "t"]).to_parquet(tmp_path / "panel.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "panel.parquet", names=["y"]), frame)
