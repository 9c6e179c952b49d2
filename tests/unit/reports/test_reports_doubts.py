"""What could be wrong and the three lights, on made-up findings."""

from unit.reports import example_kinds as kinds
from unit.reports.example_result import finding, paid

from reports import doubts
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


def test_each_doubt_has_its_pounds_or_says_it_has_none() -> None:
    said = doubts.doubt(finding("routes", "fail", "Rows are lost.", saving_effect_gbp=-1650000.0, payment_effect_gbp=-451500.0))
    assert said == (
        "Closes the gate: Rows are lost. Uncorrected, it leaves the year's measured figure £1,650,000 too low and the "
        "payment at the target £452,000 too low."
    )
    assert doubts.doubt(finding("routes", "undetermined", "Unclear.")).endswith("It has not been put into pounds.")


def test_pounds_that_the_message_gives_are_not_repeated() -> None:
    message = "Rows are lost, which understates the saving by about £10 (between -£20 and +£0)."
    said = doubts.doubt(finding("routes", "fail", message, saving_effect_gbp=-10.0, payment_effect_gbp=-3.0))
    assert said.count("£10") == 1
    assert "payment at the target £3 too low" in said


def test_what_a_check_could_have_found_stands_with_the_lights_only() -> None:
    said = doubts.doubt(finding("reference", "undetermined", "Rows fell by 5%; the smallest fault this would find is £7."))
    assert said == "Undetermined: Rows fell by 5%. It has not been put into pounds."


def test_what_is_left_off_the_first_page_is_counted() -> None:
    result = paid()
    result["gates"]["data"]["findings"] = [finding("routes", "undetermined", f"Number {n}.") for n in range(6)]
    said = doubts.what_could_be_wrong(result, at_most=4)
    # 6 here and the pre-trend of the design gate are 7; 4 stand on the page
    assert said[-1] == "3 more findings bear on the figure; all stand under Data."


def test_waivers_in_force_stand_on_the_first_page_with_their_signatories() -> None:
    result = paid()
    waiver = {"finding": "x", "expires": "2020-03-31", "reason": "known and small", "signed_by": ["A. One", "B. Two"]}
    result["signatures"]["waivers"] = [waiver]
    said = doubts.what_could_be_wrong(result)[-1]
    assert said == "Waiver in force until 31 March 2020, signed by A. One and B. Two: known and small."


def test_every_light_has_a_sentence_and_a_power() -> None:
    for result in kinds.every_kind().values():
        lights = doubts.lights(result)
        assert [light.name for light in lights] == [
            "Data fit to compare",
            "Groups fair to compare",
            "Control uncontaminated",
        ]
        assert all(light.sentence and light.power for light in lights)


def test_states_of_lights() -> None:
    assert [light.state for light in doubts.lights(paid())] == ["yes", "yes", "not known"]
    assert [light.state for light in doubts.lights(kinds.blocked())] == ["no", "not known", "not known"]
    waived = paid()
    waived["gates"]["data"]["verdict"] = "waived"
    assert doubts.lights(waived)[0].state == "on a waiver"


def test_power_is_what_the_check_says_it_could_have_found() -> None:
    data, design, _ = doubts.lights(paid())
    assert data.power == "A&E, control: The smallest fault it would have found is £150,000."
    assert design.power == "The smallest difference it could have found is £90 a head."


def test_contamination_says_yes_only_where_every_finding_on_it_passed() -> None:
    result = paid()
    result["contamination"] |= {"status": "evaluated", "sentence": "Nobody crossed."}
    assert doubts.lights(result)[2].state == "in doubt"
    result["gates"]["design"]["findings"].append(finding("contamination", "pass", "Nobody crossed."))
    assert doubts.lights(result)[2].state == "yes"
    result["contamination"]["status"] = "partly_evaluated"
    assert doubts.lights(result)[2].state == "in doubt"


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
