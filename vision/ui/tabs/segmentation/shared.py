"""What the parts of the segmentation tab share: which models there are, and painted label maps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.errors import UserError
from vision.segmentation import PEOPLE
from vision.ui import ASSETS
from vision.ui.components.figures import svg
from vision.ui.components.model_choice import ModelShelf
from vision.ui.components.pictures import heat, size_within
from vision.ui.text import language_of, t, words

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model
    from vision.segmentation.measures.metrics import Scores

EXAMPLES = ASSETS / "segmentation"
FIRST = ("unet", "deeplab_v3plus")  # the default is the first of these that ships
SCORED = 20.0  # bytes a pixel of a picture whose labels are compared, and their outlines
YELLOW = (255, 214, 10)
TASKS = {"vnet": "volumes", "ynet": "diagnosis", "wnet": "groups"}  # of cards that do not say it


@dataclass(frozen=True, eq=False)
class View:
    """What the page keeps of one result, no larger than the screen needs."""

    picture: np.ndarray  # uint8 (H, W, 3)
    labels: np.ndarray  # uint8 (H, W)
    truth: np.ndarray | None  # uint8 (H, W)
    classes: tuple[str, ...]
    scores: Scores | None  # of the picture at its full size
    strange: bool = False  # it is no picture of the kind that the model knows


def task_of(path: Path) -> str:
    """Return what a model is for, as its card says: torch and the registry are not needed."""
    card = checkpoints.read_card(path)
    if card.classes == PEOPLE:
        return "portraits"
    return str(card.data.get("task") or TASKS.get(card.arch, "classes"))


BOTH = ModelShelf("segmentation", FIRST,
                  offers=lambda path: task_of(path) in ("classes", "portraits"))
MODELS = BOTH.some(FIRST, lambda path: task_of(path) == "classes")
PORTRAITS = BOTH.some(("portrait-unet-lite0", "portrait-unet"),
                      lambda path: task_of(path) == "portraits",
                      lambda: UserError("no model that can do this ships yet",
                                        "python -m vision segmentation recipes --names {arch}",
                                        arch="portrait-unet-lite0"))


def of_streets(name: str | None) -> str | None:
    """Return a model's name, or that of the first one of streets if it is one of people."""
    return MODELS.first() if name in PORTRAITS.names() else name


def for_task(task: str) -> list[Path]:
    """Return the models that ship for what another part of the tab is about."""
    return [path for path in checkpoints.readable("segmentation") if task_of(path) == task]


def other_model(elem_id: str) -> gr.Dropdown:
    """Build the choice of a model that the tab's own one is compared with."""
    return gr.Dropdown(MODELS.offered(), value=MODELS.first(but=MODELS.first()),
                       label=t("segmentation.against"), info=t("segmentation.against_info"),
                       elem_id=elem_id)


def one_of(found: list[Path], arch: str) -> Model:
    """Return the first of these models, or raise with the command that trains one."""
    if not found:
        raise UserError("no model that can do this ships yet",
                        "python -m vision segmentation train --arch {arch}", arch=arch)
    return MODELS.at(found[0])


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

    return resize_labels(labels, size_within(labels.shape))


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


def heat_over(picture: np.ndarray, values: np.ndarray, opacity: float = 0.8) -> np.ndarray:
    """Return values (H×W in 0…1) as colours, dark to bright, over a faint picture."""
    import cv2

    return cv2.addWeighted(picture, 1 - opacity, heat(values), opacity, 0)


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


def chip(index: int) -> Markup:
    """Return a small square in the colour of a class."""
    from vision.segmentation.labels import COLOURS

    return svg.chip(f"rgb{tuple(map(int, COLOURS[index]))}")


def class_choices(classes: tuple[str, ...], request: gr.Request | None) -> list[Any]:
    """Return classes as choices whose values are their ids."""
    return [(class_name(name, request), index) for index, name in enumerate(classes)]
