"""A browser on a busy CI machine gets a second try; who needed it is named, and one may.

Where more tests than `MOST` needed it, the tests fail: that is no busy machine, but a race.
"""

from __future__ import annotations

import os

import pytest

NEEDED = pytest.StashKey[list[str]]()
MOST = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NEEDED] = needed = []
    config.pluginmanager.register(Listening(needed))


class Listening:
    """Notes the tests that were tried again; with workers, in the process that hears of all."""

    def __init__(self, needed: list[str]) -> None:
        self.needed = needed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome == "rerun":  # type: ignore[comparison-overlap]
            self.needed.append(report.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if len(session.config.stash[NEEDED]) > MOST and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    needed = terminalreporter.config.stash[NEEDED]
    if not needed:
        return
    many = len(needed) > MOST
    tests = f"{len(needed)} test{'s' * (len(needed) > 1)} needed a second try"
    title = tests + f": more than {MOST} is a failure" * many
    terminalreporter.section(title, sep="!", red=many, bold=True)
    for test in needed:
        terminalreporter.write_line(test)
