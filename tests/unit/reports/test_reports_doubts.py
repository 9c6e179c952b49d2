"""What could be wrong and the three lights, on made-up findings."""

from typing import Any

from unit.reports import example_kinds as kinds
from unit.reports.example_result import finding, paid

from reports import doubts
from reports.lights import lights
from reports.questions import questions


def test_findings_that_bear_come_by_verdict_then_by_pounds() -> None:
    result = paid()
    result["gates"]["data"]["findings"] += [
        finding("routes", "waived", "waived", saving_effect_gbp=10.0),
        finding("routes", "inform", "small", saving_effect_gbp=50.0),
        finding("routes", "inform", "no pounds"),
    ]
    order = [(f["verdict"], f["message"][:5]) for f in doubts.bearing(result)]
    # the pre-trend's range reaches £1,020,000, the reference's £150,000
    assert order == [("waived", "waive"), ("inform", "The a"), ("undetermined", "A&E r"), ("inform", "small")]


def one(**more: Any) -> list[str]:
    """The first page's doubts of a result with this one finding on data and none on design."""
    result = paid()
    result["gates"]["data"]["findings"], result["gates"]["design"]["findings"] = [finding(**more)], []
    return doubts.what_could_be_wrong(result)


def test_each_doubt_has_its_pounds_or_says_it_has_none() -> None:
    lost = {"check": "routes", "verdict": "fail", "message": "Rows are lost."}
    assert one(**lost, saving_effect_gbp=-1650000.0, payment_effect_gbp=-451500.0) == [
        "Closes the gate: Rows are lost. Uncorrected, it leaves the year's figure £1,650,000 too low and the payment, had the "
        "target been met, £452,000 too low."
    ]
    assert one(check="routes", verdict="undetermined", message="Unclear.")[0].endswith("It has not been put into pounds.")


def test_pounds_that_the_message_gives_are_not_repeated() -> None:
    message = "Rows are lost, which understates the saving by about £10 (anything from £20 too little to £5 too much)."
    (said,) = one(check="routes", verdict="fail", message=message, saving_effect_gbp=-10.0, payment_effect_gbp=-3.0)
    assert said.count("£10") == 1
    assert said.endswith("Uncorrected, it leaves the payment, had the target been met, £3 too low.")


def test_what_a_check_could_have_found_stands_with_the_lights_only() -> None:
    (said,) = one(check="reference", verdict="fail", message="Rows fell by 5%; the smallest fault this would find is £7.")
    assert said == "Closes the gate: Rows fell by 5%. It has not been put into pounds."


def test_what_a_check_could_not_decide_is_one_sentence_with_the_worst_of_each_stream() -> None:
    result = paid()
    worst = (("apc", -900_000.0, 250_000.0), ("apc", 400.0, None), ("ae", 12_345.0, 90_000.0))
    result["gates"]["data"]["findings"] = [
        finding("reference", "undetermined", "x", stream=stream, saving_effect_gbp_low=low, payment_effect_gbp_high=paid_high)
        for stream, low, paid_high in worst
    ]
    result["gates"]["design"]["findings"] = []
    assert doubts.what_could_be_wrong(result) == [
        "Comparing people who are not eligible cannot rule out a fault that moves the year's figure by up to £900,000 in "
        "admitted care or £12,000 in A&E; the payment could move by up to £250,000."
    ]


def test_what_was_seen_though_undetermined_stands_alone_and_before_wide_ranges() -> None:
    result = paid()
    wide = finding("reference", "undetermined", "x", stream="apc", saving_effect_gbp_low=-9e5, saving_effect_gbp_high=8e5)
    pounds = {"saving_effect_gbp": -4e4, "saving_effect_gbp_low": -6.6e4, "saving_effect_gbp_high": -5900.0}
    message = "A&E rows fell by 26%; the smallest fault it would find is £59,000."
    fell = finding("reference", "undetermined", message, stream="ae", **pounds)
    result["gates"]["data"]["findings"], result["gates"]["design"]["findings"] = [wide, fell], []
    first, second = doubts.what_could_be_wrong(result)
    assert first == (
        "Seen, but whether it matters is undetermined: A&E rows fell by 26%. Uncorrected, it leaves the year's figure £40,000 "
        "too low."
    )
    assert second.startswith("Comparing people who are not eligible cannot rule out")


