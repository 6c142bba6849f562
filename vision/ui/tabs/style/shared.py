"""What the parts of the style tab share: example pictures, weights as powers of ten, curves."""

from __future__ import annotations

import html
import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import UserError
from vision.ui import ASSETS
from vision.ui.components.colours import BLUE, GREEN, GREY, ORANGE
from vision.ui.components.html import tiles
from vision.ui.components.model_choice import ModelShelf
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.style.settings import Weights
    from vision.style.transfer import Frame

PAINTINGS = ASSETS / "style"
PHOTOGRAPHS = ("chelsea.png", "astronaut.png", "coffee.png", "rocket.jpg")  # scikit-image's
OFF = -3  # the lowest power of ten of a weight stands for 0
POWERS = {"content": 0.0, "style": 4.0, "tv": 1.0}  # of the fast preset's weights
COLOURS = {"content": BLUE, "style": ORANGE, "tv": GREEN}
WIDTH, HEIGHT, LEFT, RIGHT, ABOVE, BELOW = 560, 190, 46, 8, 8, 22


def photographs() -> list[str]:
    """Return the paths of photographs that come with scikit-image."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "data"
    return [str(folder / name) for name in PHOTOGRAPHS if (folder / name).is_file()]


def paintings() -> list[str]:
    """Return the paths of the painted styles."""
    return [str(path) for path in sorted(PAINTINGS.glob("*.jpg"))]


MODELS = ModelShelf(
    "style", kept=4, offers=lambda path: checkpoints.read_card(path).arch == "forward",
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


def facts(frame: Frame, before: int, request: gr.Request | None) -> str:
    """Return where a painting stands as a row of tiles."""
    left = say("style.paused", request) if frame.paused else f"{frame.seconds_left:.0f} s"
    return tiles({say("style.step", request): f"{before + frame.step} / {before + frame.total}",
                  say("style.left", request): left,
                  **{say(f"style.{name}", request): f"{value:.2e}" if value and value < 0.01
                     else f"{value:.2f}" for name, value in frame.losses.items()}})


def curves(values: np.ndarray, marks: list[int], total: int, request: gr.Request | None) -> str:
    """Return weighted losses (step, 3) over the steps on a log axis, changes of weights marked."""
    import numpy as np

    positive = values[values > 0]
    if not len(positive):
        return ""
    low, high = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()) + 1e-9)
    scale = Axes(total, max(float(low), float(high) - 6), float(high))
    shapes = [scale.grid(), *(scale.mark(step) for step in marks)]
    names = dict(zip(COLOURS, values.T, strict=True))
    shapes += [scale.line(column, COLOURS[name]) for name, column in names.items()]
    legend = "".join(
        f'<span><span class="lab-chip" style="background:{colour}"></span>'
        f'{html.escape(say(f"style.{name}_loss", request))}</span>'
        for name, colour in COLOURS.items())
    return (f'<svg role="img" aria-label="{html.escape(say("style.curves", request))}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;height:auto;display:block">'
            f'{"".join(shapes)}</svg><div style="display:flex;flex-wrap:wrap;gap:.2rem 1rem">'
            f"{legend}</div>")


class Axes:
    """Steps from left to right, powers of ten from below."""

    def __init__(self, total: int, low: float, high: float) -> None:
        self.total, self.low, self.high = max(total, 2), low, high

    def across(self, step: float) -> float:
        """Return where a step lies."""
        return LEFT + (WIDTH - LEFT - RIGHT) * step / self.total

    def up(self, exponent: Any) -> Any:
        """Return where powers of ten lie; what is too low lies at the bottom."""
        share = (exponent - self.low) / (self.high - self.low)
        return HEIGHT - BELOW - (HEIGHT - ABOVE - BELOW) * share.clip(0, 1)

    def line(self, values: np.ndarray, colour: str) -> str:
        """Return a curve, thinned to what the eye can see; a weight of 0 draws nothing."""
        import numpy as np

        steps = np.unique(np.linspace(0, len(values) - 1, min(len(values), 240)).round()).astype(
            int)
        steps = steps[values[steps] > 0]
        heights = self.up(np.log10(values[steps]))
        points = " ".join(f"{self.across(step + 1):.1f},{height:.1f}"
                          for step, height in zip(steps, heights, strict=True))
        return (f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
                'stroke-linejoin="round"/>')

    def mark(self, step: int) -> str:
        """Return a dashed line where other weights began to hold."""
        return (f'<path class="style-mark" d="M{self.across(step):.1f} {ABOVE}V{HEIGHT - BELOW}" '
                f'stroke="{GREY}" stroke-width="1.5" stroke-dasharray="4 3"/>')

    def grid(self) -> str:
        """Return the lines and the numbers."""
        import numpy as np

        parts = []
        for exponent in np.arange(self.low, self.high + 1, max(1, (self.high - self.low) // 4)):
            height = float(self.up(exponent))
            parts += [f'<path d="M{LEFT} {height:.1f}H{WIDTH - RIGHT}" stroke="{GREY}" '
                      'stroke-opacity=".25"/>', text(LEFT - 6, height + 4, power_text(exponent))]
        for step in (0, self.total // 2, self.total):
            anchor = "start" if step == 0 else "end" if step == self.total else "middle"
            parts.append(text(self.across(step), HEIGHT - 5, str(step), anchor))
        return "".join(parts)


def power_text(exponent: float) -> str:
    """Return a power of ten as SVG writes it."""
    return f'10<tspan dy="-4" font-size="9">{int(exponent)}</tspan>'


def text(x: float, y: float, words: str, anchor: str = "end") -> str:
    """Return a small text."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" '
            f'fill="{GREY}">{words}</text>')
