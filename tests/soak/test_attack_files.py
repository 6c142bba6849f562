"""The files that the soak attacks with: whatever reads them gives a sentence or an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.soak.attacks_input import FILES
from vision.data.checked_zip import checked_zip
from vision.errors import UserError
from vision.images import read_picture
from vision.infrared.classes import CLASSES
from vision.infrared.labels.formats import Wanted, read_labels
from vision.pruning.foreign import load_foreign
from vision.segmentation.readers import own

SIZE = (480, 640)
READERS: dict[str, Callable[[Path], Any]] = {
    ".png": lambda path: read_picture(path, 640), ".eps": read_picture,
    ".zip": lambda path: own(checked_zip(path), "train"), ".safetensors": load_foreign,
    ".json": lambda path: read_labels(path, SIZE, CLASSES, Wanted("a.png", SIZE, SIZE)),
    ".txt": lambda path: read_labels(path, SIZE, CLASSES)}
HARMLESS = {"39-megapixels.png"}  # read, in little memory


@pytest.mark.parametrize("name", FILES)
def test_an_attacks_file_gets_one_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    if name in HARMLESS:
        assert max(READERS[path.suffix](path).shape) == 640
        return
    with pytest.raises(UserError) as caught:
        READERS[path.suffix](path)
    assert len(str(caught.value)) < 500 and "\n" not in str(caught.value)
