"""The front matter of README suits a Space, and the Dockerfile what the project needs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import gradio
import httpx
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests.bench.startup import free_port
from tests.conftest import REPOSITORY

KEYS = {"title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version",
        "app_file", "license", "short_description", "tags", "thumbnail", "models", "datasets",
        "fullWidth", "suggested_hardware", "startup_duration_timeout", "preload_from_hub", "pinned"}
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


@pytest.fixture(scope="module")
def front() -> dict[str, str]:
    """The front matter of README."""
    text = (REPOSITORY / "README.md").read_text("utf-8")
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    assert found
    return dict(yaml.safe_load(found[1]))


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continued lines joined."""
    text = (REPOSITORY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_front_matter_is_one_of_a_space(front: dict[str, str]) -> None:
    assert front.keys() <= KEYS
    assert front["sdk"] == "gradio" and front["license"] == "mit"
    assert {front["colorFrom"], front["colorTo"]} <= COLOURS
    assert len(front["short_description"]) <= 60 and not front["emoji"].isascii()
    assert isinstance(front["python_version"], str)


def test_the_front_matter_fits_the_project(front: dict[str, str]) -> None:
    assert (REPOSITORY / front["app_file"]).is_file()
    assert front["sdk_version"].split(".")[0] == gradio.__version__.split(".")[0]
    wanted = (REPOSITORY / "requirements.txt").read_text("utf-8").splitlines()
    known = next(SpecifierSet(line.removeprefix("gradio")) for line in wanted
                 if line.startswith("gradio"))
    assert front["sdk_version"] in known and gradio.__version__ in known
    assert "6.28.9" not in known, "Examples(visible_columns=…) is of 6.29"
    assert "7.0" not in known, "internals are patched"
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    oldest = re.search(r'requires-python = ">=3\.(\d+)"', project)
    assert oldest and int(front["python_version"].split(".")[1]) >= int(oldest[1])
    packages = (REPOSITORY / "packages.txt").read_text("utf-8").splitlines()
    assert packages and all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in packages)


def test_the_image_holds_what_the_app_needs_and_runs_as_a_user() -> None:
    steps = instructions()
    copied = {part for word, rest in steps if word == "COPY"
              for part in rest.split() if not part.startswith("--")}
    assert all((REPOSITORY / part).exists() for part in copied
               if not part.startswith(("/", "./")))
    assert {"app.py", "vision", "assets", "checkpoints", "requirements.txt",
            "packages.txt"} <= copied
    words = [word for word, _ in steps]
    users = [rest for word, rest in steps if word == "USER"]
    assert users and users[-1] not in ("root", "0")
    assert f"useradd --create-home {users[-1]}" in dict(steps)["RUN"]
    assert words.index("USER") < words.index("CMD") and "HEALTHCHECK" in words
    assert json.loads(dict(steps)["CMD"]) == ["python", "app.py"]


WATCHED = """
import json, os, runpy, sys, threading
seen = []
def note(event, given):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        seen.append([event, str(given[1])])
    elif event == "socket.getaddrinfo" or event.startswith("urllib"):
        seen.append([event, str(given[0])])
    elif event == "subprocess.Popen":
        seen.append([event, str(given[0])])
def tell():
    sys.stdin.readline()
    print(json.dumps(seen), flush=True)
    os._exit(0)
sys.addaudithook(note)
threading.Thread(target=tell, daemon=True).start()
runpy.run_path("app.py", run_name="__main__")
"""
LOCAL = ("127.0.0.1", "localhost", "::1")
PROGRAMS = ("ldconfig", "gcc", "cc", "ld", "objdump", "uname", "lscpu")  # these find libraries


def test_the_image_runs_and_sends_nothing_to_anywhere_else() -> None:
    """Start the app as the image does, on a free port, and ask as the health check asks.

    Every connection of the whole app is watched while its page is opened and used.
    """
    steps, port = dict(instructions()), str(free_port())
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("GRADIO", "HF_", "NO_PROXY", "no_proxy"))}
    environment |= dict(part.split("=") for part in shlex.split(steps["ENV"]))
    environment |= {"GRADIO_SERVER_PORT": port, "GRADIO_SERVER_NAME": "127.0.0.1"}
    check = json.loads(steps["HEALTHCHECK"].partition("CMD")[2])
    check = [sys.executable, *(part.replace("7860", port) for part in check[1:])]
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0
    with subprocess.Popen([sys.executable, "-c", WATCHED], cwd=REPOSITORY, env=environment,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as app:
        try:
            config, seen = used(app, f"http://127.0.0.1:{port}", check)
        finally:
            app.kill()
    strangers = [(event, what) for event, what in seen
                 if Path(what).name not in PROGRAMS and not any(name in what for name in LOCAL)]
    assert seen and not strangers
    assert config["analytics_enabled"] is False


def used(app: subprocess.Popen[str], address: str, check: list[str]
         ) -> tuple[dict[str, Any], list[list[str]]]:
    """Use the page as a visitor does; return its description, and what was seen meanwhile."""
    assert app.stdin and app.stdout
    assert app.stdout.readline().strip() == f"Vision Lab is at {address}/"
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    with httpx.Client(base_url=address, timeout=120) as http:
        assert "Vision Lab" in http.get("/").text
        config = http.get("/config").json()
        http.get("/gradio_api/info")
        http.get("/gradio_api/startup-events")
        act(http, config, "sample")
    app.stdin.write("\n")
    app.stdin.flush()
    return config, json.loads(app.stdout.readline())


def act(http: httpx.Client, config: dict[str, Any], name: str) -> None:
    """Press a tab's button as the page opens, and wait for the answer."""
    values = {part["id"]: part["props"].get("value") for part in config["components"]}
    call = next(each for each in config["dependencies"] if each["api_name"] == name)
    body = {"data": [values[part] for part in call["inputs"]], "fn_index": call["id"],
            "session_hash": "here", "event_data": None, "trigger_id": None}
    assert http.post("/gradio_api/queue/join", json=body).status_code == 200
    with http.stream("GET", "/gradio_api/queue/data", params={"session_hash": "here"}) as lines:
        assert any('"success":true' in line.replace(" ", "") for line in lines.iter_lines()
                   if "process_completed" in line)
