"""What the parts of the segmentation tab share: which models there are, and painted label maps."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import UserError
from vision.ui import ASSETS
from vision.ui.components import model_choice
from vision.ui.components.pictures import LONGEST_SIDE
from vision.ui.text import language_of, words

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model
    from vision.segmentation.metrics import Scores

EXAMPLES = ASSETS / "segmentation"
FIRST = ("unet", "deeplab_v3plus")  # the default is the first of these that ships
YELLOW = (255, 214, 10)
VOLUMES, TISSUE, GROUPS = ("vnet",), ("ynet",), ("wnet",)  # each has a part of the tab


@dataclass(frozen=True, eq=False)
class View:
    """What the page keeps of one result, no larger than the screen needs."""

    picture: np.ndarray  # uint8 (H, W, 3)
    labels: np.ndarray  # uint8 (H, W)
    truth: np.ndarray | None  # uint8 (H, W)
    classes: tuple[str, ...]
    scores: Scores | None  # of the picture at its full size


@functools.lru_cache(maxsize=8)
def model_at(path: Path, changed: float) -> Model:
    """Return a checkpoint's model, loaded once for each version of the file."""
    from vision.segmentation.predict import load

    return load(path)


def path_of(name: str, own: str | None) -> Path:
    """Return the file of a model; `own` is the one this session has trained."""
    return model_choice.path_of("segmentation", name, own, names())


def open_model(name: str, own: str | None = None) -> Model:
    """Return the model of that name."""
    path = path_of(name, own)
    return model_at(path, checkpoints.version(path))


def names() -> list[str]:
    """Return the names of the models that ship."""
    return [path.stem for path in checkpoints.readable("segmentation")]


def for_streets() -> list[str]:
    """Return the names of the models that ship and name the classes of streets."""
    return [name for name in names() if arch_of(name) not in (*VOLUMES, *TISSUE, *GROUPS)]


def first() -> str | None:
    """Return the model that is chosen at first."""
    known = for_streets()
    return next((name for name in FIRST if name in known), known[0] if known else None)


def second() -> str | None:
    """Return the model that is compared with the first at first, another one if there is one."""
    others = [name for name in for_streets() if name != first()]
    return next((name for name in FIRST if name in others), others[0] if others else first())


def arch_of(name: str) -> str:
    """Return the architecture of a model that ships, read from its card alone."""
    return checkpoints.read_card(path_of(name, None)).arch


def that_ship(*archs: str) -> list[str]:
    """Return the names of the models that ship and have one of these architectures."""
    return [name for name in names() if arch_of(name) in archs]


def one_that_ships(*archs: str) -> Model:
    """Return a model of these architectures, or raise with the command that trains one."""
    found = that_ship(*archs)
    if not found:
        raise UserError("no model that can do this ships yet",
                        "python -m vision segmentation train --arch {arch}", arch=archs[0])
    return open_model(found[0])


def examples() -> list[list[str]]:
    """Return the shipped scenes with their ground truth."""
    return [[str(path), str(path.with_name(f"{path.stem}-labels.png"))]
            for path in sorted(EXAMPLES.glob("street-?.png"))]


def class_name(name: str, request: gr.Request | None) -> str:
    """Return a class in the reader's language if it is one of ours, else as it is."""
    return words(language_of(request)).get(f"segmentation.class.{name}", name)


def labels_for_screen(labels: np.ndarray) -> np.ndarray:
    """Return labels no larger than the screen needs."""
    from vision.images import resize_labels

    scale = min(1.0, LONGEST_SIDE / max(labels.shape))
    return resize_labels(labels, (round(labels.shape[0] * scale), round(labels.shape[1] * scale)))


def paint(labels: np.ndarray) -> np.ndarray:
    """Return labels in the colours of their classes, void black."""
    from vision.images import colourise
    from vision.segmentation.labels import COLOURS

    return colourise(labels, COLOURS)


def laid_over(picture: np.ndarray, labels: np.ndarray, opacity: float = 0.6,
              shown: list[int] | None = None) -> np.ndarray:
    """Return the colours of the shown classes, or of all, over their picture."""
    import numpy as np

    from vision.images import overlay

    mixed = overlay(picture, paint(labels), opacity)
    if shown is None:
        return mixed
    return np.where(np.isin(labels, shown)[..., None], mixed, picture)


def errors(picture: np.ndarray, truth: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return the picture in grey with right pixels calm, wrong ones red and void ones dark."""
    import numpy as np

    from vision.segmentation.labels import VOID

    kinds = np.where(truth == VOID, 2, truth != prediction)
    grey = picture.mean(2, keepdims=True)  # (H, W, 1)
    tint = np.array([(150, 160, 170), (235, 30, 40), (20, 20, 24)])[kinds]  # (H, W, 3)
    return (0.35 * grey + 0.65 * tint).astype(np.uint8)


def lit(picture: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the picture dark and grey, with some pixels (bool H×W) in bright yellow."""
    import numpy as np

    dark = (0.4 * picture.mean(2, keepdims=True)).repeat(3, 2)  # (H, W, 3)
    return np.where(where[..., None], np.array(YELLOW), dark).astype(np.uint8)


def chip(index: int) -> str:
    """Return a small square in the colour of a class."""
    from vision.segmentation.labels import COLOURS

    return (f'<span class="lab-chip" style="background:rgb{tuple(map(int, COLOURS[index]))}">'
            "</span>")


def class_choices(classes: tuple[str, ...], request: gr.Request | None) -> list[Any]:
    """Return classes as choices whose values are their ids."""
    return [(class_name(name, request), index) for index, name in enumerate(classes)]
