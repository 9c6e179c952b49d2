"""The gate fails closed: absent, shut, expired, edited or judged on other hashes, it does not let an estimator run."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from pipeline.assurance.finding import Finding
from pipeline.assurance.gate import Bindings, Verdict, judge, require_open
from pipeline.assurance.verdicts import read, write
from pipeline.errors import ApprovalMissing, DataGateClosed, DesignGateClosed, InternalError, VerificationFailed

ON = date(2019, 7, 15)
BOUND = Bindings("a" * 64, "b" * 64, "c" * 64, "d" * 64)
GOOD = Finding("routes", "pass", "100% of rows.")
BAD = Finding("routes", "fail", "0% of rows.", stream="ae", arm="control")


@dataclass(frozen=True)
class Signed:
    """Stands in for pipeline.approvals.Waiver."""

    finding_sha256: str
    expires: date


def judged(*findings: Finding, waivers=(), required=("routes",), on: date = ON) -> Verdict:
    return judge(
        gate="data",
        contract_year="2018-19",
        findings=findings,
        required_checks=required,
        waivers=waivers,
        bindings=BOUND,
        on=on,
    )


def opened(verdict: Verdict | None, **changed) -> None:
    asked = {"gate": "data", "contract_year": "2018-19", "bindings": BOUND, "on": ON} | changed
    require_open(verdict, **asked)


def test_passing_findings_open_the_gate() -> None:
    verdict = judged(GOOD, replace(GOOD, verdict="inform"), replace(GOOD, verdict="undetermined"))
    assert verdict.verdict == "pass"
    opened(verdict)


def test_one_failing_finding_shuts_it() -> None:
    verdict = judged(GOOD, BAD)
    assert verdict.verdict == "fail"
    with pytest.raises(DataGateClosed, match="1 of 2 findings"):
        opened(verdict)


@pytest.mark.parametrize(
    "findings", [(), (replace(GOOD, verdict="not_evaluated"),), (GOOD, replace(GOOD, verdict="not_evaluated"))]
)
def test_a_required_check_that_was_not_evaluated_shuts_it(findings: tuple[Finding, ...]) -> None:
    verdict = judged(*findings)
    assert verdict.verdict == "fail"
    assert any(f.check == "routes" and f.verdict == "not_evaluated" for f in verdict.findings)


def test_an_optional_check_that_was_not_evaluated_does_not() -> None:
    assert judged(GOOD, Finding("contamination", "not_evaluated", "Not delivered.")).verdict == "pass"


def test_a_waiver_opens_for_exactly_the_finding_it_names() -> None:
    waiver = Signed(BAD.sha256, ON + timedelta(days=30))
    verdict = judged(GOOD, BAD, waivers=[waiver])
    assert (verdict.verdict, verdict.expires) == ("waived", waiver.expires)
    assert [f.verdict for f in verdict.findings] == ["pass", "waived"]
    opened(verdict)
    assert judged(replace(BAD, saving_effect_gbp=-1.0), waivers=[waiver]).verdict == "fail"


def test_a_required_check_that_nobody_evaluated_can_be_waived_but_not_removed() -> None:
    (absent,) = judged().findings
    assert judged(waivers=[Signed(absent.sha256, ON)]).verdict == "waived"


def test_an_expired_waiver_is_none_and_a_verdict_ends_with_its_first_waiver() -> None:
    assert judged(BAD, waivers=[Signed(BAD.sha256, ON - timedelta(days=1))]).verdict == "fail"
    other = replace(BAD, arm="intervention")
    verdict = judged(BAD, other, waivers=[Signed(BAD.sha256, ON + timedelta(days=9)), Signed(other.sha256, ON)])
    assert verdict.expires == ON
    opened(verdict)
    with pytest.raises(ApprovalMissing):
        opened(verdict, on=ON + timedelta(days=1))


def test_an_absent_verdict_or_one_of_another_gate_or_year_is_refused() -> None:
    with pytest.raises(DataGateClosed, match="has not been judged"):
        opened(None)
    with pytest.raises(DesignGateClosed, match="has not been judged"):
        opened(None, gate="design")
    with pytest.raises(DesignGateClosed):
        opened(judged(GOOD), gate="design")
    with pytest.raises(DataGateClosed):
        opened(judged(GOOD), contract_year="2017-18")
    with pytest.raises(InternalError):
        opened(judged(GOOD), gate="garden")


@pytest.mark.parametrize("part", ["deliveries", "protocol", "contracts", "waivers"])
def test_a_verdict_bound_to_other_hashes_is_refused(part: str) -> None:
    with pytest.raises(DataGateClosed, match=part):
        opened(judged(GOOD), bindings=replace(BOUND, **{part: "e" * 64}))


def test_a_verdict_is_read_back_as_it_was_written_and_only_for_its_bindings(tmp_path) -> None:
    verdict = judged(GOOD, BAD, waivers=[Signed(BAD.sha256, ON)])
    path = write(verdict, tmp_path / "verdicts")
    assert path.read_bytes() == write(verdict, tmp_path / "again").read_bytes()
    assert read(tmp_path / "verdicts", "data", "2018-19", BOUND) == verdict
    assert read(tmp_path / "verdicts", "data", "2018-19", replace(BOUND, protocol="e" * 64)) is None
    assert read(tmp_path / "verdicts", "design", "2018-19", BOUND) is None


@pytest.mark.parametrize("edit", [('"fail"', '"pass"'), ('"sha256"', '"sha"'), ("{", "")])
def test_an_edited_verdict_is_refused(tmp_path, edit: tuple[str, str]) -> None:
    path = write(judged(GOOD, BAD), tmp_path)
    path.write_text(path.read_text().replace(*edit, 1))
    with pytest.raises(VerificationFailed):
        read(tmp_path, "data", "2018-19", BOUND)
