"""The catalogue of faults and the settings somebody can ask for. Not: what a fault does."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.rehearsal.faults.catalogue import FAULTS, chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.rehearse import rehearse

EVERY = pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)


def test_there_are_many_kinds_of_fault() -> None:
    assert len(FAULTS) >= 60
    families = [fault.family for fault in FAULTS.values()]
    assert {name: families.count(name) > 2 for name in set(families)} == dict.fromkeys(
        ("rows", "copies", "codes", "dates", "prices", "people", "aggregates", "notes", "files"), True
    )


@EVERY
def test_a_fault_is_described(fault: Fault) -> None:
    assert FAULTS[fault.name] is fault
    assert fault.name.replace("_", "").isalnum()
    assert fault.name == fault.name.lower()
    assert fault.summary.endswith(".")
    assert fault.summary[0].isupper()
    assert fault.route in fault.routes
    assert fault.arms
    assert fault.place.stream in (*fault.streams, "all")
    assert [h is not None for h in (fault.contacts, fault.people, fault.workbook, fault.folder)].count(True) == 1


@EVERY
def test_severities_are_one_or_three_and_rise(fault: Fault) -> None:
    assert len(fault.severities) in (1, 3)
    assert list(fault.severities) == sorted(set(fault.severities))
    assert 0 < fault.severities[0] <= fault.severity


@EVERY
def test_what_was_asked_can_be_asked_again(fault: Fault) -> None:
    assert chosen_faults([fault.asked]) == [fault]
    values = {"severity": "0.1234567", "stream": fault.streams[-1], "arm": "intervention", "provider": "ZT3",
              "first": "2016-07", "last": "2018-01", "route": fault.routes[-1]}  # fmt: skip
    changed = f"{fault.name}:" + ",".join(f"{key}={values[key]}" for key in fault.settings)
    (asked,) = chosen_faults([changed])
    assert chosen_faults([asked.asked]) == [asked]
    for key in fault.settings:
        found = {"severity": asked.severity, "route": asked.route} | {
            name: getattr(asked.place, name) for name in ("stream", "arm", "provider", "first", "last")
        }
        assert str(found[key]) == values[key]


def test_settings_are_read() -> None:
    (fault,) = chosen_faults(["rows_lost_at_random:severity=0.1,stream=op,arm=intervention,first=2016-07,route=feed"])
    assert (fault.severity, fault.route) == (0.1, "feed")
    assert (fault.place.stream, fault.place.arm, fault.place.first, fault.place.last) == ("op", "intervention", "2016-07", None)
    assert FAULTS["rows_lost_at_random"].place.stream == "ae", "the catalogue itself stays as it was"


def test_faults_come_in_the_order_of_the_catalogue() -> None:
    names = ["file_empty", "delivery_sent_twice", "people_missing", "rows_lost_at_random", "last_years_file"]
    assert [f.name for f in chosen_faults(names)] == [
        "rows_lost_at_random",
        "people_missing",
        "last_years_file",
        "file_empty",
        "delivery_sent_twice",
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("control_ae_mising", "There is no fault named control_ae_mising. Remedy: Known faults: control_ae_missing,"),
        ("", "There is no fault named ."),
        ("rows_lost_at_random:severity", "'severity' is no setting"),
        ("rows_lost_at_random:severity=0.1,severity=0.2", "stands there twice"),
        ("rows_lost_at_random:colour=red", "has no setting 'colour'. Remedy: Settings: severity, stream, arm"),
        ("rows_lost_at_random:severity=lots", "The severity of rows_lost_at_random cannot be 'lots'"),
        ("rows_lost_at_random:severity=0", "a number above 0 and up to 1: the share of the rows"),
        ("rows_lost_at_random:severity=-1", "cannot be '-1'"),
        ("rows_lost_at_random:severity=nan", "cannot be 'nan'"),
        ("rows_lost_at_random:severity=1.5", "cannot be '1.5'"),
        ("linkage_weaker:severity=2", "cannot be '2'"),
        ("control_totals_wrong:severity=inf", "cannot be 'inf'"),
        ("rows_lost_at_random:stream=mental", "Known: apc, ae, op, all"),
        ("minor_departments_missing:stream=op", "Known: ae."),
        ("rows_lost_at_random:arm=wider", "Known: intervention, control, both"),
        ("practice_across_the_city:arm=both", "Known: intervention, control."),
        ("practices_merged:arm=both", "Known: intervention, control."),
        ("rows_lost_at_random:provider=RXX", "Known: ZT1, ZT2, ZT3"),
        ("rows_lost_at_random:route=post", "Known: extract, feed, aggregates, both"),
        ("control_ae_missing:route=extract", "Known: feed."),
        ("rows_lost_at_random:first=2030-01", "Give a month from 2010-04 to 2019-03, launch or start"),
        ("rows_lost_at_random:first=yesterday", "cannot have first 'yesterday'"),
        ("rows_lost_at_random:last=launch", "cannot have last 'launch'"),
        ("rows_lost_at_random:last=2009-12", "cannot have last '2009-12'"),
        ("rows_lost_at_random:last=2014-12", "would end in 2014-12, before it begins in 2015-04"),
        ("rows_lost_at_random:first=2016-05,last=2016-04", "Give both first and last"),
        ("people_missing:stream=ae", "has no setting 'stream'. Remedy: Settings: severity, arm."),
        ("market_forces_dropped:severity=0.1", "Settings: provider."),
        ("tariff_of_another_year:first=2016-04", "has no setting 'first'"),
        ("header_renamed:severity=0.5", "has no setting 'severity'. Remedy: Settings: stream, first, last."),
        ("header_renamed:arm=control", "has no setting 'arm'"),
        ("header_renamed:stream=op", "Known: ae."),
        ("control_totals_wrong:stream=all", "Known: apc, ae, op."),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(asked: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        chosen_faults([asked])
    assert said in str(refused.value)


def test_an_unknown_fault_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        rehearse(tmp_path / "x", seed=5, scale=0.01, faults=["rows_lost_at_random:first=2030-01"])
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["last_years_file", "period_of_another_delivery"])
def test_the_first_year_has_no_year_before(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="needs a delivery of the year before 2010-11"):
        rehearse(tmp_path / "x", seed=5, scale=0.01, faults=[f"{name}:first=2010-04,last=2011-03"])
