"""Tissue pictures with nuclei, made here: a class for every pixel and a diagnosis for the whole.

They imitate slides stained with haematoxylin and eosin, so that Y-Net (arXiv:1806.01313) can be
trained without patients' data. How large, dense and irregular the nuclei are, and whether glands
keep their lumen, decides the diagnosis. Light is absorbed as in Ruifrok, Johnston: "Quantification
of Histochemical Staining by Color Deconvolution", 2001, whose stain vectors these are.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from vision.randomness import generator_for
from vision.segmentation.generated_split import GeneratedSplit

CLASSES = ("Glass", "Stroma", "Epithelium", "Lumen", "Nucleus")
GLASS, STROMA, EPITHELIUM, LUMEN, NUCLEUS = range(5)
STAINS = np.array([(0.65, 0.70, 0.29), (0.07, 0.99, 0.11)])  # haematoxylin, eosin
AMOUNTS = np.array([(0.02, 0.03), (0.10, 0.40), (0.30, 0.48), (0.03, 0.06), (1.25, 0.35)])


@dataclass(frozen=True)
class Grade:
    """What one diagnosis looks like, in pixels of a picture of 256×256."""

    glands: tuple[int, int]  # how many, from and to
    gland: tuple[float, float]  # their radius
    rough: float  # how uneven their outline is
    lumen: float  # its share of the gland's radius
    nucleus: tuple[float, float]  # radius
    uneven: float  # how much nuclei differ from ellipses
    gap: float  # between the middles of nuclei, in radii


GRADES = {
    "benign": Grade((3, 5), (30, 46), 0.08, 0.55, (3.2, 4.0), 0.04, 2.9),
    "atypical": Grade((3, 5), (32, 48), 0.12, 0.45, (4.0, 5.2), 0.10, 2.4),
    "in situ": Grade((2, 4), (40, 62), 0.12, 0.0, (4.6, 6.0), 0.14, 2.1),
    "invasive": Grade((9, 14), (10, 22), 0.35, 0.0, (4.4, 7.2), 0.22, 2.0),
}
DIAGNOSES = tuple(GRADES)


class Tissue(GeneratedSplit):
    """Generated tissue; a split is a range of seeds of its own, the diagnoses take turns."""

    classes, diagnoses = CLASSES, DIAGNOSES
    RANGES = {"train": range(400), "val": range(1_000_000, 1_000_080)}

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return remembered_tissue(self.seeds[index], self.diagnosis(index))

    def diagnosis(self, index: int) -> int:
        """Return the picture's diagnosis as a place in DIAGNOSES."""
        return self.seeds[index] % len(DIAGNOSES)


def tissue(seed: int, diagnosis: int, side: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture (uint8 side×side×3) of a diagnosis and its classes (uint8 side×side)."""
    random, grade = generator_for(seed, diagnosis), GRADES[DIAGNOSES[diagnosis]]
    scale = side / 256
    labels = np.full((side, side), STROMA, np.uint8)
    labels[smooth(random, side, 60 * scale) > 1.6] = GLASS
    for _ in range(random.integers(*grade.glands)):
        _gland(labels, random, grade, scale)
    _nuclei(labels, random, grade, scale, EPITHELIUM, thin=1.0)
    sparse = Grade((0, 0), (0, 0), 0, 0, (2.2, 3.2), 0.05, 9.0)
    _nuclei(labels, random, sparse, scale, STROMA, thin=0.4)
    return _stained(labels, random, scale), labels


remembered_tissue = functools.lru_cache(maxsize=512)(tissue)


def outline(random: np.random.Generator, middle: np.ndarray, radius: float, uneven: float,
            thin: float = 1.0) -> np.ndarray:
    """Return the corners (48, 2) of an ellipse whose radius wavers by some low harmonics."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = np.arange(2, 6)
    heights = uneven * random.normal(size=4) / waves**0.5
    wavering = 1 + heights @ np.cos(waves[:, None] * angle + random.uniform(0, 6.3, (4, 1)))
    shape = radius * wavering.clip(0.3)[:, None] * np.stack(
        [np.cos(angle) / thin**0.5, np.sin(angle) * thin**0.5], axis=1)
    turn = random.uniform(0, np.pi)
    rotation = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    return middle + shape @ rotation


def fill(labels: np.ndarray, corners: np.ndarray, value: int) -> None:
    """Paint a polygon with corners (x, y) on a sixteenth of a pixel."""
    cv2.fillPoly(labels, [np.round(16 * corners).astype(np.int32)], value, shift=4)


def smooth(random: np.random.Generator, side: int, size: float) -> np.ndarray:
    """Return noise (side, side) with mean 0, deviation 1 and grains of some size."""
    grains = max(int(np.ceil(side / size)) + 3, 4)
    noise = cv2.resize(random.normal(size=(grains, grains)), (side, side),
                       interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / max(noise.std(), 1e-6)


def _gland(labels: np.ndarray, random: np.random.Generator, grade: Grade, scale: float) -> None:
    """Paint one gland, with its lumen if it has any."""
    middle, radius = random.uniform(0, len(labels), 2), scale * random.uniform(*grade.gland)
    corners = outline(random, middle, radius, grade.rough, random.uniform(0.6, 1))
    fill(labels, corners, EPITHELIUM)
    if grade.lumen:
        fill(labels, middle + grade.lumen * (corners - middle), LUMEN)


def _nuclei(labels: np.ndarray, random: np.random.Generator, grade: Grade, scale: float,
            inside: int, thin: float) -> None:
    """Paint nuclei inside a class, each where no other one is near."""
    places = np.argwhere(labels == inside)[:, ::-1]  # (pixels, 2) as x, y
    taken = np.zeros(labels.shape, np.uint8)
    for middle in random.permutation(places)[: len(places) // 8]:
        radius = scale * random.uniform(*grade.nucleus)
        if taken[middle[1], middle[0]]:
            continue
        cv2.circle(taken, middle.tolist(), round(grade.gap * radius), 1, -1)
        slim = thin * random.uniform(0.75, 1)
        fill(labels, outline(random, middle, radius, grade.uneven, slim), NUCLEUS)


def _stained(labels: np.ndarray, random: np.random.Generator, scale: float) -> np.ndarray:
    """Return the light (uint8 H×W×3) that stained tissue lets through: 255 e⁻ᴰ."""
    side = len(labels)
    amounts = AMOUNTS[labels] * np.exp(random.normal(0, 0.12, 2))  # (H, W, 2), batch of stain
    amounts[labels == NUCLEUS, 0] *= random.uniform(0.75, 1.1)
    fibres = cv2.blur(smooth(random, side, 3 * scale), (1 + 2 * round(5 * scale), 1))
    uneven = 0.12 * smooth(random, side, 40 * scale) + 0.10 * smooth(random, side, 2 * scale)
    amounts *= np.exp(uneven + 0.5 * fibres * (labels == STROMA))[..., None]
    amounts = cv2.GaussianBlur(amounts, (0, 0), 0.8 * scale)
    light = 250 * np.exp(-amounts @ STAINS) + random.normal(0, 2.5, (side, side, 3))
    return light.clip(0, 255).round().astype(np.uint8)
