"""GP contacts are an activity outcome a head where every compared month is delivered; otherwise a sentence says why not."""

import pandas as pd
import pytest
from cohorts_village import village

from pipeline.panel import paid_cells
from pipeline.panel.gp_contacts import gp_contacts

HEADS = pd.DataFrame(
    [("A80001", "2014-10", "40-54", 1, 4, 1, 0)], columns=["practice", "month", "age_band", "need", "heads", "lost", "dead"]
)
CELLS = ["practice", "month", "age_band", "need", "pod", "contacts", "cost_pence", "bed_days"]


def test_contacts_a_head_by_hand_and_no_pounds() -> None:
    cells = [("A80001", "2014-10", "40-54", 1, "gp_contact", 6, 0, 0), ("A80001", "2014-10", "40-54", 1, "ae", 1, 9000, 0)]
    paid = paid_cells(pd.DataFrame(cells, columns=CELLS), HEADS, study=village()).set_index(["outcome", "pod"])["per_head"]
    assert paid["gp_contacts", "all"] == pytest.approx(6 / 3)  # six contacts of three heads observed stand for all four
    assert paid["cost", "all"] == paid["cost", "ae"] == pytest.approx(90 / 3)
    assert ("cost", "gp_contact") not in paid.index


def whole() -> tuple[str, str]:
    study = village()
    return study.baseline_months[0], study.last_month


def test_whole_delivery_is_counted() -> None:
    assert gp_contacts(village(), [whole()]).counted


def test_the_protocol_may_say_that_there_are_none() -> None:
    requires = village().requires.model_copy(update={"absent": {"gp_contact": "practices were not asked"}})
    found = gp_contacts(village().model_copy(update={"requires": requires}), [whole()])
    assert not found.counted
    assert "practices were not asked" in found.says


def test_nobody_delivered_them() -> None:
    found = gp_contacts(village(), [])
    assert (found.counted, found.says) == (False, "GP contacts are not compared: nobody delivered them.")


def test_a_month_that_lacks_is_named() -> None:
    first, last = whole()
    study = village()
    inner = [m for m in study.baseline_months if m not in (study.baseline_months[3],)]
    found = gp_contacts(study, [(m, m) for m in inner] + [(study.launch_month, last)])
    assert not found.counted
    assert study.baseline_months[3] in found.says
    assert gp_contacts(study, [(first, study.baseline_months[-1])]).counted is False
