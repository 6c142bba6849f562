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
RECIPES = ("a new architecture", "a new GAN", "a new network to slim", "a new tab")
COVERED = ("tests/segmentation", "tests/gan/test_gan_models.py", "tests/gan/test_gan_recipes.py",
           "tests/pruning", "tests/ui/tabs/test_segmentation_tab.py",
           "tests/ui/tabs/test_gan_page.py", "tests/ui/tabs/test_pruning_tab.py")
OVER_ALL = {  # tests that look at everything which is registered
    "segmentation": {"test_every_architecture_has_a_recipe_and_begins_with_one_before_it",
                     "test_the_best_comes_first_and_volumes_stay_out",
                     "test_the_family_tree_holds_everyone_once_and_tells_of_each"},
    "gan": {"test_all_that_is_missing_is_trained_by_its_recipe",
            "test_the_board_shows_every_model_and_the_papers",
            "test_all_that_draws_can_be_trained_on_the_page"},
    "pruning": {"test_the_page_offers_what_the_core_has",
                "test_every_architecture_can_be_trained_on_the_page_and_has_the_papers_rows"},
}
FOLLOW = """
import json, sys
import pytest
from tests.pruning.few_drawings import few_drawings
from vision.__main__ import main
commands, tests = json.loads(sys.argv[1])
with few_drawings():
    assert not any(map(main, commands))
from vision.ui import create_app
from vision.ui.text import words
blocks = create_app().get_config_file()["components"]
parts = [[block["type"], block["props"]] for block in blocks]
print(json.dumps([parts, words("pt-BR").get("hello.lesson")], default=str))
sys.exit(pytest.main(tests))
"""
Parts = list[tuple[str, dict[str, object]]]


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


def copied(place: Path) -> Path:
    """Return a copy of the project without what is heavy, and with what is compiled already."""
    for part in ("vision", "tests"):
        shutil.copytree(REPOSITORY / part, place / part,
                        ignore=shutil.ignore_patterns("*.pyc.*", "*.pyi"))  # being written
    shutil.copytree(REPOSITORY / "checkpoints", place / "checkpoints",
                    copy_function=lambda old, new: os.symlink(old, new))
    (place / "assets").symlink_to(REPOSITORY / "assets")
    shutil.copy(REPOSITORY / "pyproject.toml", place)
    return place


def follow(tree: Path) -> str:
    """Do literally what the recipes say; one process runs all their commands, looks at the page,
    runs the tests over what there is now, and prints what it sees.
    """
    words = []
    for title in RECIPES:
        files, commands = recipe(title)
        assert files
        for name, content in files.items():
            assert not (tree / name).exists()
            (tree / name).write_text(content, "utf-8")
        for command in map(shlex.split, commands):
            assert command[:3] == ["python", "-m", "vision"]
            words.append(command[3:])
    assert len(words) == 3
    chosen = " or ".join(["tiny", *set().union(*OVER_ALL.values())])
    tests = ["-v", "-p", "no:cacheprovider", "-k", chosen, *COVERED]
    done = subprocess.run([sys.executable, "-c", FOLLOW, json.dumps([words, tests])], cwd=tree,
                          env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Parts, str, list[str]]:
    """What was seen in a copy of the project in which every recipe was followed: its page, a
    lesson there, and the names of the tests over what there is, all of which pass.
    """
    said = follow(copied(tmp_path_factory.mktemp("copy")))
    parts, lesson = json.loads(next(line for line in said.splitlines() if line.startswith("[[")))
    passed = re.findall(r"^(\S+::.*\S) PASSED", said, re.MULTILINE)
    return [(kind, props) for kind, props in parts], lesson, passed


def choices_of(page: Parts, elem_id: str) -> set[str]:
    """Return what a choice of the page offers."""
    props = next(props for _, props in page if props.get("elem_id") == elem_id)
    return {value for _, value in props["choices"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("system", "models", "of_its_own"), [
    ("segmentation", {"tiny", "unet"}, 8), ("gan", {"tiny-shapes", "cgan-mnist"}, 4),
    ("pruning", {"tiny", "vgg16"}, 12),
])
def test_the_recipe_of_a_network_is_all_it_needs(
        followed: tuple[Parts, str, list[str]], system: str, models: set[str], of_its_own: int
        ) -> None:
    """The page offers it, and the tests that run over the registry run on it and pass."""
    page, _, passed = followed
    assert models <= choices_of(page, f"{system}-model")
    names = [name.split("::")[1] for name in passed if system in name.split("::")[0]]
    assert OVER_ALL[system] <= set(names)
    assert len([name for name in names if re.search(r"\[.*tiny.*\]", name)]) >= of_its_own


def test_the_recipe_of_a_tab_brings_it_into_the_page(
        followed: tuple[Parts, str, list[str]]) -> None:
    page, lesson, _ = followed
    assert any(kind == "tabitem" and props.get("id") == "hello" for kind, props in page)
    names = {props.get("elem_id") for _, props in page}
    assert {"hello-go", "hello-said", "hello-paper", "hello-link-copy"} <= names
    assert "greets whoever" in lesson
