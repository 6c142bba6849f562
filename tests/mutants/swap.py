"""Put a mutant in the place of a module: into its functions, once more over it, or before it is
imported.
"""

from __future__ import annotations

import ast
import gc
import importlib.util
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = (str(REPOSITORY / "vision"), str(REPOSITORY / "tests"))


def functions_of(path: Path) -> list[FunctionType]:
    """Return every function that came from a file, wherever it is used."""
    return [thing for thing in gc.get_objects() if isinstance(thing, FunctionType)
            and thing.__code__.co_filename == str(path)]


def put_into(functions: list[FunctionType], path: Path, tree: ast.Module) -> None:
    """Give functions of a file the code that they have in a tree.

    Raises ValueError where one no longer closes over the same names.
    """
    fresh = dict(_codes(compile(tree, str(path), "exec")))
    for function in functions:
        code = fresh.get(_key(function.__code__))
        if code is not None:
            function.__code__ = code


def _codes(code: CodeType) -> list[tuple[tuple[str, int], CodeType]]:
    """Return the code of a file and of all that is defined in it, by name and line."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return [(_key(code), code)] + [pair for part in inner for pair in _codes(part)]


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def run_again(path: Path, tree: ast.Module) -> None:
    """Run a tree in the module that came from a file, and give all who import it what it made."""
    ours = {str(part.__file__): part for part in list(sys.modules.values())
            if (getattr(part, "__file__", None) or "").startswith(OURS)}
    module = ours.pop(str(path))
    before = dict(vars(module))
    exec(compile(tree, str(path), "exec"), vars(module))
    for other in ours.values():
        for name, thing in before.items():
            if not name.startswith("__") and vars(other).get(name, other) is thing:
                vars(other)[name] = vars(module)[name]


class Replacement(SourceFileLoader):
    """Finds and imports one module from a syntax tree instead of from its file."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        super().__init__(name, str(path))
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec")

    def find_spec(self, name: str, path: object = None, target: object = None
                  ) -> ModuleSpec | None:
        """Answer as a finder for this one module."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)
