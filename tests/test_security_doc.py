"""docs/security.md promises only what a test holds, and names every limit with its default."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from tests.conftest import REPOSITORY
from vision.ui.server.limits import Limits, variable

TEXT = (REPOSITORY / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


@pytest.mark.parametrize("file, test", NAMED, ids=[test for _, test in NAMED])
def test_each_test_that_is_named_is_there(file: str, test: str) -> None:
    source = (REPOSITORY / file).read_text("utf-8")
    assert re.search(rf"^(async )?def {test}\(", source, re.MULTILINE)


def test_each_promise_names_a_test() -> None:
    told = TEXT.partition("## Who can read what")[2].partition("These variables")[0]
    promises = re.findall(r"^- .*(?:\n  .*)*", told, re.MULTILINE)
    assert len(promises) > 25 and len(NAMED) > 30 and "\n| " not in told
    without = [promise for promise in promises if "::test_" not in promise]
    assert len(without) == 1 and "no accounts" in without[0]


def test_each_limit_is_told_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(VISION_\w+)` \| ([^|]*) \|", TEXT, re.MULTILINE))
    assert told == {variable(field.name): str(field.default) or "(none)"
                    for field in fields(Limits)}
