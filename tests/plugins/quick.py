"""`--quick`: only the tests that build no model, open no page and start no process.

A test file says so itself, by what it and the helpers beside it import, and a test by the fixtures
that it asks for. Files that are left out are not even imported, as this takes half a minute.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
HEAVY_FIXTURES = {"app_url", "browser", "chromium", "cli", "tiny_checkpoint"}
HEAVY_MODULES = {"gradio", "gradio_client", "playwright", "subprocess", "accelerate"}
HEAVY_NAMES = {"models", "train", "predict", "ui", "evaluate", "training", "checkpoints",
               "ARCHITECTURES"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help=__doc__.splitlines()[0])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over files that import something heavy, and folders that hold nothing else."""
    if not config.getoption("--quick"):
        return None
    files = (collection_path.rglob("test_*.py") if collection_path.is_dir()
             else [collection_path] if collection_path.match("test_*.py") else [])
    return all(map(imports_heavy, files)) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--quick"):
        slow = [item for item in items if heavy(item)]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def heavy(item: pytest.Item) -> bool:
    """Return whether a test needs more than numbers and files."""
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & HEAVY_FIXTURES) or imports_heavy(item.path)


@functools.cache
def imports_heavy(file: Path) -> bool:
    """Return whether a file, or a helper of the tests that it imports, imports something heavy."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        names = {part for name in imported(node) for part in name.split(".")}
        if names & HEAVY_MODULES or ("vision" in names and names & HEAVY_NAMES):
            return True
        helpers = [helper for name in imported(node) for helper in places(file, name)]
        if any(imports_heavy(helper) for helper in helpers):
            return True
    return False


def imported(node: ast.AST) -> list[str]:
    """Return the dotted names that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def places(file: Path, name: str) -> list[Path]:
    """Return the files of the tests that an imported name stands for."""
    parts = name.split(".")[:-1]
    candidates = [TESTS.parent.joinpath(*parts), file.parent.joinpath(*parts)]
    return [path.with_suffix(".py") for path in candidates
            if parts and parts != ["tests", "conftest"] and path.with_suffix(".py").is_file()
            and path.with_suffix(".py") != file and TESTS in path.parents]
