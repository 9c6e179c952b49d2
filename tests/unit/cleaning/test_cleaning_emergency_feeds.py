"""HES A&E and ECDS as one table: no attendance twice, one feed a provider-month where declared, every row accounted for."""

import pytest
from attendance_rows import ECDS_ROW, HES_ROW

from pipeline import tables
from pipeline.cleaning import ecds, emergency_care, emergency_feeds
from pipeline.cleaning.accounting import accounting, check_accounting
from pipeline.study import CleaningRules

DAY = "2018-02-28"


def hes(time: str | None = "1000", day: str = DAY, **more):
    return HES_ROW | {"ARRIVALDATE": day, "ARRIVALTIME": time} | more


def e(time: str | None = "10:00", day: str = DAY, **more):
    return ECDS_ROW | {"ARRIVAL_DATE": day, "ARRIVAL_TIME": time} | more


#: name: HES A&E rows, ECDS rows, how many attendances, how many ECDS rows merged into HES A&E rows
OVERLAPS = {
    "the same time": ([hes()], [e()], 1, 1),
    "sixty minutes": ([hes("0955")], [e("10:55")], 1, 1),
    "sixty-one minutes": ([hes("0955")], [e("10:56")], 2, 0),
    "across midnight": ([hes("2355")], [e("00:10", "2018-03-01")], 1, 1),
    "one day later": ([hes("1000")], [e("10:00", "2018-03-01")], 2, 0),
    "another provider": ([hes()], [e(PROVIDER_CODE_DERIVED="ZT2")], 2, 0),
    "no provider in either": ([hes(PROCODE3="&")], [e(PROVIDER_CODE_DERIVED="&", PROVIDER_CODE=None)], 1, 1),
    "only in ecds": ([], [e()], 1, 0),
    "only in hes_ae": ([hes()], [], 1, 0),
    "two visits, both in both": ([hes("0800"), hes("1600", AEKEY="101")], [e("08:05"), e("16:05")], 2, 2),
    "two within the hour": ([hes("1000"), hes("1040", AEKEY="101", DIAG2_01="02")], [e("10:42", DIAGNOSIS_CODE_1="2")], 2, 1),
    "twice in ecds": ([hes()], [e("10:10"), e("10:10")], 1, 1),
    "twice in hes_ae": ([hes(), hes("1030", AEKEY="101")], [e("10:10")], 1, 1),
    "no time in ecds": ([hes()], [e(None)], 1, 1),
    "no time in hes_ae": ([hes("3000")], [e("23:00")], 1, 1),
    "no time, other day": ([hes()], [e(None, "2018-03-01")], 2, 0),
    "no time, counterpart taken": ([hes()], [e("10:00"), e(None, DIAGNOSIS_CODE_1="2")], 2, 1),
    "no time, one to one": ([hes("3000")], [e(None, DIAGNOSIS_CODE_1="1"), e(None, DIAGNOSIS_CODE_1="2")], 2, 1),
    "same-day care": ([hes()], [e(DEPARTMENT_TYPE="05")], 1, 0),
    "quarantined in hes_ae": ([hes(AEKEY="0")], [e()], 1, 0),
}
#: with ZT1 from ECDS from March 2018 on: HES A&E rows, ECDS rows, attendances, fates of HES A&E rows, fates of ECDS rows
FROM_MARCH = CleaningRules(ecds_from={"ZT1": "2018-03"})
OUT = "out_of_scope"
ONE_FEED = {
    "before": ([hes()], [e()], 1, ["kept"], [OUT]),
    "after": ([hes(day="2018-03-01")], [e(day="2018-03-01")], 1, [OUT], ["kept"]),
    "after, not alike": ([hes("0100", "2018-03-01")], [e("22:00", "2018-03-01")], 1, [OUT], ["kept"]),
    "only in the feed that is not taken": ([hes(day="2018-03-09")], [], 0, [OUT], []),
    "at the edge": ([hes("2355", "2018-02-28")], [e("00:05", "2018-03-01")], 1, ["kept"], ["merged"]),
    "a provider not declared": (
        [hes(day="2018-03-01", PROCODE3="ZT2")],
        [e(day="2018-03-01", PROVIDER_CODE_DERIVED="ZT2")],
        1, ["kept"], ["merged"],
    ),
    "no provider": ([hes(day="2018-03-01", PROCODE3="&")], [], 1, ["kept"], []),
    "no date": ([hes(day="1801-01-01")], [e(day="1801-01-01")], 0, ["quarantined"], ["quarantined"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def harmonise(delivered):
    """Cases cleaned at once, each under persons of its own: name to (clean rows, fates of hes_ae, fates of ecds) in order."""

    def run(cases, rules):
        def numbered(place, key):
            rows = [
                row
                | {"PSEUDO_HESID": f"P{n}", "ROW_NO": 100 * n + at, "DELIVERY": place}
                | ({key: f"{n}{row[key]}"} if key and row[key] != "0" else {})
                for n, case in enumerate(cases.values())
                for at, row in enumerate(case[0 if place == "hes" else 1])
            ]
            return delivered(rows)

        both = numbered("hes", "AEKEY"), numbered("ecds", None)
        done = emergency_feeds.attendances(*both, rules=rules)
        assert done.table.schema() == tables.ATTENDANCES
        for feed, rows in zip(("hes_ae", "ecds"), both, strict=True):
            check_accounting(rows.count().execute(), accounting(done.fates[feed]))
        fates = {feed: sorted(t.to_pyarrow().to_pylist(), key=lambda f: f["row_no"]) for feed, t in done.fates.items()}
        kept = done.table.to_pyarrow().to_pylist()
        assert len({row["attendance_key"] for row in kept}) == len(kept)
        return {
            name: (
                [row for row in kept if row["person"] == f"P{n}"],
                *([f for f in fates[feed] if f["row_no"] // 100 == n] for feed in ("hes_ae", "ecds")),
            )
            for n, name in enumerate(cases)
        }

    return run


@pytest.fixture(scope="module")
def overlaps(harmonise):
    return harmonise(OVERLAPS, CleaningRules())


@pytest.fixture(scope="module")
def one_feed(harmonise):
    return harmonise(ONE_FEED, FROM_MARCH)


@pytest.mark.parametrize("name", OVERLAPS)
def test_no_attendance_stands_twice(name: str, overlaps) -> None:
    rows, of_hes, of_ecds = overlaps[name]
    attendances, merged = OVERLAPS[name][2:]
    assert len(rows) == attendances
    across = [f for f in of_ecds if f["reason"] == emergency_feeds.IN_BOTH]
    assert len(across) == merged
    standing = {f"{f['delivery']}:{f['row_no']}" for f in of_hes if f["fate"] == "kept"}
    assert {f["merged_into"] for f in across} <= standing, "merged into a row that does not stay"


def test_a_repeated_ecds_row_follows_its_double_into_hes(overlaps) -> None:
    _, of_hes, of_ecds = overlaps["twice in ecds"]
    assert {f["merged_into"] for f in of_ecds} == {f"hes:{of_hes[0]['row_no']}"}
    assert {f["fate"] for f in of_ecds} == {"merged"}


def test_the_nearest_arrival_takes_the_row(overlaps) -> None:
    _, of_hes, (of_ecds,) = overlaps["two within the hour"]
    assert of_ecds["merged_into"] == f"hes:{of_hes[1]['row_no']}"  # 1042 is 2 minutes from 1040, 42 from 1000


def test_the_row_of_hes_stays(overlaps) -> None:
    (row,), _, _ = overlaps["the same time"]
    assert (row["diagnosis"], row["disposal"]) == ("38", "03")


@pytest.mark.parametrize("name", ONE_FEED)
def test_a_declared_provider_has_one_feed_a_month(name: str, one_feed) -> None:
    rows, of_hes, of_ecds = one_feed[name]
    assert (len(rows), [f["fate"] for f in of_hes], [f["fate"] for f in of_ecds]) == ONE_FEED[name][2:]
    assert {f["clause"] for f in [*of_hes, *of_ecds] if f["fate"] == OUT} <= {emergency_feeds.DECLARED}


def test_apart_the_two_feeds_count_the_attendance_twice(delivered) -> None:
    """The fault that harmonising is there for: the same attendance cleaned feed by feed is two."""
    rules = CleaningRules()
    apart = [
        emergency_care.attendances(delivered([hes()]), rules=rules).table.count().execute(),
        ecds.attendances(delivered([e()]), rules=rules).table.count().execute(),
    ]
    rows = delivered([hes()]), delivered([e(DELIVERY="e")])  # a fingerprint is never that of two deliveries
    both = emergency_feeds.attendances(*rows, rules=rules).table.count().execute()
    assert (sum(apart), both) == (2, 1)


def test_without_ecds_the_table_is_that_of_hes_alone(delivered) -> None:
    rows = [hes(), hes("1030", AEKEY="101"), hes("2200", AEKEY="102", PROCODE3="&"), hes(None, AEKEY="103", day="2018-03-04")]
    both = emergency_feeds.attendances(delivered(rows), delivered([e()]).filter(False), rules=CleaningRules())
    alone = emergency_care.attendances(delivered(rows), rules=CleaningRules())
    assert both.table.order_by("attendance_key").execute().equals(alone.table.order_by("attendance_key").execute())
    assert both.fates["hes_ae"].order_by("row_no").execute().equals(alone.fates.order_by("row_no").execute())
