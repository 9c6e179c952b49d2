"""The parameters: what a city and a village are drawn with, and that each says where it comes from."""

from pathlib import Path

import pytest

from pipeline.documents import canonical_sha256, read_yaml
from pipeline.rehearsal.city import build_city
from pipeline.rehearsal.parameter_table import as_markdown, read_parameter_table
from pipeline.rehearsal.parameters import FILE, read_parameters
from pipeline.rehearsal.seeds import generator


@pytest.mark.parametrize(("scale", "areas", "smallest", "largest"), [(1.0, 40, 3, 8), (0.5, 40, 3, 8), (0.49, 20, 2, 3)])
def test_only_villages_have_the_smaller_pool(scale: float, areas: int, smallest: int, largest: int) -> None:
    city = build_city(read_parameters(scale), generator(71, "city"))
    pool = [practices for name, practices in city.areas_by_name().items() if name.startswith("area-")]
    assert len(pool) == areas
    assert {len(practices) for practices in pool} == set(range(smallest, largest + 1))
    assert (len(city.of_arm("intervention")), len(city.of_arm("control"))) == (13, 11)


def test_areas_suffice_for_a_rank_statement_at_95_per_cent() -> None:
    """The treated area is one of n + 1; its rank can be extreme with probability 1/20 only among 20."""
    assert all(1 / (read_parameters(scale).city["wider_areas"] + 1) <= 0.05 for scale in (0.005, 0.49, 1.0))


def test_hash_of_a_city_does_not_depend_on_what_it_does_not_use() -> None:
    shipped = read_yaml(FILE)
    of_cities = {section: values for section, values in shipped.items() if section not in ("village", "breaks")}
    assert read_parameters(1.0).sha256 == canonical_sha256(of_cities | {"scale": 1.0})
    of_cities["city"] = of_cities["city"] | shipped["village"]["city"]
    assert read_parameters(0.4).sha256 == canonical_sha256(of_cities | {"scale": 0.4})
    happened = {"breaks": {"ecds": shipped["breaks"]["ecds"]}}
    assert read_parameters(0.4, ["ecds"]).sha256 == canonical_sha256(of_cities | {"scale": 0.4} | happened)


def test_every_parameter_says_where_it_comes_from() -> None:
    """Every key that yaml finds, and no other, is in the table; each has `source:` or `chosen` beside or around it."""
    table = read_parameter_table(FILE.read_text(encoding="utf-8"))
    named = []
    for section, values in read_yaml(FILE).items():
        for name, value in values.items():
            deeper = section == "breaks" or (section, name) == ("village", "city")
            named += [(f"{section}.{name}", n) for n in value] if deeper else [(section, name)]
    assert [(p.section, p.name) for p in table] == named
    assert [f"{p.section}.{p.name}" for p in table if not p.has_origin] == []


def test_a_parameter_without_an_origin_is_found() -> None:
    text = (
        "a:   # chosen\n  b: 1\n  c: {x: 1,\n      y: 2}   # two\n\nd:\n  # source: a book\n  e: 3\n"
        "  f: 4   # a number\n  g:   # a group\n    h: 5\n"
    )
    table = read_parameter_table(text)
    assert [(p.section, p.name, p.value, p.said, p.around) for p in table] == [
        ("a", "b", "1", "", "chosen"),
        ("a", "c", "{x: 1, y: 2}", "two", "chosen"),
        ("d", "e", "3", "source: a book", ""),
        ("d", "f", "4", "a number", ""),
        ("d.g", "h", "5", "", "a group"),
    ]
    assert [p.name for p in table if not p.has_origin] == ["f", "h"]


def test_the_documentation_holds_the_table_as_it_is() -> None:
    """Made by `python -m pipeline.rehearsal.parameter_table`."""
    documentation = (Path(__file__).resolve().parents[3] / "docs/rehearsal.md").read_text(encoding="utf-8")
    assert as_markdown(read_parameter_table(FILE.read_text(encoding="utf-8"))) in documentation
