"""The examples of docs/api.md run as they stand, each language against the app."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from gradio import Blocks
from gradio.utils import get_function_description
from gradio_client import Client

from tests.conftest import REPOSITORY

TEXT = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
PAGE = "http://127.0.0.1:7860"
ACTIONS = ("segment", "stylize", "paint", "sample", "prune", "detect")


def examples(language: str, address: str) -> str:
    """Return all examples in a language as one program that asks at an address."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    code = "\n".join(blocks)
    assert all(re.search(rf"\b{action}\b", code) for action in ACTIONS) and code.count(PAGE) == 1
    return code.replace(PAGE, address.rstrip("/"))


def run(command: list[str], code: str) -> str:
    """Return what a program prints that is given to an interpreter."""
    done = subprocess.run(command, input=code, capture_output=True, text=True, cwd=REPOSITORY,
                          check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python(app_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
                ) -> None:
    monkeypatch.chdir(REPOSITORY)
    known: dict[str, Any] = {}
    exec(compile(examples("python", app_url), "api.md", "exec"), known)
    said = capsys.readouterr().out
    for word in ("mIoU", "drawn", "painted in 8 steps", "so far", "parameters", "as a file"):
        assert word in said
    assert known["numbers"]["overall"]["mIoU"] > 0.3 and known["opinions"]["labels"]
    assert known["report"]["before"]["parameters"] > known["report"]["after"]["parameters"]
    assert Path(known["painting"]).read_bytes().startswith(b"\x89PNG")
    assert {device["class"] for device in known["found"]["instances"]} == {"voltage transformer"}


def test_javascript(app_url: str) -> None:
    if not (node := shutil.which("node")):
        pytest.skip("Node is not installed, so the examples in JavaScript were not run")
    said = run([node, "--input-type=module", "-"], examples("javascript", app_url))
    for word in ("mIoU 0.", "drawn [", "painted http", "so far http", "parameters", "serious"):
        assert word in said


def test_curl(app_url: str) -> None:
    if not (shell := shutil.which("bash")) or not shutil.which("curl"):
        pytest.skip("curl is not installed, so its examples were not run")
    said = run([shell, "-e"], examples("sh", app_url))
    assert said.count("event: complete") == len(ACTIONS) and "event: error" not in said
    assert "event: generating" in said, "a painting that forms"


def test_every_value_of_every_action_is_described(whole_page: Blocks, app_url: str) -> None:
    named = Client(app_url, verbose=False).view_api(return_format="dict")["named_endpoints"]
    assert {f"`{name}`" for name in named} == set(re.findall(r"^\| (`/\w+`)", TEXT, re.MULTILINE))
    functions = {f"/{call.api_name}": call.fn for call in whole_page.fns.values()}
    for name, action in named.items():
        what, values, answers = get_function_description(functions[name])
        assert what.endswith(".") and answers, name
        without = [each["parameter_name"] for each in action["parameters"]
                   if not values[each["parameter_name"]]]
        assert not without, f"{name}: {without}"
