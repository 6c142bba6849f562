"""What the parts of the style tab share: example pictures, weights as powers of ten, curves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.errors import UserError
from vision.ui import ASSETS
from vision.ui.components.figures.colours import BLUE, GREEN, GREY, ORANGE
from vision.ui.components.figures.svg import Axes, chip
from vision.ui.components.html import tiles
from vision.ui.components.model_choice import ModelShelf
from vision.ui.shell.files import own
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.style.settings import Weights
    from vision.style.transfer import Frame

PAINTINGS = ASSETS / "style"
PHOTOGRAPHS = ("chelsea.png", "astronaut.png", "coffee.png", "rocket.jpg")  # scikit-image's
OFF = -3  # the lowest power of ten of a weight stands for 0
POWERS = {"content": 0.0, "style": 4.0, "tv": 1.75}  # of the fast preset's weights
COLOURS = {"content": BLUE, "style": ORANGE, "tv": GREEN}
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def photographs() -> list[str]:
    """Return the paths of photographs that come with scikit-image."""
    return own.photographs(PHOTOGRAPHS)


def paintings() -> list[str]:
    """Return the paths of the painted styles."""
    return [str(path) for path in sorted(PAINTINGS.glob("*.jpg"))]


MODELS = ModelShelf(
    "style", ("any-style",), kept=4,
    offers=lambda path: "styles" in checkpoints.read_card(path).data,
    none=lambda: UserError("there is no network yet", "a trained one is accepted",
                           "train one under 'Train your own'"))


def weight(power: float) -> float:
    """Return the weight at a place of a slider, whose lowest end is 0."""
    return 0.0 if power <= OFF else 10.0**power


def power(weight: float) -> float:
    """Return the place of a weight on its slider."""
    return max(math.log10(weight), OFF) if weight else OFF


def weights_of(content: float, style: float, tv: float) -> Weights:
    """Return three weights given as powers of ten."""
    from vision.style.settings import Weights

    return Weights(weight(content), weight(style), weight(tv))


def needed_style(path: str | None) -> str:
    """Return a style picture's path, or raise if there is none."""
    if not path:
        raise UserError("there is no style picture yet", "any picture will do",
                        "upload one or click a painting")
    return path


def facts(frame: Frame, before: int, request: gr.Request | None) -> Markup:
    """Return where a painting stands as a row of tiles."""
    left = say("style.paused", request) if frame.paused else f"{frame.seconds_left:.0f} s"
    losses: dict[str, str] = {chip(COLOURS[name]) + say(f"style.{name}", request):
              f"{value:.2e}" if value and value < 0.01 else f"{value:.2f}"
              for name, value in frame.losses.items()}
    return tiles({say("style.step", request): f"{before + frame.step} / {before + frame.total}",
                  say("style.left", request): left, **losses})


def curves(values: np.ndarray, marks: list[int], total: int, request: gr.Request | None
           ) -> Markup:
    """Return weighted losses (step, 3) over the steps on a log axis, changes of weights marked."""
    import numpy as np

    positive = values[values > 0]
    if not len(positive):
        return Markup()
    low, high = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()) + 1e-9)
    total, low, high = max(total, 2), max(float(low), float(high) - 6), float(high)
    axes = Axes((0, total), (low, high), 300, 160)
    powers = np.arange(low, high + 1, max(1, (high - low) // 4)).tolist()
    columns = dict(zip(COLOURS, values.T, strict=True))
    return axes.picture(
        say("style.curves", request), axes.scale((0, total // 2, total), powers, power_text),
        *(axes.line((step, step), (low, high), GREY, 1.5, "4 3", class_="style-mark")
          for step in marks),
        *(curve(axes, column, COLOURS[name]) for name, column in columns.items()))


def curve(axes: Axes, values: np.ndarray, colour: str) -> Markup:
    """Return a curve, thinned to what the eye can see; a weight of 0 draws nothing."""
    import numpy as np

    steps = np.unique(np.linspace(0, len(values) - 1, min(len(values), 240)).round()).astype(int)
    steps = steps[values[steps] > 0]
    return axes.line(steps + 1, np.log10(values[steps]), colour, 2)


def power_text(exponent: float) -> str:
    """Return a power of ten as it is written."""
    return "10" + f"{exponent:.0f}".translate(RAISED)
