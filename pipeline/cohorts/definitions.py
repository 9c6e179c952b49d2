"""Who belongs to each population, in the protocol's words, versioned and hashed.

Belongs here: the definition of eligible, referred, engaged and high-engaged as data, so that a result can say by which it was
made. Does not belong here: finding the people (`eligible`, `exposure`).
"""

from dataclasses import dataclass
from typing import Any

from pipeline.documents import canonical_sha256
from pipeline.study import Study
from pipeline.vocabulary import POPULATIONS

#: rises when code gives the same clauses another meaning, so that the hash changes with it
VERSION = "outcomeb/cohorts/1"


@dataclass(frozen=True, slots=True)
class Definition:
    """One population. within : the population it is a part of. clauses : everything of the protocol that decides who is in it
    and that the larger population does not already name. sha256 : of version, clauses and the larger population's hash."""

    population: str
    within: str | None
    says: str
    clauses: dict[str, Any]
    sha256: str
    version: str = VERSION


def definitions(study: Study) -> tuple[Definition, ...]:
    """One for each of `vocabulary.POPULATIONS`, in order; each hash holds the ones before."""
    eligible, high = study.eligible, study.cohorts.high_engaged
    at, launch = eligible.at.isoformat(), study.calendar.launch.isoformat()
    arms = study.arms.model_dump(mode="json")
    kinds = f" of kind {', '.join(high.types)}" if high.types else ""
    words: dict[str, tuple[str, dict[str, Any]]] = {
        "eligible": (
            f"aged {eligible.age[0]} to {eligible.age[1]}, on a listed register ({', '.join(eligible.registers)}), alive and "
            f"registered with a study practice on {at}; closed on that day",
            {
                "age": list(eligible.age),
                "registers": sorted(eligible.registers),
                "at": at,
                "practices": {arm: sorted(codes) for arm, codes in arms.items()},
            },
        ),
        "referred": (
            f"eligible in an intervention practice, and referred on or after {launch} while registered and alive",
            {"referred_from": launch},
        ),
        "engaged": (
            "referred, and seen by a link worker at least once, by the first contact that the referral records",
            {"contact_from": launch},
        ),
        "high_engaged": (
            f"engaged, and seen on {high.contacts} days{kinds} within {high.within_months} months of the first contact; from "
            "the day of the last of them on",
            high.model_dump(mode="json"),
        ),
    }
    found: list[Definition] = []
    for population in POPULATIONS:
        says, clauses = words[population]
        before = found[-1] if found else None
        content = {
            "version": VERSION,
            "population": population,
            "clauses": clauses,
            "within": before.sha256 if before else None,
        }
        found.append(Definition(population, before.population if before else None, says, clauses, canonical_sha256(content)))
    return tuple(found)
