"""The attribution report as plain data: which sections stand in it, in the order of the readers' questions.

Belongs here: the order of pages and what is said on every one of them. Does not belong here: what a page holds
(`reports.pages`), how it looks (`reports.templates`).
"""

from typing import Any

from reports import sentences, waivers
from reports.figures import Drawing
from reports.pages import (
    comparison_page,
    contamination_page,
    cost_page,
    data_page,
    first_page,
    method_page,
    other_ways_page,
    payment_page,
    served_page,
    who_page,
)

REHEARSAL = "Rehearsal: synthetic people, fictional signatures"
ILLUSTRATIVE = "Illustrative terms: the real contract is not public"

#: where the template puts its pointer to the questions: a page number in print, a link on screen
POINTER = "\N{LEFT-POINTING ANGLE BRACKET}questions\N{RIGHT-POINTING ANGLE BRACKET}"

_PAGES = (
    data_page.section,
    who_page.section,
    cost_page.section,
    comparison_page.section,
    contamination_page.section,
    served_page.section,
    other_ways_page.section,
    payment_page.section,
    payment_page.outcome_a,
    method_page.method,
    method_page.audit,
    method_page.glossary,
)


def document(result: dict[str, Any], figures: dict[str, Drawing]) -> dict[str, Any]:
    """Everything the template needs, as JSON-ready data."""
    study = result["study"]
    asked = first_page.questions_section(result)
    sections = [*first_page.sections(result, figures), *([asked] if asked else [])]
    sections += [page(result, figures) for page in _PAGES]
    banner = [REHEARSAL] if study["rehearsal"] else []
    banner += [rests] if (rests := waivers.banner(result)) else []
    banner += [ILLUSTRATIVE] if result["payment"].get("illustrative") else []
    return {
        "title": f"Attribution report {result['contract_year']}: {study['name']}",
        "description": sentences.statement(result),
        "banner": banner,
        "run": result["run"]["run_id"][:12],
        "statement": sentences.statement(result, questions_at=POINTER),
        "pointer": POINTER,
        "pointer_target": "questions" if asked else "data",
        "sections": _labelled([section.plain() for section in sections]),
    }


def _labelled(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tables and figures numbered through the document, alike on paper and on screen, so that they can be cited."""
    counts = {"table": 0, "picture": 0}
    words = {"table": "Table", "picture": "Figure"}
    for section in sections:
        for block in section["blocks"]:
            if block["kind"] in counts:
                counts[block["kind"]] += 1
                block["label"] = f"{words[block['kind']]} {counts[block['kind']]}"
    return sections
