"""The documents are true: commands exist with their flags, quick ones run, links lead somewhere."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from accelerate.commands.launch import launch_command_parser

from tests.conftest import REPOSITORY, Answer
from vision.options import parser_for

TEXT = (REPOSITORY / "README.md").read_text("utf-8")
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])
CHAPTERS = TEXT + "".join((REPOSITORY / name).read_text("utf-8")
                          for name in ("CONTRIBUTING.md", "docs/models.md"))
TEACHING = "".join(path.read_text("utf-8") for path in (REPOSITORY / "docs").glob("teaching*.md"))
BLOCKS = re.findall(r"^```(?:sh)?\n(.*?)^```", CHAPTERS + TEACHING, re.DOTALL | re.MULTILINE)
OTHERS = {"docker", "hf", "pip", "apt-get"}  # tools that are not ours


def commands() -> list[str]:
    """Return every command of these documents, comments and settings before it left out."""
    lines = "".join(BLOCKS).replace("\\\n", " ").splitlines()
    inline = re.findall(r"`((?:make|python|pip|accelerate)[^`\n]+)`", CHAPTERS + TEACHING)
    parts = [part.split("#")[0].strip() for line in [*lines, *inline]
             for part in line.split("&&")]
    stripped = [re.sub(r"^([A-Z_]+=\S+ )+", "", part) for part in parts]
    words = ("make", "python", "accelerate", *OTHERS)
    return sorted({line for line in stripped if line.split(" ")[0] in words})


def ours(command: str) -> list[str] | None:
    """Return what a command hands to `python -m vision`."""
    words = shlex.split(command)
    return words[words.index("vision") + 1 :] if "-m vision" in command else None


def is_quick(command: str) -> bool:
    """Return whether a command of ours is run as it stands, needing none before it."""
    words = ours(command)
    return words is not None and "runs/" not in command and (
        len(words) < 2 or words[-1] == "--help" or words[1] in ("list", "predict"))


def test_the_commands_are_found() -> None:
    found = commands()
    assert len(found) >= 20 and "make run" in found
    assert sum(ours(command) is not None for command in found) >= 13


@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("make")])
def test_make_has_the_target(command: str) -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in command.split()[1:]:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", [line for line in commands() if len(ours(line) or ()) > 1])
def test_our_command_exists_with_its_flags(command: str) -> None:
    system, verb, *flags = (ours(command) or [])
    place = importlib.import_module(f"vision.{system}").VERBS[verb][0]
    module = importlib.import_module(f"vision.{system}.{place}")
    parser = parser_for(module.VERB, f"python -m vision {system} {verb}")
    if flags != ["--help"]:
        assert parser.parse_args(["mnist" if flag == "NAME" else flag for flag in flags])


@pytest.mark.parametrize("command", [line for line in commands()
                                     if line.startswith("python") and is_quick(line)])
def test_a_quick_command_runs(command: str, cli: Callable[..., Answer]) -> None:
    for name in ("assets", "checkpoints"):
        Path(name).symlink_to(REPOSITORY / name)
    answer = cli(*(ours(command) or []))
    assert answer.code == 0 and answer.out.strip() and not answer.err
    assert "array(" not in answer.out, "an answer is for people, or JSON"


@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("accelerate")
                                     and " -m " in line])
def test_accelerate_takes_its_flags(command: str) -> None:
    found = launch_command_parser().parse_args(shlex.split(command)[2:])
    assert found.multi_gpu and found.module and found.training_script == "vision"
    assert found.training_script_args == ours(command)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_and_their_parts(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for place, part in re.findall(r"\]\(((?!http)[^)#]*)(?:#([^)]+))?\)", text):
        file = document.parent / place if place else document
        assert file.exists(), place
        assert not part or part in anchors(file), part


def anchors(document: Path) -> set[str]:
    """Return what the headings of a document are called in links."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_map_names_files_that_there_are() -> None:
    assert all((REPOSITORY / place).exists() for place in re.findall(r"-r (\S+\.txt)", TEXT))
    for line in re.findall(r"```\napp\.py.*?```", TEXT, re.DOTALL)[0].splitlines():
        for name in re.findall(r"^(?:  )?([\w.]+\.py|[\w]+/)", line):
            assert any((folder / name).exists() for folder in (REPOSITORY, REPOSITORY / "vision"))
