"""A file that many ask for is written once, and each gets one of his own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vision import checkpoints
from vision.ui.shell.answers import shared as shared_answers
from vision.ui.shell.answers.cache import AnswerCache
from vision.ui.shell.answers.written import written_once


def test_each_gets_a_file_of_his_own_with_what_one_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_answers, "ANSWERS", AnswerCache())
    places: list[Path] = []

    def write(path: Path) -> str:
        places.append(path)
        path.write_bytes(b"content")
        return "told"

    asked: dict[str, Any] = {"request": SimpleNamespace(session_hash="a"),
                             "models": checkpoints.shipped("gan")[:1]}
    (first, told), (again, same) = (written_once("kind", "a.txt", write, 1, **asked)
                                    for _ in range(2))
    assert (first.name, told) == (again.name, same) == ("a.txt", "told") and first != again
    first.unlink()  # each may go by itself
    assert again.read_bytes() == b"content" and len(places) == 1 and not places[0].exists()
    written_once("kind", "b.txt", write, 1, **asked)
    written_once("kind", "a.txt", write, 2, **asked)
    assert len(places) == 3
