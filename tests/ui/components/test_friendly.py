"""What a visitor is told of a mistake."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from vision.ui.components.friendly import told_of


@pytest.mark.parametrize(("language", "title"), [
    ("en", "Error"), ("zh-CN", "出错了"), ("pt-BR", "Erro")])
def test_a_message_speaks_the_readers_language_in_its_title_too(language: str, title: str) -> None:
    request: Any = SimpleNamespace(headers={"accept-language": language})
    assert told_of(MemoryError(), request).title == title
