"""A pytest plugin that tells what each test costs: `pytest -p tests.plugins.cpu_seconds`.

Seconds of the clock depend on what else the machine does; seconds of its processors hardly do. They
are those of this process and of all it starts, the browser included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator

import psutil
import pytest

SPENT = pytest.StashKey[dict[str, float]]()


def seconds() -> float:
    """Return what this process and all below it have used of the processors so far."""
    own = psutil.Process()
    ended = own.cpu_times()
    total = ended.user + ended.system + ended.children_user + ended.children_system
    for child in own.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    before = seconds()
    answer = yield
    item.config.stash.setdefault(SPENT, {})[item.nodeid] = max(seconds() - before, 0.0)
    return answer


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    spent = terminalreporter.config.stash.get(SPENT, {})
    files: dict[str, float] = defaultdict(float)
    for test, each in spent.items():
        files[test.split("::")[0]] += each
    terminalreporter.section(f"processor seconds: {sum(spent.values()):.0f}")
    for title, table in (("files", files), ("tests", spent)):
        terminalreporter.write_line(f"{title}:")
        for name, each in sorted(table.items(), key=lambda pair: -pair[1])[:40]:
            terminalreporter.write_line(f"{each:8.1f}  {name}")
