"""Styles and scripts of the page: in files of their own, and packed with the modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vision.ui.components.page_files import beside, calling, scroll_to

UI = REPOSITORY / "vision" / "ui"
SIGNS = ("addEventListener", "document.", "window.", "display: ", "!important")


def test_what_stands_beside_a_module_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "look.css").write_text("\na { b: ‘c’ }\n", "utf-8")
    assert beside(str(tmp_path / "module.py"), "look.css") == "a { b: ‘c’ }"


def test_a_function_is_called_with_what_it_is_given() -> None:
    assert calling("(a, b) => a", 'x"', True) == '() => ((a, b) => a)("x\\"", true)'
    assert scroll_to("gan-status").endswith('("gan-status", null)')


def test_no_module_holds_scripts_or_styles_of_its_own() -> None:
    odd = [f"{path.relative_to(UI)}:{node.lineno}" for path in UI.rglob("*.py")
           for node in ast.walk(ast.parse(path.read_text("utf-8")))
           if isinstance(node, ast.Constant) and isinstance(node.value, str)
           and any(sign in node.value for sign in SIGNS)]
    assert odd == []


def test_a_package_holds_every_file_that_the_page_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    setuptools = pytest.importorskip("setuptools")
    monkeypatch.chdir(REPOSITORY)
    project = setuptools.Distribution()
    project.parse_config_files(["pyproject.toml"])
    project.include_package_data = False  # what a manifest adds is not looked for
    build = project.get_command_obj("build_py")
    build.ensure_finalized()
    packed = {Path(folder, name) for _, folder, _, names in build.data_files for name in names}
    needed = {path.relative_to(REPOSITORY) for path in UI.rglob("*") if path.suffix in (
        ".css", ".html", ".js", ".json", ".md")}
    packed = {path.resolve().relative_to(REPOSITORY) for path in packed}
    assert len(needed) > 60 and packed >= needed
