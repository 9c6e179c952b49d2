"""Superseding, overlapping periods, what is in force as at a date. Belongs here: relations between deliveries."""

from datetime import date
from pathlib import Path

import pytest
from delivery_folder import write_delivery

from pipeline.deliveries import deliveries, in_force, inputs_sha256, latest_received, receive
from pipeline.errors import DeliveryRefused, UsageError, VerificationFailed
from pipeline.store import Store

UNKNOWN = "0" * 64


def send(store: Store, folder: Path, **note: object) -> str:
    (receipt,) = receive(store, [write_delivery(folder, **note)])
    return receipt.fingerprint


def refusal(store: Store, folder: Path, **note: object) -> str:
    with pytest.raises(DeliveryRefused) as refused:
        receive(store, [write_delivery(folder, **note)])
    return str(refused.value)


def test_a_successor_takes_over_from_its_day_on(store: Store, tmp_path: Path) -> None:
    first = send(store, tmp_path / "1", received="2017-07-15", status="provisional")
    second = send(store, tmp_path / "2", received="2017-09-01", supersedes=first)
    known = deliveries(store)
    assert [d.fingerprint for d in in_force(known, date(2017, 7, 14))] == []
    assert [d.fingerprint for d in in_force(known, date(2017, 7, 15))] == [first]
    assert [d.fingerprint for d in in_force(known, date(2017, 8, 31))] == [first]
    assert [d.fingerprint for d in in_force(known, date(2017, 9, 1))] == [second]
    assert latest_received(known) == date(2017, 9, 1)


def test_what_was_superseded_stays_so_when_its_successor_is(store: Store, tmp_path: Path) -> None:
    first = send(store, tmp_path / "1")
    second = send(store, tmp_path / "2", received="2017-09-01", supersedes=first)
    third = send(store, tmp_path / "3", received="2017-10-01", supersedes=second)
    assert [d.fingerprint for d in in_force(deliveries(store), date(2018, 1, 1))] == [third]


def test_in_force_is_ordered_and_does_not_depend_on_the_order_received(store: Store, tmp_path: Path) -> None:
    late = send(store, tmp_path / "1", period={"first": "2017-04", "last": "2018-03"}, received="2018-07-15")
    early = send(store, tmp_path / "2")
    known = deliveries(store)
    assert [d.fingerprint for d in known] == [late, early]
    assert [d.fingerprint for d in in_force(known, date.max)] == [early, late]
    assert in_force(reversed(known), date.max) == in_force(known, date.max)
    assert inputs_sha256(reversed(known)) == inputs_sha256(known)
    assert inputs_sha256(known[:1]) != inputs_sha256(known)


def test_an_overlap_without_superseding_is_refused(store: Store, tmp_path: Path) -> None:
    first = send(store, tmp_path / "1")
    text = refusal(store, tmp_path / "2", period={"first": "2017-03", "last": "2017-06"})
    assert "hes_ae 2016-04 to 2017-03 is in force already" in text
    assert f"supersedes: {first}" in text
    send(store, tmp_path / "3", period={"first": "2017-04", "last": "2017-06"})


def test_a_successor_may_not_overlap_a_third(store: Store, tmp_path: Path) -> None:
    first = send(store, tmp_path / "1")
    send(store, tmp_path / "2", period={"first": "2017-04", "last": "2018-03"}, received="2018-07-15")
    text = refusal(store, tmp_path / "3", period={"first": "2016-04", "last": "2017-04"}, supersedes=first)
    assert "hes_ae 2017-04 to 2018-03 is in force already" in text


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ({"supersedes": UNKNOWN}, "which was never received"),
        ({"received": "2017-07-14"}, "It was received on 2017-07-14, before what it supersedes (2017-07-15)"),
        ({"dataset": "programme_referral"}, "It is programme_referral and supersedes a delivery of hes_ae"),
    ],
)
def test_a_note_that_may_not_supersede_is_refused(store: Store, tmp_path: Path, note: dict[str, object], said: str) -> None:
    first = send(store, tmp_path / "1")
    assert said in refusal(store, tmp_path / "2", **({"supersedes": first} | note))
    assert len(deliveries(store)) == 1


def test_a_superseded_delivery_is_not_superseded_twice(store: Store, tmp_path: Path) -> None:
    first = send(store, tmp_path / "1")
    second = send(store, tmp_path / "2", received="2017-09-01", supersedes=first)
    text = refusal(store, tmp_path / "3", received="2017-10-01", supersedes=first)
    assert f"which {second[:12]} has superseded already" in text


def test_a_chain_in_one_call_is_received_in_order_of_its_dates(store: Store, tmp_path: Path) -> None:
    first = send(Store(tmp_path / "other"), tmp_path / "in" / "z-first")
    write_delivery(tmp_path / "in" / "a-second", received="2017-09-01", supersedes=first)
    receipts = receive(store, [tmp_path / "in"])
    assert [receipt.received for receipt in receipts] == [date(2017, 7, 15), date(2017, 9, 1)]


def test_nothing_received_has_no_latest_day() -> None:
    with pytest.raises(UsageError, match="Nothing has been received"):
        latest_received([])


def test_a_damaged_entry_is_found(store: Store, tmp_path: Path) -> None:
    send(store, tmp_path / "1")
    (store.root / "deliveries.jsonl").write_text("{}\n")
    with pytest.raises(VerificationFailed, match="Entry 1 of"):
        deliveries(store)
