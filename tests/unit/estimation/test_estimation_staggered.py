"""Group-time effects on small panels: by hand, against csdid, and each thing that is left out or refused."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import UsageError
from pipeline.estimation.tidy import estimate_panel

COLUMNS = {"yname": "y", "idname": "unit", "tname": "t", "gname": "g"}


def panel(seed: int = 1, units: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    start = rng.choice([0, 2003, 2004], size=units, p=[0.4, 0.3, 0.3])
    frame = pd.DataFrame([(u, t) for u in range(units) for t in range(2001, 2006)], columns=["unit", "t"])
    frame["g"] = start[frame["unit"]]
    frame["w"] = rng.uniform(0.5, 2, size=units)[frame["unit"]]
    frame["area"] = frame["unit"] % 20
    frame["y"] = rng.normal(size=units)[frame["unit"]] + rng.normal(size=len(frame))
    frame["y"] += 0.7 * ((frame["g"] > 0) & (frame["t"] >= frame["g"]))
    return frame


def test_one_group_by_hand():
    """Change of the treated (1 -> 5, 3 -> 5): mean 3; of the never treated (0 -> 1, 2 -> 3): 1. ATT = 2.
    Influence: treated 4/2 x (4-3, 2-3) = (2, -2), controls nothing: SE = sqrt((4 + 4) / 4) / sqrt(4) = 0.7071."""
    frame = pd.DataFrame({"unit": [1, 1, 2, 2, 3, 3, 4, 4], "t": [1, 2] * 4, "g": [2, 2, 2, 2, 0, 0, 0, 0]})
    frame["y"] = [1.0, 5, 3, 5, 0, 1, 2, 3]
    found = estimate_panel(frame, **COLUMNS)
    assert found.estimate == pytest.approx(2.0)
    assert found.inferences[0].standard_error == pytest.approx(0.5**0.5)
    assert [(row["group"], row["time"]) for row in found.att_gt] == [(2, 2)]


@pytest.mark.parametrize("control", ["never", "notyet"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_equals_csdid(control, weights):
    from csdid.att_gt import ATTgt

    frame = panel()
    ours = estimate_panel(frame, **COLUMNS, control=control, weights=weights)
    words = {"never": ["nevertreated"], "notyet": ["notyettreated"]}
    theirs = ATTgt(
        yname="y", tname="t", idname="unit", gname="g", data=frame, control_group=words[control], weights_name=weights
    ).fit(est_method="reg", bstrap=False)
    table = theirs.summ_attgt().summary2
    seen = {
        (int(g), int(t)): (a, s)
        for g, t, a, s in zip(table["Group"], table["Time"], table["ATT(g, t)"], table["Std. Error"], strict=True)
    }
    assert len(ours.att_gt) == len(seen) == 8
    for row in ours.att_gt:
        att, error = seen[(row["group"], row["time"])]
        assert row["estimate"] == pytest.approx(att, abs=6e-5)  # csdid prints four digits
        assert row["standard_error"] == pytest.approx(error, abs=6e-5)
    for kind in ("simple", "dynamic", "calendar", "group"):
        theirs.aggte(typec=kind, bstrap=False, cband=False)
        assert ours.aggregates[kind]["estimate"] == pytest.approx(float(theirs.atte["overall_att"]), abs=1e-10)
        assert ours.aggregates[kind]["standard_error"] == pytest.approx(float(np.ravel(theirs.atte["overall_se"])[0]), rel=1e-6)


@pytest.mark.parametrize("control", ["never", "notyet"])
def test_four_treated_or_untreated_clusters_get_no_interval(control):
    """As without --gname: the figure stands among the inferences, and does not lead."""
    frame = panel()
    few = frame[(frame["g"] == 0) | frame["unit"].isin(frame.loc[frame["g"] > 0, "unit"].unique()[:4])]
    found = estimate_panel(few, **COLUMNS, control=control)
    assert (found.inference, found.standard_error, found.p_value) == ("refused", None, None)
    assert "4 treated" in found.refused_reason
    assert found.inferences[0].standard_error == found.aggregates["simple"]["standard_error"]
    five = frame[(frame["g"] == 0) | frame["unit"].isin(frame.loc[frame["g"] > 0, "unit"].unique()[:5])]
    assert estimate_panel(five, **COLUMNS, control=control).inference == "influence-function"


def test_periods_as_dates_give_the_same():
    frame = panel()
    dated = frame.assign(t=frame["t"].astype(str) + "-04", g=np.where(frame["g"] > 0, frame["g"].astype(str) + "-04", ""))
    one, other = estimate_panel(frame, **COLUMNS), estimate_panel(dated, **COLUMNS)
    assert other.estimate == one.estimate
    assert other.att_gt[0]["group"] == "2003-04"


def test_clusters_of_units_widen_or_narrow_the_error_by_sums():
    frame = panel()
    alone = estimate_panel(frame, **COLUMNS)
    grouped = estimate_panel(frame, **COLUMNS, cluster="area")
    assert (alone.n_clusters, grouped.n_clusters) == (60, 20)
    assert grouped.estimate == alone.estimate
    assert grouped.standard_error is not None
    assert grouped.standard_error != pytest.approx(alone.standard_error, rel=1e-6)


def test_always_treated_and_gappy_units_are_left_out_and_counted():
    frame = panel()
    early = frame.assign(g=frame["g"].mask(frame["unit"] == 0, 2001)).drop(index=frame.index[7])
    found = estimate_panel(early, **COLUMNS)
    assert "1 units left out: treated in the first period already." in found.notes
    assert "1 units left out: not seen in all 5 periods." in found.notes
    kept = estimate_panel(frame[~frame["unit"].isin([0, 1])], **COLUMNS)
    assert found.estimate == pytest.approx(kept.estimate, rel=1e-12)


def test_without_never_treated_units():
    frame = panel()
    treated = frame[frame["g"] > 0]
    with pytest.raises(UsageError, match="no never-treated"):
        estimate_panel(treated, **COLUMNS)
    found = estimate_panel(treated, **COLUMNS, control="notyet")
    assert any("nobody is untreated then" in note for note in found.notes)


REFUSALS = {
    "two starts": (lambda f: f.assign(g=f["g"].mask(f.index == 0, 2005)), {}, "more than one value of gname"),
    "rows twice": (lambda f: pd.concat([f, f.head(3)]), {}, "3 unit-periods stand twice"),
    "weights that change": (lambda f: f.assign(w=np.arange(1.0, len(f) + 1)), {"weights": "w"}, "Weights change"),
    "never starts": (lambda f: f.assign(g=0), {}, "never starts"),
    "split clusters": (lambda f: f.assign(area=f["t"]), {"cluster": "area"}, "two clusters"),
    "no periods": (lambda f: f, {"tname": None}, "needs periods"),
    "another inference": (lambda f: f, {"inference": "cv3"}, "not available with --gname"),
    "another control": (lambda f: f, {"control": "all"}, "no control group"),
}


@pytest.mark.parametrize("case", list(REFUSALS))
def test_refused_with_a_reason(case):
    change, columns, message = REFUSALS[case]
    with pytest.raises(UsageError, match=message):
        estimate_panel(change(panel()), **(COLUMNS | columns))


@pytest.mark.parametrize("seed", range(10))
def test_random_panels_equal_csdid(seed):
    """Gaps, irregular years, groups treated in the first period, no never-treated units, both controls: points and
    standard errors of the four averages. Like R `did`, csdid keeps units seen in every period and drops the first group."""
    from csdid.att_gt import ATTgt

    rng = np.random.default_rng(seed)
    years = [2001, 2002, 2003, 2004, 2005, 2006] if seed % 2 else [1990, 1993, 1994, 1998, 2000, 2005]
    starts = [years[2], years[3], years[5]] + ([years[0]] if seed % 3 == 0 else []) + ([0] if seed != 9 else [])
    frame = pd.DataFrame([(u, t) for u in range(120) for t in years], columns=["unit", "t"])
    frame["g"] = rng.choice(starts, size=120)[frame["unit"]]
    frame["y"] = rng.normal(size=len(frame)) + 0.1 * frame["t"] + 0.4 * ((frame["g"] > 0) & (frame["t"] >= frame["g"]))
    frame = frame[rng.uniform(size=len(frame)) > (0.03 if seed % 4 == 1 else 0)].reset_index(drop=True)
    control = "notyet" if seed >= 5 else "never"
    ours = estimate_panel(frame, **COLUMNS, control=control)
    words = {"never": ["nevertreated"], "notyet": ["notyettreated"]}
    theirs = ATTgt(yname="y", tname="t", idname="unit", gname="g", data=frame, control_group=words[control])
    theirs = theirs.fit(est_method="reg", bstrap=False)
    for kind in ("simple", "dynamic", "calendar", "group"):
        theirs.aggte(typec=kind, bstrap=False, cband=False)
        assert ours.aggregates[kind]["estimate"] == pytest.approx(float(theirs.atte["overall_att"]), abs=1e-8)
        assert ours.aggregates[kind]["standard_error"] == pytest.approx(float(np.ravel(theirs.atte["overall_se"])[0]), rel=1e-6)


def test_without_never_treated_units_the_last_start_ends_the_panel():
    """R `did` keeps the periods before the last start, in which that group is the control: no effect of its own, no later time.
    The rows are counted, and a gap after the last start costs no unit."""
    frame = panel()
    treated = frame[frame["g"] > 0]
    gap = treated.drop(treated.index[(treated["t"] == 2005) & (treated["unit"] == treated["unit"].iloc[0])])
    found = estimate_panel(gap, **COLUMNS, control="notyet")
    assert {(row["group"], row["time"]) for row in found.att_gt} == {(2003, 2002), (2003, 2003)}
    assert found.rows_dropped == {"period in which nobody is untreated": len(gap) - found.n}
    assert found.estimate == estimate_panel(treated, **COLUMNS, control="notyet").estimate


def people(seed: int = 4, rows: int = 1500) -> pd.DataFrame:
    """Repeated cross-sections: another person in every row, of a county whose start is the person's."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"unit": [f"person {n}" for n in range(rows)], "t": rng.integers(2001, 2006, size=rows)})
    frame["county"] = rng.integers(0, 30, size=rows)
    frame["g"] = np.array([0, 2003, 2004])[frame["county"] % 3]
    frame["w"] = rng.uniform(0.5, 2, size=rows)
    frame["y"] = rng.normal(size=rows) + 0.2 * (frame["county"] % 3) + 0.1 * frame["t"]
    frame["y"] += 0.7 * ((frame["g"] > 0) & (frame["t"] >= frame["g"]))
    return frame


