"""Fewer drawings than there are, as to make them all takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from vision.pruning import data


@contextmanager
def few_drawings(train: int = 400, test: int = 100) -> Iterator[None]:
    """Let the drawings be so many in each split."""
    fewer = {name: {"train": (each["train"][0], train), "test": (each["test"][0], test)}
             for name, each in data.DRAWN.items()}
    data.open_pictures.cache_clear()
    with patch.object(data, "DRAWN", fewer):
        yield
    data.open_pictures.cache_clear()
