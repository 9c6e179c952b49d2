"""Published register sizes: 60 of 100 published people of a practice are delivered in the town of conftest."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.delivered.register_ratios import ratios
from pipeline.assurance.delivered.registers import published_year, register_counts
from pipeline.assurance.finding import Finding
from pipeline.store import Store

CONTROLS_FROM = "A80100"


def told(town) -> list[Finding]:
    return [f for f in assess_data(town, "2016-17") if f.check == "registers"]


def with_registers(town, delivered, published=None) -> pd.DataFrame:
    """CHD, DM and AST with a ratio that scatters by practice: delivered(register, practice) of 1,000 published."""
    rows = [
        (practice, register, delivered(register, practice), (published or (lambda r, p: 1000))(register, practice))
        for practice in town.register_counts["practice"]
        for register in ("AST", "CHD", "DM")
    ]
    return pd.DataFrame(rows, columns=["practice", "register", "delivered", "published"])


def scattered(register: str, practice: str) -> int:
    return 600 + (int(practice[-1]) * 7 + len(register)) % 5 * 4


def test_the_town_passes_and_scatter_leaves_it_undetermined(town) -> None:
    assert [f.verdict for f in told(town)] == ["pass"]
    (said,) = told(replace(town, register_counts=with_registers(town, scattered)))
    assert said.verdict == "undetermined"
    assert "may not have been seen" in said.message


def test_half_a_register_missing_in_one_arm_fails(town) -> None:
    def lacking(register: str, practice: str) -> int:
        return scattered(register, practice) // (2 if register == "DM" and practice > CONTROLS_FROM else 1)

    found = told(replace(town, register_counts=with_registers(town, lacking)))
    (fault,) = [f for f in found if f.verdict == "fail"]
    assert fault.arm == "control"
    assert fault.message.startswith("Register DM")
    # a third of the published people are on DM and half of them lack: 1/6 of £696 x 600, by the plausible 30%
    assert fault.saving_effect_gbp_high == pytest.approx(696 * 600 / 6 * 0.3, rel=0.02)
    assert "AST, CHD" in next(f.message for f in found if f.verdict != "fail")


def test_a_register_alike_in_both_arms_is_not_a_difference(town) -> None:
    half = lambda register, practice: scattered(register, practice) // (2 if register == "DM" else 1)  # noqa: E731
    assert {f.verdict for f in told(replace(town, register_counts=with_registers(town, half)))} <= {"pass", "undetermined"}


def test_nobody_delivered_where_people_are_published_is_no_chance(town) -> None:
    nobody = lambda register, practice: 0 if (register, practice) == ("CHD", "A80103") else scattered(register, practice)  # noqa: E731
    found = told(replace(town, register_counts=with_registers(town, nobody)))
    (fault,) = [f for f in found if f.verdict == "fail"]
    assert "A80103" in fault.message
    # 1,000 of the arm's 15,000 published entries: 1/15 of £696 x 600 by 30%
    assert fault.saving_effect_gbp_high == pytest.approx(696 * 600 / 15 * 0.3)


def test_a_register_that_was_never_delivered_names_both_arms(town) -> None:
    never = lambda register, practice: 0 if register == "AST" else scattered(register, practice)  # noqa: E731
    fault = next(f for f in told(replace(town, register_counts=with_registers(town, never))) if f.verdict == "fail")
    assert fault.arm is None
    assert "both arms" in fault.message


def test_a_small_register_may_be_empty_by_chance(town) -> None:
    """3 of 1,000 published in a practice with nobody delivered: 0.4 of people are of other ages, so 0.4^3 is 6%."""
    one = ("CHD", "A80103")
    few = lambda register, practice: 0 if (register, practice) == one else scattered(register, practice)  # noqa: E731
    small = lambda register, practice: 3 if (register, practice) == one else 1000  # noqa: E731
    assert all(f.verdict != "fail" for f in told(replace(town, register_counts=with_registers(town, few, small))))


def test_nothing_published_is_not_evaluated(town) -> None:
    assert [f.verdict for f in told(replace(town, register_counts=None))] == ["not_evaluated"]


def test_clean_draws_are_rarely_beyond_the_interval(town) -> None:
    """300 draws of three registers with binomial scatter: the family's level is 0.1%, so that 0.3 are expected."""
    rng = np.random.default_rng(5)
    practices = town.register_counts["practice"]
    arm_of = town.study.arm_of
    beyond = 0
    for _ in range(300):
        counts = pd.DataFrame(
            [(p, r, rng.binomial(n, 0.6), n) for p in practices for r, n in (("AST", 400), ("CHD", 200), ("OST", 25))],
            columns=["practice", "register", "delivered", "published"],
        )
        beyond += any(r.low > 0 or r.high < 0 for r in ratios(counts, arm_of))
    assert beyond <= 3  # more has a chance of 0.0003


@dataclass(frozen=True)
class Published:
    dataset: str
    fingerprint: str
    last_month: str


def test_the_year_before_the_eligibility_date_is_taken(study) -> None:
    years = [Published("qof_prevalence", n, m) for n, m in (("a", "2014-03"), ("b", "2015-03"), ("c", "2016-03"))]
    assert published_year([*years, Published("hes_ae", "d", "2015-03")], study) == ("b", date(2015, 3, 31))
    assert published_year(years[2:], study) is None


def test_people_count_where_they_are_registered_on_the_day(store: Store, tmp_path, study) -> None:
    """p1 counts twice delivered once; p2 has left, p3 is entered elsewhere, p4 came off, p5 is on another register."""
    entry = {"person": "p1", "practice": "A80001", "register": "CHD", "start": date(2010, 1, 1), "end": None}
    registers = [
        entry, entry | {"start": date(2012, 1, 1)}, entry | {"person": "p2"}, entry | {"person": "p3", "practice": "A80002"},
        entry | {"person": "p4", "end": date(2015, 3, 30)}, entry | {"person": "p5", "register": "HYP"},
    ]  # fmt: skip
    home = {"practice": "A80001", "start": date(2000, 1, 1), "end": None}
    registrations = [home | {"person": f"p{n}"} for n in (1, 3, 4, 5)] + [home | {"person": "p2", "end": date(2014, 1, 1)}]
    prevalence = [
        {"publication": "b", "practice": "A80001", "register": "CHD", "patients": 9},
        {"publication": "a", "practice": "A80001", "register": "CHD", "patients": 7},
        {"publication": "b", "practice": "A80002", "register": "CHD", "patients": None},
        {"publication": "b", "practice": "Z99999", "register": "CHD", "patients": 5},
    ]
    tables = []
    for name, rows in (("registers", registers), ("registrations", registrations), ("prevalence", prevalence)):
        pd.DataFrame(rows).to_parquet(tmp_path / f"{name}.parquet")
        tables.append(store.con.read_parquet(tmp_path / f"{name}.parquet"))
    counted = register_counts(
        tables[0].cast({"end": "date", "start": "date"}), tables[1].cast({"end": "date", "start": "date"}), tables[2],
        study=study, publication="b", on=date(2015, 3, 31),
    )  # fmt: skip
    assert counted.to_dict("records") == [{"practice": "A80001", "register": "CHD", "delivered": 1, "published": 9}]