def test_repeated_cross_sections_by_hand():
    """Treated means 2 -> 7 (of 1 and 3; of 6 and 8), untreated 1 -> 2: ATT = 5 - 1 = 4. Influence of the four treated rows
    8/2 x (-1, 1) at either time: squares 4 x 16 = 64; untreated rows (0, 2; 1, 3) likewise: 64. SE = sqrt(128) / 8."""
    frame = pd.DataFrame({"unit": list("abcdefgh"), "t": [1, 1, 2, 2] * 2, "g": [2] * 4 + [0] * 4})
    frame["y"] = [1.0, 3, 6, 8, 0, 2, 1, 3]
    found = estimate_panel(frame, **COLUMNS)
    assert found.estimate == pytest.approx(4.0)
    assert found.inferences[0].standard_error == pytest.approx(2**0.5)
    assert any("repeated cross-sections" in note for note in found.notes)


@pytest.mark.parametrize("control", ["never", "notyet"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_repeated_cross_sections_equal_csdid(control, weights):
    from csdid.att_gt import ATTgt

    frame = people()
    ours = estimate_panel(frame, **COLUMNS, control=control, weights=weights)
    words = {"never": ["nevertreated"], "notyet": ["notyettreated"]}
    theirs = ATTgt(
        yname="y",
        tname="t",
        idname="unit",
        gname="g",
        data=frame.assign(unit=range(len(frame))),
        control_group=words[control],
        weights_name=weights,
        panel=False,
    ).fit(est_method="reg", bstrap=False)
    for kind in ("simple", "dynamic", "calendar", "group"):
        theirs.aggte(typec=kind, bstrap=False, cband=False)
        assert ours.aggregates[kind]["estimate"] == pytest.approx(float(theirs.atte["overall_att"]), abs=1e-10)
        assert ours.aggregates[kind]["standard_error"] == pytest.approx(float(np.ravel(theirs.atte["overall_se"])[0]), rel=1e-6)


def test_people_of_a_county_are_one_cluster_where_asked():
    alone, together = (estimate_panel(people(), **COLUMNS, cluster=cluster) for cluster in (None, "county"))
    assert together.estimate == alone.estimate
    assert (alone.n_clusters, together.n_clusters) == (1500, 30)
    assert together.standard_error is not None


def test_people_of_groups_treated_throughout_are_counted():
    frame = people().assign(g=lambda f: f["g"].mask(f["county"] == 1, 2001))
    found = estimate_panel(frame, **COLUMNS)
    assert found.rows_dropped == {"treated in the first period already": int((frame["county"] == 1).sum())}
    assert found.n + sum(found.rows_dropped.values()) == found.rows_read


def test_a_period_without_people_of_a_group_has_no_effect():
    frame = people()
    frame = frame[~((frame["g"] == 2003) & (frame["t"] == 2005))]
    found = estimate_panel(frame, **COLUMNS)
    assert (2003, 2005) not in {(row["group"], row["time"]) for row in found.att_gt}
    assert any("1 group-times left out: nobody is untreated then, or seen" in note for note in found.notes)
