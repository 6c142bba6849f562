"""docs/layout.md is true: its names exist, and its recipes work as they stand in a copied tree."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vision.ui.text import LANGUAGES

PAGE = (REPOSITORY / "docs" / "layout.md").read_text("utf-8")
LOOK = """
import json
from vision.ui import create_app
blocks = create_app().get_config_file()["components"]
print(json.dumps([[block["type"], block["props"]] for block in blocks], default=str))
"""


def steps() -> Iterator[tuple[str, list[str]]]:
    """Yield the file and the names of each row of the way."""
    row = re.compile(r"^\|[^|]+\| `(vision/[^`]+)` \| ([^|]+) \|$", re.MULTILINE)
    for file, names in row.findall(PAGE):
        yield file, re.findall(r"`(\w+)`", names)


def recipe(title: str) -> tuple[dict[str, str], list[str]]:
    """Return the files of a recipe with their contents, and its commands."""
    part = PAGE.split(f"## Recipe: {title}")[1].split("\n## ")[0]
    files: dict[str, str] = {}
    for before, kind, content in re.findall(r"([^`]*(?:`[^`\n]+`[^`]*)*)```(\w+)\n(.*?)```", part,
                                            re.DOTALL):
        if kind == "sh":
            return files, content.splitlines()
        named = re.findall(r"`(vision/[^`]+)`", before)[-1]
        for language in LANGUAGES if ".en." in named else ("en",):
            files[named.replace(".en.", f".{language}.")] = content
    return files, []


def test_the_way_of_a_picture_names_what_there_is() -> None:
    assert len(list(steps())) >= 12
    for file, names in steps():
        tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
        there = {node.name for node in tree.body
                 if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        assert names and set(names) <= there, file
    for path in re.findall(r"`((?:vision|tests)/[\w/.]+)`", PAGE.split("## Recipe")[0]):
        assert (REPOSITORY / path).exists(), path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project without what is heavy."""
    copy = tmp_path / "copy"
    shutil.copytree(REPOSITORY / "vision", copy / "vision",
                    ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
    shutil.copytree(REPOSITORY / "tests", copy / "tests",
                    ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "checkpoints", copy / "checkpoints",
                    copy_function=lambda old, new: os.symlink(old, new))
    (copy / "assets").symlink_to(REPOSITORY / "assets")
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    return copy


def follow(title: str, tree: Path) -> None:
    """Do literally what a recipe says."""
    files, commands = recipe(title)
    assert files
    for name, content in files.items():
        assert not (tree / name).exists()
        (tree / name).write_text(content, "utf-8")
    for command in commands:
        python(tree, *shlex.split(command)[1:])


def python(tree: Path, *words: str) -> str:
    """Run Python in a tree and return what it prints."""
    done = subprocess.run([sys.executable, *words], cwd=tree, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(tree)}, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def seen(tree: Path) -> list[tuple[str, dict[str, object]]]:
    """Return the components of the page that a tree makes."""
    return [(kind, props) for kind, props in json.loads(python(tree, "-c", LOOK).splitlines()[-1])]


def passed(tree: Path, *words: str) -> int:
    """Return how many tests pass in a tree; none may fail."""
    said = python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words)
    return int(re.findall(r"(\d+) passed", said)[-1])


def choices_of(tree: Path, elem_id: str) -> list[str]:
    """Return what a choice of the page offers."""
    props = next(props for _, props in seen(tree) if props.get("elem_id") == elem_id)
    return [value for _, value in props["choices"]]  # type: ignore[attr-defined]


def test_the_recipe_of_an_architecture_is_all_it_needs(tree: Path) -> None:
    follow("a new architecture", tree)
    assert {"tiny", "unet"} <= set(choices_of(tree, "segmentation-model"))
    everything = ("tests/segmentation", "tests/ui/tabs/test_segmentation_tab.py",
                  "tests/test_registry.py")
    assert passed(tree, "-k", "tiny or recipe or test_leaderboard or test_segmentation_tab or "
                  "test_registry", *everything) >= 50
    covered = python(tree, "-m", "pytest", "--collect-only", "-q", "-k", "tiny", *everything)
    assert len(re.findall(r"\[.*tiny.*\]", covered)) >= 8


@pytest.mark.browser
def test_a_new_architecture_is_clicked_in_the_family_tree(tree: Path, chromium: str) -> None:
    follow("a new architecture", tree)
    assert passed(tree, "-k", "tiny or pspnet", "tests/browser/test_family_page.py") == 2


def test_the_recipe_of_a_gan_is_all_it_needs(tree: Path) -> None:
    follow("a new GAN", tree)
    assert {"tiny-shapes", "cgan-mnist"} <= set(choices_of(tree, "gan-model"))
    assert passed(tree, "tests/gan/test_gan_models.py", "tests/gan/test_gan_recipes.py",
                  "tests/ui/tabs/test_gan_page.py") >= 60
    covered = python(tree, "-m", "pytest", "--collect-only", "-q", "-k", "tiny", "tests/gan")
    assert len(re.findall(r"\[.*tiny.*\]", covered)) >= 4


def test_the_recipe_of_a_network_to_slim_is_all_it_needs(tree: Path) -> None:
    follow("a new network to slim", tree)
    assert {"tiny", "vgg16"} <= set(choices_of(tree, "pruning-model"))
    everything = ("tests/pruning", "tests/ui/tabs/test_pruning_tab.py")
    assert passed(tree, "-k", "tiny or recipes or test_the_page or cliff or architecture",
                  *everything) >= 24
    covered = python(tree, "-m", "pytest", "--collect-only", "-q", "-k", "tiny", *everything)
    assert len(re.findall(r"\[.*tiny.*\]", covered)) >= 12


def test_the_recipe_of_a_tab_brings_it_into_the_page(tree: Path) -> None:
    follow("a new tab", tree)
    parts = seen(tree)
    assert any(kind == "tabitem" and props.get("id") == "hello" for kind, props in parts)
    names = {props.get("elem_id") for _, props in parts}
    assert {"hello-go", "hello-said", "hello-paper", "hello-link-copy"} <= names
    lesson = "from vision.ui.text import words; print(words('pt-BR')['hello.lesson'])"
    assert "greets whoever" in python(tree, "-c", lesson)
