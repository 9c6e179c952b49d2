"""Method as run, audit and glossary: generated from the result's own study and run.

Belongs here: formula, choices, hashes, signatures, words. Does not belong here: any choice that is not in the result.
"""

from typing import Any

from reports import sentences, waivers, wording
from reports.blocks import Block, Column, Formula, Section, Subheading, Table, Terms, Text
from reports.figures import Drawing

FORMULA_WORDS = (
    "Cost per baseline head of a practice in a month equals a constant of the practice, plus a constant of the month, plus the "
    "effect of the contract year where the practice is in the intervention arm and the month lies in that year, plus an error. "
    "Practices are weighted by their baseline heads; the effect times twelve is the effect per head and year."
)

GLOSSARY = (
    ("arm", "one side of the comparison: the intervention practices, or the control practices"),
    ("baseline head", "a person eligible on the baseline date, counted in that practice ever after, at no cost once dead"),
    ("cluster jackknife (CV3)", "an interval made by leaving out one practice after another"),
    ("control totals", "counts and sums that the supplier wrote down, to be found again in the files"),
    ("contract year", "April to March, named like the NHS financial year"),
    ("control", "practices that did not have the programme and are compared with"),
    ("delivery", "one set of files from one supplier, stored as it came and never changed"),
    ("event study", "the difference between the arms in every quarter, before and after launch"),
    ("exchange of practices", "practices dealt to the arms at random, to see what chance alone does; also: permutation"),
    ("extract and feed", "the rows about the people studied, and the supplier's flow that they were selected from"),
    ("fingerprint", "the sha256 of a file or record: another byte, another fingerprint"),
    (
        "gate",
        "a verdict without which no estimate exists: the data gate asks whether the data can be compared, the design gate "
        "whether the groups can",
    ),
    ("HRG", "Healthcare Resource Group: the class of care that national prices are set for"),
    ("interval", "the range of true values that the data are compatible with at 95%"),
    ("materiality", "the pounds below which a fault is held not to matter, as the protocol sets them"),
    ("merged, refused, out of scope", "a row held to be the same as another; set aside as unreadable; not meant to count"),
    ("p value", "how often chance alone would show a difference at least as large"),
    ("payment at the target", "what the terms would pay had exactly the target been achieved"),
    ("placebo", "a look where nothing can have happened: what it finds is chance"),
    ("point of delivery", "the kind of hospital care: emergency, elective, day case, A&E, outpatient"),
    ("power", "what a check or comparison could have found; without it, finding nothing says nothing"),
    ("practice-level interval", "one that takes practices as independent; blind to a shock shared by one side of the city"),
    ("reference population", "people of the same practices who are not eligible, and on whom the programme cannot act"),
    ("route ratio", "rows in the extract for every row in the feed, in the same cells"),
    ("spell", "one stay with one hospital provider, from admission to discharge"),
    ("standard error", "how far the figure would typically stray by chance"),
    ("target", "the figure a head that the protocol sets as the aim"),
    ("threshold", "the figure a head below which the terms pay nothing"),
    ("undetermined", "the data allow both that nothing is wrong and that something that matters is"),
    ("waiver", "both sides' signed, dated and expiring consent to go on in spite of a finding"),
    ("wild bootstrap", "an interval made by turning the signs of practices' deviations at random"),
    ("year's figure", "the measured difference of the contract year, for all heads of the intervention arm together"),
)


def method(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    study, primary = result["study"], sentences.primary(result)
    first, last = study["baseline"]
    rows = [
        ("Estimand", study["estimand"]),
        ("Population", study["population"]),
        ("Baseline", wording.span(first, last)),
        ("Launch", wording.day(study["launch"])),
        ("Contract years", ", ".join(study["contract_years"])),
        ("Prices", study["price_base"] + (f", {study['price_edition']}" if study.get("price_edition") else "")),
        ("Estimator", wording.choice(primary.get("estimator") or "none was run: a gate is closed")),
        ("Inference", wording.choice(primary.get("inference") or "none")),
        ("Denominator", wording.choice(primary.get("denominator") or "none")),
        ("Target", f"{wording.pounds(study['target_gbp_per_head'])} a head"),
        ("Materiality", wording.pounds(study["materiality_gbp"])),
    ]
    blocks: list[Block] = [
        Formula(FORMULA_WORDS),
        Text(FORMULA_WORDS),
        Table("Choices, as the protocol made them", (Column("Choice"), Column("As run")), tuple(rows), widths=(2, 7)),
        Text(
            "What no check here can see: a shock shared by one side of the city from the launch date on that looks like care, "
            "and a fault that is in the feed, in both arms, in every year."
        ),
    ]
    return Section("method", "Method as run", tuple(blocks))


def audit(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    run = result["run"]
    seeds = ", ".join(f"{name} {seed}" for name, seed in sorted(run["seeds"].items()))
    rows = [
        ("Run", run["run_id"]),
        ("On", wording.day(run["on"])),
        ("Code", run["code_version"]),
        ("Protocol", run["protocol_sha256"]),
        ("Terms", run["terms_sha256"]),
        ("Contracts", run["contracts_sha256"]),
        ("Seeds", seeds),
    ]
    blocks: list[Block] = [
        Table("What was run (sha256 of each)", (Column("Part"), Column("Identity")), tuple(rows), widths=(1.4, 7)),
        Text(f"The {len(run['inputs'])} deliveries with their fingerprints stand under Data; result.json has them whole."),
        Subheading("Signatures"),
        *_signatures(result),
        Subheading("How to rebuild"),
        Text(
            "With the locked versions of this software and the study folder, run the study again for this contract year: the "
            "same inputs, protocol, terms, code and seeds give this document byte for byte, on any machine and on any day."
        ),
    ]
    return Section("audit", "Audit", tuple(blocks))


def _signatures(result: dict[str, Any]) -> list[Block]:
    approvals = result["signatures"]["approvals"]
    blocks: list[Block] = []
    keys = ("what", "name", "role", "organisation", "date", "sha256")
    if approvals:
        blocks.append(
            Table(
                "Approvals" + (": fictional people (REHEARSAL)" if result["study"]["rehearsal"] else ""),
                tuple(Column(word) for word in ("What", "Name", "Role", "For", "On", "sha256")),
                tuple(tuple(_word(key, approval) for key in keys) for approval in approvals),
                widths=(1.2, 2.2, 2.2, 2.4, 1.6, 1.4),
            )
        )
    else:
        blocks.append(Text("Nothing has been signed."))
    told = [waivers.sentence(waiver, finding) for waiver, finding in waivers.resting_on(result)]
    return blocks + [Text(said) for said in (*told, *(waivers.sentence(waiver) for waiver in waivers.void(result)))]


def _word(key: str, approval: dict[str, Any]) -> str:
    value = str(approval.get(key) or wording.NO_VALUE)
    if key == "date" and value != wording.NO_VALUE:
        return wording.day(value)
    return value[:12] if key == "sha256" else value


def glossary(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    return Section("glossary", "Glossary", (Terms(GLOSSARY),))