def test_a_drift_before_launch_says_what_it_would_do() -> None:
    # example_result: £60,000, from £900,000 too low to £1,020,000 too high, no payment
    assert (
        "Before launch the arms' costs were moving apart, which may be chance: had that gone on to 2018-19, it alone would "
        "leave the year's figure £60,000 too high (anything from £900,000 too low to £1,020,000 too high)."
    ) in doubts.what_could_be_wrong(paid())


def test_one_gap_seen_by_two_checks_is_told_once() -> None:
    result = kinds.blocked()
    result["gates"]["data"]["findings"].append({**result["gates"]["data"]["findings"][0], "check": "reference"})
    closes = [said for said in doubts.what_could_be_wrong(result) if said.startswith("Closes")]
    assert len(closes) == 1
    assert closes[0].endswith("The same gap shows in: people not eligible.")


def test_what_is_left_off_the_first_page_is_counted() -> None:
    result = paid()
    result["gates"]["data"]["findings"] = [finding("routes", "not_evaluated", f"Number {n}.") for n in range(6)]
    said = doubts.what_could_be_wrong(result, at_most=4)
    # 6 here and the pre-trend of the design gate are 7; 4 stand on the page
    assert said[-1] == "3 more findings bear on the figure; all stand under Data."


def test_waivers_in_force_stand_on_the_first_page_with_what_they_waive_and_who_signed_when() -> None:
    said = doubts.what_could_be_wrong(kinds.waived())
    assert said[-1] == (
        "Waiver in force until 31 December 2019 of A&E, control, April 2018 to June 2018 (extract against feed), signed by A. "
        "One (Example Group, 20 July 2019) and B. Two (Example Fund, 22 July 2019): small, and the supplier answers by then."
    )
    assert sum(line.startswith("Waiver in force") for line in said) == 1, "nothing rests on the other waiver"


def test_every_light_has_a_sentence_and_a_power() -> None:
    for result in kinds.every_kind().values():
        three = lights(result)
        assert [light.name for light in three] == [
            "Data fit to compare",
            "Groups fair to compare",
            "Control uncontaminated",
        ]
        assert all(light.sentence and light.power for light in three)


def test_states_of_lights() -> None:
    assert [light.state for light in lights(paid())] == ["yes, as far as seen", "yes, as far as seen", "not known"]
    decided = paid()
    decided["gates"]["data"]["findings"].pop()
    decided["gates"]["design"]["findings"].pop(0)
    assert [light.state for light in lights(decided)][:2] == ["yes", "yes"]
    assert [light.state for light in lights(kinds.blocked())] == ["no", "not known", "not known"]
    waived = paid()
    waived["gates"]["data"]["verdict"] = "waived"
    assert lights(waived)[0].state == "on a waiver"


def test_power_is_what_the_check_says_it_could_have_found() -> None:
    data, design, _ = lights(paid())
    assert data.power == (
        "Rows lost between feed and extract are counted one by one. A fault that is in both is found four times in five if it "
        "is worth at least £150,000 in A&E."
    )
    assert design.power == "The smallest difference it could have found is £90 a head."


def test_contamination_says_yes_only_where_every_finding_on_it_passed() -> None:
    result = paid()
    result["contamination"] |= {"status": "evaluated", "sentence": "Nobody crossed."}
    assert lights(result)[2].state == "in doubt"
    result["gates"]["design"]["findings"].append(finding("contamination", "pass", "Nobody crossed."))
    assert lights(result)[2].state == "yes"
    result["contamination"]["status"] = "partly_evaluated"
    assert lights(result)[2].state == "in doubt"


def test_questions_name_supplier_place_months_and_pounds() -> None:
    (asked,) = questions(kinds.blocked())
    assert (asked.supplier, asked.where, asked.months) == (
        "Made-Up Commissioning Support Unit",
        "A&E, control",
        "April 2015 to March 2019",
    )
    assert (asked.saving_effect_gbp, asked.payment_effect_gbp) == (-1650000.0, -451500.0)
    assert questions(paid()) == []


def test_the_supplier_asked_is_the_one_who_sent_that_stream_last() -> None:
    result = kinds.blocked()
    for item in result["run"]["inputs"]:
        if item["dataset"] == "hes_ae" and item["first_month"] == "2018-04":
            item["supplier"] = "The Newer Supplier"
    assert questions(result)[0].supplier == "The Newer Supplier"
