"""The front matter of README suits a Space, and the Dockerfile what the project needs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time

import gradio
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests.bench.startup import answers, free_port
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


def test_the_dockerfiles_settings_and_health_check_work() -> None:
    """Start the app as the image does, on a free port, and ask as the health check asks."""
    steps, port = dict(instructions()), str(free_port())
    settings = dict(part.split("=") for part in shlex.split(steps["ENV"]))
    settings |= {"GRADIO_SERVER_PORT": port, "GRADIO_SERVER_NAME": "127.0.0.1"}
    check = json.loads(steps["HEALTHCHECK"].partition("CMD")[2])
    check = [sys.executable, *(part.replace("7860", port) for part in check[1:])]
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0
    app = subprocess.Popen([sys.executable, "app.py"], cwd=REPOSITORY, stdout=subprocess.DEVNULL,
                           env={**os.environ, **settings})
    try:
        while app.poll() is None and not answers(f"http://127.0.0.1:{port}/"):
            time.sleep(0.2)
        tries = (subprocess.run(check, capture_output=True, check=False) for _ in range(6))
        assert any(done.returncode == 0 for done in tries)
    finally:
        app.terminate()
        app.wait()
