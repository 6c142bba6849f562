"""One pytest session that collects once, and tries each mutant in a fork of itself.

A mutant of what runs at import is run over the module in its fork. Only tests that pass where the
module as it is was run over itself may notice it so; if none does, a session of its own decides,
in a fork of a process that has imported everything but this project.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.forks import Work, in_forks
from tests.mutants.mutations import Mutant
from tests.mutants.swap import REPOSITORY, Replacement, functions_of, put_into, run_again

FLAGS = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:rerunfailures",
         "--tb=no", "--assert=plain",  # nobody reads why: half of a fork's time
         "-m", "not browser and not data", "--rootdir", str(REPOSITORY)]
LONGEST = 1.5  # seconds of processor; what only a slower test would notice counts as unnoticed
AGAIN = 99  # the code of a fork whose mutant does not fit into functions
FOREIGN = ("torch", "torchvision", "numpy", "scipy", "skimage", "cv2", "PIL", "matplotlib",
           "pycocotools", "safetensors", "accelerate", "torchmetrics")


@dataclass
class Findings:
    """What the tests do to a file as it is, and how each of its mutants ended."""

    lines: dict[str, list[int]] = field(default_factory=dict)  # that each test runs
    seconds: dict[str, float] = field(default_factory=dict)
    steady: list[str] = field(default_factory=list)  # those that pass with the module run again
    modules: list[str] = field(default_factory=list)  # of others, that the tests import
    ends: list[int] = field(default_factory=list)

    def reaching(self, mutant: Mutant) -> list[str]:
        """Return the tests that run a mutant's line, the quickest first, without slow ones."""
        found = [test for test, lines in self.lines.items()
                 if (mutant.at_import or mutant.line in lines) and self.seconds[test] <= LONGEST]
        return sorted(found, key=lambda test: self.seconds[test])

    def limit(self, tests: list[str]) -> float:
        """Return how many seconds of processor these tests may need before a mutant is stuck."""
        return 5 + 5 * sum(self.seconds[test] for test in tests)


def try_mutants(name: str, path: Path, tests: list[str], made: list[Mutant], places: int
                ) -> list[int]:
    """Return for each mutant 0 if all its tests pass, else how they ended."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "findings.json")
        loop = Session(path, made, places, report)
        if in_forks([(lambda: pytest.main([*FLAGS, *tests], plugins=[loop]), 7200)]) != [0]:
            raise SystemExit(f"{', '.join(tests)} do not pass before any change")
        findings = Findings(**json.loads(report.read_text()))
    bring(findings.modules)
    again = [number for number, end in enumerate(findings.ends) if end == AGAIN]
    ends = in_forks((alone(name, path, tests, made[number], findings) for number in again), places)
    for number, end in zip(again, ends, strict=True):
        findings.ends[number] = end
    return findings.ends


class Session:
    """A plugin that runs the tests once as they are, then each mutant's in a fork."""

    def __init__(self, path: Path, made: list[Mutant], places: int, report: Path) -> None:
        self.path, self.made, self.places, self.report = path, made, places, report
        self.findings, self.functions = Findings(), list[FunctionType]()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or self._look(session.items):  # here, so that forks find it warm
            session.testsfailed = 1
            return True
        if any(mutant.at_import for mutant in self.made):
            in_forks([(lambda: self._look_again(session.items), 1800)])
            self.findings = Findings(**json.loads(self.report.read_text()))
        self.functions = functions_of(self.path)
        gc.freeze()  # so that no fork copies the memory of what it does not change
        gc.disable()
        self.findings.ends = in_forks((self._work(mutant, session.items) for mutant in self.made),
                                      self.places)
        self.report.write_text(json.dumps(asdict(self.findings)))
        return True

    def _look(self, items: list[pytest.Item]) -> int:
        """Run every test and note which lines of the file it runs."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            start = time.process_time()
            with traced(self.path) as lines:
                passed = passes(item, following)
            if not passed:
                return 1
            self.findings.lines[item.nodeid] = sorted(lines)
            if LONGEST < time.process_time() - start < 4 * LONGEST:  # once more, all imported
                start = time.process_time()
                passes(item, following)
            self.findings.seconds[item.nodeid] = time.process_time() - start
        self.findings.modules = [name for name in sys.modules if name.split(".")[0] in FOREIGN]
        self.report.write_text(json.dumps(asdict(self.findings)))
        return 0

    def _look_again(self, items: list[pytest.Item]) -> int:
        """Run the module over itself and note which of the quick tests still pass."""
        run_again(self.path, ast.parse(self.path.read_text("utf-8")))
        quick = [item for item in items if self.findings.seconds[item.nodeid] <= LONGEST]
        self.findings.steady = [item.nodeid for item, following
                                in zip(quick, [*quick[1:], None], strict=True)
                                if passes(item, following)]
        self.report.write_text(json.dumps(asdict(self.findings)))
        return 0

    def _work(self, mutant: Mutant, items: list[pytest.Item]) -> Work:
        """Return what a fork does for a mutant."""
        reaching = [test for test in self.findings.reaching(mutant)
                    if not mutant.at_import or test in self.findings.steady]
        by_name = {item.nodeid: item for item in items}
        chosen = [by_name[test] for test in reaching]

        def work() -> int:
            try:
                if mutant.at_import:
                    run_again(self.path, mutant.code)
                else:
                    put_into(self.functions, self.path, mutant.code)
            except ValueError:
                return AGAIN
            passed = all(passes(item, following) for item, following
                         in zip(chosen, [*chosen[1:], None], strict=True))
            return (AGAIN if mutant.at_import else 0) if passed else 1

        return work, self.findings.limit(reaching)


def bring(modules: Iterable[str]) -> None:
    """Import here, once, what each fork would import."""
    for module in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(module)


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test and return whether it passed or was left out."""
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


@contextlib.contextmanager
def traced(path: Path) -> Any:
    """Yield a set that fills with the lines of a file that run."""
    lines: set[int] = set()

    def inside(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        lines.add(frame.f_lineno)
        return inside

    def enter(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        return inside(frame, event, _) if frame.f_code.co_filename == str(path) else None

    sys.settrace(enter)
    try:
        yield lines
    finally:
        sys.settrace(None)


class Chosen:
    """A plugin that keeps some tests in their order, and those that only a mutant brings."""

    def __init__(self, tests: list[str], known: set[str]) -> None:
        self.order, self.known = {test: place for place, test in enumerate(tests)}, known

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items
                           if item.nodeid in self.order or item.nodeid not in self.known),
                          key=lambda item: self.order.get(item.nodeid, -1))


def alone(name: str, path: Path, tests: list[str], mutant: Mutant, findings: Findings) -> Work:
    """Return what a fork does for a mutant that a session of its own imports."""
    reaching = findings.reaching(mutant)

    def work() -> int:
        sys.meta_path.insert(0, Replacement(name, path, mutant.code))
        return pytest.main([*FLAGS, "-x", *tests],
                           plugins=[Chosen(reaching, set(findings.lines))])

    return work, findings.limit(reaching) + 30


