"""Disclosure control: the rule of NHS Digital's HES and ECDS methodology of September 2018, and the scan."""

import pytest
from unit.reports.example_kinds import every_kind
from unit.reports.example_result import paid

from reports.disclosure import disclosed_count, disclosed_sentences, undisclosed_counts

# by hand from the rule: 0 as 0, 1-7 as *, others to the nearest 5 (8 is nearer to 10 than to 5, 12 to 10, 13 to 15)
CASES = {0: 0, 1: "*", 7: "*", 8: 10, 10: 10, 12: 10, 13: 15, 17: 15, 18: 20, 1002: 1000, 1003: 1005}


@pytest.mark.parametrize(("n", "printed"), CASES.items())
def test_rule(n: int, printed: int | str) -> None:
    assert disclosed_count(n) == printed


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        disclosed_count(-1)


def test_example_results_hold_no_open_count() -> None:
    for name, result in every_kind().items():
        assert undisclosed_counts(result) == [], name


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (lambda r: r["attrition"][1].update(control=33978), "attrition/1/control"),
        (lambda r: r["data"]["accounting"][2].update(rows=3), "data/accounting/2/rows"),
        (lambda r: r["data"]["price_states"][1].update(rows=1231), "data/price_states/1/rows"),
        (lambda r: r["run"]["inputs"][0].update(quarantined=4), "run/inputs/0/quarantined"),
        (lambda r: r["contamination"].update(rows=[{"people": 5}]), "contamination/rows/0/people"),
        (lambda r: r["payment"].update(statement="1 person was lost."), "payment/statement"),
        (lambda r: r["contamination"].update(sentence="In all 3 control people were referred."), "contamination/sentence"),
        (
            lambda r: r["gates"]["data"]["findings"][0].update(message="7 of 13,020 eligible people."),
            "gates/data/findings/0/message",
        ),
    ],
)
def test_a_planted_count_is_found_where_it_is(plant, place) -> None:
    result = paid()
    plant(result)
    assert undisclosed_counts(result) == [place]


def test_rates_pounds_and_practices_are_no_counts_of_people() -> None:
    result = paid()
    result["gates"]["data"]["findings"][0]["message"] = (
        "£5 a head for 1.5 people, 0.7 rows a head, 13 and 11 practices, 5 rows per 1,000 heads."
    )
    result["study"]["practices"] = {"intervention": 5, "control": 6}
    assert undisclosed_counts(result) == []


def test_small_counts_in_sentences_are_suppressed_and_rates_are_not() -> None:
    said = {
        "findings": [
            {"message": "1 of 168 rows repeat another row; 12 rows do not", "check": "5 rows"},
            {"message": "the contract's 5 rows per 1,000 heads; £7 a head; 3 control people"},
        ]
    }
    first, second = disclosed_sentences(said)["findings"]
    assert first["message"] == "* of 168 rows repeat another row; 12 rows do not"
    assert first["check"] == "5 rows", "only sentences are worded for readers"
    assert second["message"] == "the contract's 5 rows per 1,000 heads; £7 a head; * control people"
    assert undisclosed_counts(said)
    assert undisclosed_counts(disclosed_sentences(said)) == []
