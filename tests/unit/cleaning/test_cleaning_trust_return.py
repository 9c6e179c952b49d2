"""The trusts' return: types of department with a lost zero, what is set aside, no cell twice."""

from pipeline.cleaning.trust_return import trust_return

ROW = {"PROVIDER": "ZT1", "MONTH": "2016-04", "DEPT_TYPE": "01", "ATTENDANCES": "8123"}


def test_rows_are_read_set_aside_or_repeated(delivered) -> None:
    both = trust_return(
        delivered(
            [
                ROW, ROW | {"DEPT_TYPE": "3", "ATTENDANCES": "12.0"}, ROW | {"PROVIDER": " "}, ROW | {"MONTH": "2016-13"},
                ROW | {"ATTENDANCES": "1,200"}, ROW | {"ATTENDANCES": "9"}, ROW | {"DEPT_TYPE": "99"},
            ]
        )
    )  # fmt: skip
    kept = sorted(both.table.to_pyarrow().to_pylist(), key=lambda row: row["department_type"])
    assert [(row["department_type"], row["attendances"]) for row in kept] == [("", 8123), ("01", 9), ("03", 12)]
    fates = both.fates.execute().set_index("row_no")
    assert fates["fate"].tolist() == ["quarantined", "kept", "quarantined", "quarantined", "quarantined", "kept", "kept"]
    assert fates.loc[1, "reason"] == "a second row of the same cell: the latest received stays"
    assert fates.loc[5, "reason"] == "ATTENDANCES is empty or not a whole number"
