"""The web UI: the graph and the checks are readable, a whole run can be done from it, and a shut gate stays shut there.

Belongs here: what an evaluator does in a browser. Does not belong here: what the checks find.
"""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from village_runs import OUTCOMEB, Village, outcomeb

SELECTOR = {"repositoryLocationName": "assets.served", "repositoryName": "__repository__", "pipelineName": "__ASSET_JOB"}
LAUNCH = """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) { __typename
  ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
RUN = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
EVENTS = """query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {
  __typename ... on MessageEvent { message }
  ... on ExecutionStepFailureEvent { error { message causes { message } } } } } } }"""


def ask(port: int, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The UI of a study on a free loopback port, until it answers; stopped by process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(OUTCOMEB), "ui", "--study", str(folder), "--port", str(port)]
    said = folder / f"ui-{port}.log"
    with said.open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=2).read()
                break
            except OSError:
                assert child.poll() is None, f"the UI ended by itself: {said.read_text(encoding='utf-8')[-2000:]}"
                time.sleep(0.5)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=30)


def launch(port: int, assets: list[list[str]], year: str | None) -> tuple[str, str]:
    """Materialise assets as the Materialize button does; returns status and everything the run's log says."""
    tags = [{"key": "dagster/partition", "value": year}] if year else []
    params = {
        "selector": SELECTOR | {"assetSelection": [{"path": path} for path in assets]},
        "mode": "default",
        "executionMetadata": {"tags": tags},
    }
    started = ask(port, LAUNCH, {"p": params})["launchPipelineExecution"]
    assert started["__typename"] == "LaunchRunSuccess", started
    run_id = started["run"]["runId"]
    for _ in range(600):
        status = ask(port, RUN, {"id": run_id})["runOrError"]["status"]
        if status in ("SUCCESS", "FAILURE", "CANCELED"):
            break
        time.sleep(0.5)
    return status, json.dumps(ask(port, EVENTS, {"id": run_id}))


def keys(*groups: str, but: tuple[str, ...] = ()) -> list[list[str]]:
    from assets.definitions import all_assets

    every = [key.path for asset in all_assets(["2016-17"]) for key in asset.keys]
    return [list(path) for path in every if path[0] in groups and path[-1] not in but]


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Received, not run."""
    folder = tmp_path_factory.mktemp("hamlet") / "study"
    assert outcomeb("rehearse", folder, "--scale", "0.05").code == 0
    assert outcomeb("receive", folder / "deliveries", "--study", folder).code == 0
    return folder


def test_a_whole_run_from_the_ui(hamlet: Path) -> None:
    with served(hamlet) as port:
        status, log = launch(port, keys("received", "cleaned", "priced", "cohorts") + [["assurance", "sealed_counts"]], None)
        assert status == "SUCCESS", log[-3000:]
        rest = keys("assurance", "estimation", "settlement", "published", but=("sealed_counts", "withheld"))
        status, log = launch(port, rest, "2016-17")
        assert status == "SUCCESS", log[-3000:]
    assert (hamlet / "published" / "2016-17" / "v1" / "report.pdf").is_file()


@pytest.mark.parametrize("faulty", ["control_ae_missing"], indirect=True)
def test_a_shut_gate_stays_shut_from_the_ui(faulty: tuple[str, Village]) -> None:
    _, village = faulty
    with served(village.folder) as port:
        status, log = launch(port, [["estimation", "panel_after_launch"]], "2016-17")
    assert status == "FAILURE"
    assert "data gate" in log
    assert not list((village.folder / "dagster" / "storage").glob("estimation*"))


def test_graph_and_checks_are_readable_in_a_browser(hamlet: Path, program: Callable[[str], str]) -> None:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = program("chromium")
    for flag in [
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "window-size=1600,1000",
    ]:
        options.add_argument(f"--{flag}")
    with served(hamlet) as port:
        browser = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
        try:
            for page, words in (
                (
                    "/asset-groups",
                    ("received", "cleaned", "priced", "cohorts", "assurance", "estimation", "settlement", "published"),
                ),
                (
                    "/assets/assurance/data_gate?view=checks",
                    ("routes", "completeness", "reference", "Cells that must be there"),
                ),
            ):
                browser.get(f"http://127.0.0.1:{port}{page}")
                seen = ""
                for _ in range(60):
                    seen = browser.find_element("tag name", "body").text
                    if all(word in seen for word in words):
                        break
                    time.sleep(0.5)
                assert [word for word in words if word not in seen] == []
        finally:
            browser.quit()
