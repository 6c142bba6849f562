"""At the end: what was left out and why, each reason once."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    loud = any("Chromium" in reason for reason in reasons)
    terminalreporter.section("BROWSER TESTS WERE LEFT OUT" if loud else "left out",
                             sep="!" if loud else "-", red=loud, bold=loud)
    for why, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} test{'s' * (count > 1)}: {why}")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test was left out, without where it says so."""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    return str(told).removeprefix("Skipped: ")
