"""The page on screen: structure by the standard parser, and its width in a real browser."""

import re
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from left_out import Program

KINDS = ["paid", "holds_zero", "below_threshold", "blocked"]


class Page(HTMLParser):
    """Collects what the tests ask about: tags in order with attributes, and text by the tag it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[dict[str, int]] = []
        self.words: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append({"caption": 0, "col": 0, "row": 0, "bare": 0})
        if self.tables and tag == "caption":
            self.tables[-1]["caption"] += 1
        if self.tables and tag == "th":
            self.tables[-1][dict(attrs).get("scope") or "bare"] += 1
        if tag not in ("meta", "img", "br", "link"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.words.setdefault(tag, []).append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=KINDS)
def page(request: pytest.FixtureRequest, rendered: dict[str, Path]) -> Page:
    return Page((rendered[request.param] / "report.html").read_text(encoding="utf-8"))


def test_language_title_and_no_script(page: Page) -> None:
    assert page.of("html")[0]["lang"] == "en-GB"
    assert "".join(page.words["title"]) == "Attribution report 2018-19: made-up-city"
    assert page.of("script") == []
    assert any(meta.get("name") == "viewport" for meta in page.of("meta"))


def test_one_h1_and_headings_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_skip_link_comes_first_and_leads_to_the_report(page: Page) -> None:
    first = page.of("a")[0]
    assert first["class"] == "skip"
    assert first["href"] == "#report"
    assert page.of("main")[0]["id"] == "report"


def test_every_link_has_its_target(page: Page) -> None:
    targets = {attributes.get("id") for _, attributes in page.tags}
    links = [link["href"] for link in page.of("a")]
    assert len(links) > 10
    assert [link for link in links if link is None or link[0] != "#" or link[1:] not in targets] == []


def test_every_table_has_a_caption_and_scoped_headers(page: Page) -> None:
    assert len(page.tables) >= 8
    for table in page.tables:
        assert table["caption"] == 1
        assert table["bare"] == 0
        assert table["col"] >= 2
        assert table["row"] >= 1


def test_every_picture_has_its_alternative(page: Page) -> None:
    pictures = page.of("img")
    assert pictures
    assert all(len(picture["alt"] or "") > 60 for picture in pictures)
    assert all((picture["src"] or "").startswith("data:image/svg+xml;base64,") for picture in pictures), "nothing is fetched"


def test_no_small_count_is_printed(rendered: dict[str, Path]) -> None:
    """In the tables of counts every figure is *, 0 or a multiple of 5 from 10; a planted 4 would show."""
    text = (rendered["paid"] / "report.html").read_text(encoding="utf-8")
    captions = ("The flow of people", "Nothing is silently repaired", "Rows by state")
    tables = [part for part in re.findall(r"<table>.*?</table>", text, re.DOTALL) if any(c in part for c in captions)]
    assert len(tables) == 3
    cells = [cell for table in tables for cell in re.findall(r'<td class="right">([^<]*)</td>', table)]
    assert len(cells) >= 12
    assert [
        cell for cell in cells if cell not in ("*", "0") and (int(cell.replace(",", "")) % 5 or int(cell.replace(",", "")) < 10)
    ] == []


def test_statement_and_mark_of_a_rehearsal(page: Page) -> None:
    assert "Rehearsal: synthetic people, fictional signatures" in "".join(page.words["header"])
    said = "".join(page.words["main"])
    assert "⟨" not in said, "the pointer to the questions was not replaced"


@pytest.mark.parametrize("width", [390, 1280])
def test_one_column_without_sideways_scroll(width: int, rendered: dict[str, Path], program: Program, tmp_path: Path) -> None:
    """The browser itself says how wide the page wants to be; tables may scroll within their own box."""
    program("chromium")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    switches = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    for switch in [*switches.split(), "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path}"]:
        options.add_argument(switch)
    browser = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
    try:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        )
        for kind in ("paid", "blocked"):
            browser.get((rendered[kind] / "report.html").as_uri())
            assert browser.execute_script("return window.innerWidth") == width
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, kind
            broken = "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length"
            assert browser.execute_script(broken) == 0, kind
    finally:
        browser.quit()


def test_pictures_of_the_page_can_be_taken(rendered: dict[str, Path], program: Program, tmp_path: Path) -> None:
    shot = tmp_path / "page.png"
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet = ["--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}"]
    address = (rendered["blocked"] / "report.html").as_uri()
    command = [program("chromium"), *switches, *quiet, "--window-size=390,2400", f"--screenshot={shot}", address]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert shot.stat().st_size > 20_000
