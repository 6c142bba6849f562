"""Who may import whom, read from the source; and what importing costs, seen in a fresh process."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = {"ui", "channels", "data", "files", "training"}  # packages that are no systems
FILES = sorted(
    path for path in [REPOSITORY / "app.py", *(REPOSITORY / "vision").rglob("*.py")]
    if path.is_file())
SYSTEMS = sorted({path.relative_to(REPOSITORY / "vision").parts[0] for path in FILES
                  if path.is_relative_to(REPOSITORY / "vision")
                  and len(path.relative_to(REPOSITORY / "vision").parts) > 1} - SHARED)


def module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, package: str) -> set[str]:
    """Every module that a source text imports, as absolute dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join([*base, *([node.module] if node.module else [])])
            start = start if node.level else str(node.module)
            found |= {start} | {f"{start}.{alias.name}" for alias in node.names}
    return found


@cache
def imports_of(path: Path) -> frozenset[str]:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return frozenset(imported(path.read_text(encoding="utf-8"), package))


MODULES = {module_name(path): path for path in FILES}


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def breaches(files: list[Path], *forbidden: str) -> list[str]:
    return [f"{module_name(path)} imports {name}" for path in files for name in imports_of(path)
            if inside(name, *forbidden)]


def system_files(system: str, *names: str) -> list[Path]:
    folder = REPOSITORY / "vision" / system
    return [path for path in FILES if path.is_relative_to(folder)
            and (not names or path.relative_to(folder).parts[0].removesuffix(".py") in names)]


def test_the_reader_of_imports_sees_every_form() -> None:
    source = ("import gradio as gr\nfrom .models import unet\nfrom . import data\n"
              "def f():\n    from ..gan import train\n")
    assert imported(source, "vision.segmentation") == {
        "gradio", "vision.segmentation.models", "vision.segmentation.models.unet",
        "vision.segmentation", "vision.segmentation.data", "vision.gan", "vision.gan.train"}
    assert "segmentation" in SYSTEMS and len(FILES) > 20


def test_only_the_page_imports_gradio() -> None:
    core = [path for path in FILES if not inside(module_name(path), "app", "vision.ui")]
    assert breaches(core, "gradio", "gradio_client", "spaces", "vision.ui", "app") == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_systems_do_not_import_each_other(system: str) -> None:
    others = [f"vision.{other}" for other in SYSTEMS if other != system]
    assert breaches(system_files(system), *others) == []


def test_the_shared_core_imports_no_system() -> None:
    vision = REPOSITORY / "vision"
    core = [path for path in FILES
            if path.parent in (vision, *(vision / name for name in SHARED - {"ui"}))]
    assert vision / "data" / "datasets.py" in core
    assert breaches(core, *(f"vision.{system}" for system in SYSTEMS)) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_models_import_torch_the_registry_and_the_public_body_only(system: str) -> None:
    files = system_files(system, "models")
    allowed = ("torch", "torchvision", "vision.registry", "vision.efficientnet_lite",
               f"vision.{system}.models",
               *sys.stdlib_module_names)
    odd = [f"{module_name(path)} imports {name}" for path in files for name in imports_of(path)
           if not inside(name, *allowed)]
    assert odd == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_data_never_imports_models(system: str) -> None:
    assert breaches(system_files(system, "data"), f"vision.{system}.models") == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_predict_never_imports_train(system: str) -> None:
    assert breaches(system_files(system, "predict"), f"vision.{system}.train") == []


def uses(path: Path) -> set[str]:
    """Our modules that a module imports anywhere, for types only and inside functions as well;
    the packages around what is named do not count."""
    name, found = module_name(path), set()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for alias in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []:
            one = (ast.Import([alias]) if isinstance(node, ast.Import)
                   else ast.ImportFrom(node.module, [alias], node.level))
            found.add(max((each for each in imported(ast.unparse(one), package)
                           if each in MODULES), key=len, default=""))
    return found - {"", name}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: uses(path) for name, path in MODULES.items()}
    assert "vision.ui.components.html" in graph["vision.ui.components.class_links.class_link"]
    list(TopologicalSorter(graph).static_order())  # raises with the circle if there is one


def test_only_infrared_loads_torchvision_before_it_is_used() -> None:
    """It takes seconds of each program's beginning."""
    others = [path for path in FILES if not path.is_relative_to(REPOSITORY / "vision" / "infrared")]
    early = {module_name(path) for path in others
             for node in ast.parse(path.read_text(encoding="utf-8")).body
             if isinstance(node, (ast.Import, ast.ImportFrom))
             and any(inside(name, "torchvision") for name in imported(ast.unparse(node), ""))}
    assert early == set()


def test_importing_the_core_loads_no_gradio_and_starts_nothing() -> None:
    names = [module_name(path) for path in FILES
             if not inside(module_name(path), "app", "vision.ui", "vision.__main__")]
    program = f"""
import importlib, json, sys, threading
sys.argv = ["anything", "--nonsense"]
for name in {names!r}:
    importlib.import_module(name)
import torch
loaded = [1 for thing in __import__("gc").get_objects() if isinstance(thing, torch.nn.Module)]
print(json.dumps([[n for n in sys.modules if n.split(".")[0] in ("gradio", "gradio_client")],
                  threading.active_count(), len(loaded)]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    gradio, threads, modules = json.loads(done.stdout.splitlines()[-1])
    assert gradio == [] and threads == 1 and modules == 0


@pytest.mark.skipif(sys.platform != "linux", reason="OpenMP tells its settings where it is GNU's")
def test_torchs_threads_sleep_while_they_wait() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run([sys.executable, "-c", "import vision, torch; torch.ones(9).sum()"],
                          env={**environment, "OMP_DISPLAY_ENV": "TRUE"}, cwd=REPOSITORY,
                          capture_output=True, text=True, timeout=300, check=True)
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in done.stderr


def test_nothing_in_a_package_is_called_like_one_of_its_modules() -> None:
    """Importing the module would put itself in the place of a function of that name."""
    clashes = []
    for path in FILES:
        if path.name == "__init__.py":
            inside_it = {other.stem for other in path.parent.glob("*.py")} | {
                other.parent.name for other in path.parent.glob("*/__init__.py")}
            defined = {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body
                       if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
            clashes += [f"{module_name(path)}.{name}" for name in defined & inside_it]
    assert clashes == []
