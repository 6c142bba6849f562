"""People in front of something: whom a portrait shows, and what may stand behind them instead.

Shen et al.: "Automatic Portrait Segmentation for Image Stylization", Eurographics 2016: a network
says for each pixel how much of a person it is; what that is good for begins where it is known.
"""

from __future__ import annotations

import cv2
import numpy as np

from vision.checkpoints import Model
from vision.errors import UserError
from vision.images import resize
from vision.segmentation import PEOPLE
from vision.segmentation.predict import probabilities

LEAST = 0.03  # of a picture; a person in a portrait covers more
FAR = 0.03  # σ of the blur, of the longer side
SMALL = 160  # longest side at which a background is blurred: nobody sees the difference


def check(model: Model) -> None:
    """Raise for a model that does not know people from the rest."""
    if model.card.classes != PEOPLE:
        raise UserError("'{file}' does not know people", "a model of portraits is accepted here",
                        "choose another", file=model.card.arch)


def person(model: Model, picture: np.ndarray) -> np.ndarray:
    """Return how much each pixel of a picture is the person's, float32 (H, W) from 0 to 1."""
    height, width = picture.shape[:2]
    return probabilities(model, picture, (height, width))[PEOPLE.index("person")]


def share(person: np.ndarray) -> float:
    """Return the share of the picture that the largest connected part of a person covers."""
    return largest(person > 0.5)


def largest(where: np.ndarray) -> float:
    """Return the share of its largest connected part of a picture (bool H×W)."""
    count, _, found, _ = cv2.connectedComponentsWithStats(where.astype(np.uint8))
    return max((int(found[part, cv2.CC_STAT_AREA]) for part in range(1, count)),
               default=0) / where.size


def nobody(highest: float) -> UserError:
    """Return the mistake of a picture without a person."""
    return UserError("no person found: the highest share was {share}",
                     "a person who covers at least {least} of the picture is accepted",
                     "come closer or take another picture",
                     share=f"{100 * highest:.0f}%", least=f"{100 * LEAST:.0f}%")


def blurred(picture: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Return what is behind a person out of focus, uint8 (H, W, 3).

    Each pixel counts as far as it is not the person's, so that nobody leaves a glow around them.
    """
    scale = min(1.0, SMALL / max(person.shape))
    size = (round(person.shape[0] * scale) or 1, round(person.shape[1] * scale) or 1)
    behind = 1.001 - resize(person, size)[..., None]  # (h, w, 1), never 0
    colours = resize(picture, size) * behind  # (h, w, 3)
    sigma = FAR * max(size)
    summed = cv2.GaussianBlur(colours, (0, 0), sigma)
    weight = cv2.GaussianBlur(behind, (0, 0), sigma)[..., None]
    return resize((summed / weight).clip(0, 255).astype(np.uint8), person.shape)


def in_front_of(picture: np.ndarray, person: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Return the person of a picture in front of another one of its size (uint8 H×W×3)."""
    part = person[..., None]  # (H, W, 1)
    return (part * picture + (1 - part) * behind).round().astype(np.uint8)


def filling(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the middle of a picture, as large as fits, at a size (height, width)."""
    scale = min(picture.shape[0] / size[0], picture.shape[1] / size[1])
    height, width = (max(round(side * scale), 1) for side in size)
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return resize(picture[top:top + height, left:left + width], size)
