"""A tiny extractor with random weights in place of the one that ships."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.style.sights import extractor
from vision import checkpoints
from vision.style.features import extractor as extractors

PATHS = (Path,)


@contextmanager
def tiny_extractor(folder: Path) -> Iterator[None]:
    """Let both networks that ship be a checkpoint with an eighth of the channels."""
    card = checkpoints.Card("style", "vgg19", {"size": "compact"})
    path = checkpoints.save(folder / "vgg19.safetensors", extractor(), card)
    with patch.object(extractors, "BUNDLED", path), patch.object(extractors, "SLIM", path):
        yield
