"""What may be chosen before a picture is painted, and the choices that have a name."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from vision.errors import UserError, unknown
from vision.options import LARGEST_SEED, option, within

LAYERS = {0: "conv1_1", 2: "conv1_2", 5: "conv2_1", 7: "conv2_2", 10: "conv3_1", 12: "conv3_2",
          14: "conv3_3", 16: "conv3_4", 19: "conv4_1", 21: "conv4_2", 23: "conv4_3",
          25: "conv4_4", 28: "conv5_1"}  # by their numbers in torchvision's `vgg19().features`
LEARNING_RATES = {"adam": 0.01, "lbfgs": 1.0}
STARTS = ("content", "noise", "style")
COLOURS = ("style", "luminance", "matched")
POOLINGS = ("max", "average")
PRECISIONS = ("auto", "bf16", "fp32")
SMALLEST, LARGEST = 64, 2400  # of a longest side
MARGINS = (0, 31)  # less than the shortest side, so that it can be mirrored
PASSES = "a longest side, a number of steps and a decay for each pass are accepted"


@dataclass(frozen=True)
class Weights:
    """How much each loss counts; may be changed while a picture is painted."""

    content: float = 1.0
    style: float = 1000.0
    tv: float = 10.0

    def __post_init__(self) -> None:
        within(self, content=(0, 1e9), style=(0, 1e9), tv=(0, 1e9))
        if not self.content + self.style + self.tv:
            raise UserError("all weights are 0", "at least one above 0 is accepted",
                            "raise one of them")

    def as_tuple(self) -> tuple[float, float, float]:
        """Return them in the order of the losses."""
        return self.content, self.style, self.tv


@dataclass(frozen=True)
class Settings:
    """How a picture is painted; `sides`, `steps` and `decay_every` have a value for each pass."""

    content_weight: float = option(1.0, "weight of the content loss")
    style_weight: float = option(1000.0, "weight of the style loss")
    tv_weight: float = option(10.0, "weight of the total variation loss, which smooths")
    sides: tuple[int, ...] = option((300,), "longest side of each pass, coarse to fine")
    steps: tuple[int, ...] = option((150,), "steps of each pass")
    decay_every: tuple[int, ...] = option((60,), "steps after which the rate falls to a tenth")
    optimizer: str = option("adam", "the optimizer", lambda: list(LEARNING_RATES))
    learning_rate: float | None = option(None, "its rate; none is 0.01 for adam, 1 for lbfgs")
    start: str = option("content", "what the picture begins as", lambda: list(STARTS))
    content_layers: tuple[int, ...] = option((25,), "layers that keep the content")
    style_layers: tuple[int, ...] = option((0, 5, 10, 19, 28), "layers that hold the style")
    style_layer_weights: tuple[float, ...] = option((), "weight of each style layer; none is 1")
    style_scale: float = option(1.0, "size of the style picture beside the content, as a factor")
    blend: float = option(0.5, "share of the second style, if there are two")
    colours: str = option("style", "whose colours: the style's, the content's luminance only, or "
                          "a style matched to the content", lambda: list(COLOURS))
    pooling: str = option("max", "how the network shrinks; average leaves fewer checkerboards",
                          lambda: list(POOLINGS))
    margin: int = option(8, "pixels by which the canvas goes on, mirrored, beyond each edge")
    seed: int = option(0, "seed of the noise")
    precision: str = option("auto", "auto, bf16 or fp32", lambda: list(PRECISIONS))

    def __post_init__(self) -> None:
        self._check_names()
        self._check_passes()
        self._check_layers()
        within(self, style_scale=(0.1, 4), blend=(0, 1), margin=MARGINS,
               seed=(0, LARGEST_SEED))
        check_number("learning_rate", self.rate, 1e-6, 10)
        for weight in self.style_layer_weights:
            check_number("style_layer_weights", weight, 0, 1e9)

    @property
    def weights(self) -> Weights:
        """Return the three weights."""
        return Weights(self.content_weight, self.style_weight, self.tv_weight)

    @property
    def rate(self) -> float:
        """Return the learning rate: the chosen one, or the one that suits the optimizer."""
        return LEARNING_RATES[self.optimizer] if self.learning_rate is None else self.learning_rate

    @property
    def total(self) -> int:
        """Return the number of steps of all passes."""
        return sum(self.steps)

    def layer_weights(self) -> dict[int, float]:
        """Return the weight of each style layer."""
        return dict(zip(self.style_layers, self.style_layer_weights or [1.0] * len(
            self.style_layers), strict=True))

    def _check_names(self) -> None:
        for kind, name, known in (("optimizer", self.optimizer, LEARNING_RATES),
                                  ("start", self.start, STARTS),
                                  ("colours", self.colours, COLOURS),
                                  ("pooling", self.pooling, POOLINGS),
                                  ("precision", self.precision, PRECISIONS)):
            if name not in known:
                raise unknown(kind, name, list(known))

    def _check_passes(self) -> None:
        if not len(self.sides) == len(self.steps) == len(self.decay_every) > 0:
            raise UserError("the passes have {sides} sides, {steps} steps and {decays} decays",
                            PASSES, "give each as many values", sides=len(self.sides),
                            steps=len(self.steps), decays=len(self.decay_every))
        for side, steps, decay in zip(self.sides, self.steps, self.decay_every, strict=True):
            check_number("sides", side, SMALLEST, LARGEST)
            check_number("steps", steps, 1, 100_000)
            check_number("decay_every", decay, 1, 10**9)

    def _check_layers(self) -> None:
        for layer in (*self.content_layers, *self.style_layers):
            if layer not in LAYERS:
                raise unknown("layer", layer, [str(number) for number in LAYERS])
        weights = self.weights
        no_content = bool(weights.content) and not self.content_layers
        if no_content or (weights.style and not self.style_layers):
            raise UserError("no content layer is chosen" if no_content
                            else "no style layer is chosen", "at least one is accepted",
                            "choose a layer, or set the weight to 0")
        if self.style_layer_weights and len(self.style_layer_weights) != len(self.style_layers):
            raise UserError("there are {weights} weights for {layers} style layers",
                            "one for each layer is accepted", "give as many",
                            weights=len(self.style_layer_weights), layers=len(self.style_layers))


def check_number(name: str, value: float, low: float, high: float) -> None:
    """Raise if a single number lies outside its limits."""
    within(SimpleNamespace(**{name: value}), **{name: (low, high)})


BOOK = Settings(sides=(225, 900), steps=(500, 300), decay_every=(200, 100))
"""As "Dive into Deep Learning" does it: 150×225, then 600×900 from the enlarged result."""
FAST = Settings(style_weight=1e4, tv_weight=10**1.75, sides=(150, 300), steps=(120, 80),
                decay_every=(80, 50), learning_rate=0.05, pooling="average")
"""More style in larger steps, most of them at half the size, seen by the slim network.

Smoothed so much that flat parts show no fine weave of colours, and not yet blocks."""
PRESETS = {"fast": FAST, "book": BOOK}
PRESET_EXTRACTORS = {"fast": "slim", "book": "bundled"}  # the network that sees for each
