"""The parameters with what is written beside each: the table of docs/rehearsal.md.

    python -m pipeline.rehearsal.parameter_table

Belongs here: reading the comments of parameters.yaml. Does not belong here: using a parameter (`parameters`).
"""

import re
from dataclasses import dataclass, replace

from pipeline.rehearsal.parameters import FILE

#: a key of a section (or of `city` inside `village`), with what stands on its line
KEY = re.compile(r"^(?P<indent> *)(?P<name>[\w-]+):(?P<rest>.*)$")
#: the two words one of which every parameter must carry
ORIGINS = ("source:", "chosen")


@dataclass(frozen=True, slots=True)
class Parameter:
    """section and name as in the file; value as written, on one line; said: the comments on its line and right above it;
    around: the comment on the section's line."""

    section: str
    name: str
    value: str
    said: str
    around: str

    @property
    def has_origin(self) -> bool:
        """Whether it is said where the value comes from."""
        return any(word in f"{self.said} {self.around}" for word in ORIGINS)


def _apart(text: str) -> tuple[str, str]:
    """Value and comment of what stands behind a key."""
    value, _, comment = text.partition(" #")
    return value.strip(), comment.strip()


def read_parameter_table(text: str) -> list[Parameter]:
    """Every parameter of a file laid out as parameters.yaml is, in order."""
    found: list[Parameter] = []
    path: list[tuple[int, str, str]] = []  # indent, name, comment of the sections around
    above: list[str] = []
    for row in text.splitlines():
        key = KEY.match(row)
        if row.strip().startswith("#"):
            above.append(row.strip("# "))
            continue
        if found and found[-1].value.count("{") > found[-1].value.count("}"):  # a value goes on
            value, comment = _apart(row)
            last = found[-1]
            found[-1] = replace(last, value=f"{last.value} {value}", said=f"{last.said} {comment}".strip())
        elif key is not None:
            value, comment = _apart(key["rest"])
            path = [part for part in path if part[0] < len(key["indent"])]
            if value:
                section, around = ".".join(name for _, name, _ in path), path[-1][2] if path else ""
                found.append(Parameter(section, key["name"], value, " ".join([*above, comment]).strip(), around))
            else:
                path.append((len(key["indent"]), key["name"], comment))
        above = []
    return found


def as_markdown(parameters: list[Parameter]) -> str:
    """A table a section, with the section's own comment above it."""
    lines: list[str] = []
    for section in dict.fromkeys(p.section for p in parameters):
        rows = [p for p in parameters if p.section == section]
        title = f"`{section}`: {rows[0].around}" if rows[0].around else f"`{section}`"
        lines += ["", title, "", "| parameter | value | where from |", "| --- | --- | --- |"]
        lines += [f"| {p.name} | `{p.value}` | {p.said} |".replace("|  |", "| |") for p in rows]
    return "\n".join(lines).strip() + "\n"


if __name__ == "__main__":
    print(as_markdown(read_parameter_table(FILE.read_text(encoding="utf-8"))), end="")
