"""Before deep learning: k-means and maximum entropy find regions, moments and an SVM name them.

k-means parts the picture by brightness; in the brighter clusters Kapur's threshold (1985) keeps
what is hot; Hu's seven invariant moments (1962) and three plain numbers of each connected region
go into a support vector machine.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.infrared.classes import CLASSES
from vision.infrared.data import HELD_OUT, SIZE, TRAINING, Samples, Scenes, boxes_of
from vision.infrared.inspection.detections import Detections
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.svm import SVM, gram
from vision.options import Verb, command, option, within

FEATURES = 10
CLUSTERS = 4
SMALLEST = 0.002  # share of the picture that a region must cover
LARGEST = 0.5


@dataclass(frozen=True)
class Config:
    """Settings of `classical`."""

    scenes: int = option(400, "how many scenes to learn from")
    penalty: float = option(10.0, "C: the largest weight of one example")
    val_scenes: int = option(100, "measure on so many held-out scenes; 0 is none",
                             formerly="validate")
    seed: int = option(0, "seed of the scenes")
    output: Path = option(Path("runs/infrared/classical.safetensors"), "the checkpoint to write")


def hot_threshold(grey: np.ndarray) -> float:
    """Return the threshold at which the entropies of below and above add up to most (Kapur)."""
    share = np.histogram(grey, 256, (0, 1))[0] / grey.size
    total = share.cumsum()
    log = np.where(share > 0, share * np.log(np.maximum(share, 1e-12)), 0)
    below, above = log.cumsum(), log.sum() - log.cumsum()
    inside = (total > 1e-9) & (total < 1 - 1e-9)
    p, q = np.where(inside, total, 0.5), np.where(inside, 1 - total, 0.5)
    entropy = np.log(p) - below / p + np.log(q) - above / q
    return float((np.where(inside, entropy, -np.inf).argmax() + 1) / 256)


def clusters(grey: np.ndarray) -> np.ndarray:
    """Return the cluster of each pixel by brightness, the darkest 0, uint8 (H, W)."""
    centres = np.quantile(grey, (np.arange(CLUSTERS) + 0.5) / CLUSTERS)
    for _ in range(20):
        edges = (centres[1:] + centres[:-1]) / 2
        labels = np.searchsorted(edges, grey)
        moved = np.array([grey[labels == k].mean() if (labels == k).any() else centres[k]
                          for k in range(CLUSTERS)])
        if np.allclose(moved, centres, atol=1e-5):
            break
        centres = moved
    return labels.astype(np.uint8)


def regions(grey: np.ndarray) -> np.ndarray:
    """Return the masks of the hot regions of a grey picture, bool (K, H, W), largest first."""
    bright = np.isin(clusters(grey), (CLUSTERS - 2, CLUSTERS - 1))
    if not bright.any():
        return np.zeros((0, *grey.shape), bool)
    hot = bright & (grey >= hot_threshold(grey[bright]))
    _, numbers, facts, _ = cv2.connectedComponentsWithStats(hot.astype(np.uint8))
    area = facts[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero((area >= SMALLEST * grey.size) & (area <= LARGEST * grey.size))
    kept = kept[np.argsort(-facts[kept, cv2.CC_STAT_AREA])]
    return np.equal(numbers, kept[:, None, None])


def describe_region(mask: np.ndarray, grey: np.ndarray) -> np.ndarray:
    """Return seven invariant moments, elongation, fullness and brightness of a region, (10,)."""
    moments = cv2.HuMoments(cv2.moments(mask.astype(np.uint8), binaryImage=True)).ravel()
    scaled = -np.sign(moments) * np.log10(np.abs(moments) + 1e-12)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    plain = [np.log(height / width), mask.sum() / (height * width), grey[mask].mean()]
    return np.concatenate([scaled, plain]).astype(np.float32)


def solve(kernel: np.ndarray, signs: np.ndarray, penalty: float) -> np.ndarray:
    """Return α of max Σ αᵢ − ½ Σ αᵢαⱼ yᵢyⱼ kᵢⱼ with 0 ≤ α ≤ C, (N,): the machine's dual."""
    from scipy.optimize import minimize

    q = kernel * np.outer(signs, signs)
    best = minimize(lambda a: (0.5 * a @ q @ a - a.sum(), q @ a - 1), np.zeros(len(signs)),
                    jac=True, method="L-BFGS-B", bounds=[(0, penalty)] * len(signs))
    return best.x


def fit(rows: np.ndarray, labels: np.ndarray, classes: int, penalty: float) -> SVM:
    """Return a machine that learnt to tell features (N, F) of labels (N,) apart."""
    module = ARCHITECTURES.build("svm", classes=classes, features=rows.shape[1],
                                 supports=len(rows))
    x = torch.from_numpy(rows).float()
    deviation, mean = torch.std_mean(x, 0)
    module.mean, module.deviation = mean, deviation.clamp_min(1e-6)
    module.supports = module.scaled(x)
    kernel = gram(module.supports, module.supports).double().numpy()
    weights = [signs * solve(kernel, signs, penalty)
               for signs in (np.where(labels == place, 1.0, -1.0) for place in range(classes))]
    module.weights = torch.from_numpy(np.stack(weights)).float()
    return module.eval()


def examples(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    """Return features (N, 10) and labels (N,) of every device of some samples."""
    rows, labels = [], []
    for index in range(len(samples)):
        sample = samples[index]
        rows += [describe_region(mask, sample.grey) for mask in sample.masks]
        labels += sample.labels.tolist()
    return np.array(rows, np.float32), np.array(labels)


def load(path: Path) -> Model:
    """Return the machine of a checkpoint."""
    model = checkpoints.load(path, ARCHITECTURES)
    if model.card.arch != "svm" or model.card.classes != CLASSES:
        raise checkpoints.damaged(path, "it is not a support vector machine for these classes")
    return model


@torch.inference_mode()
def detect(model: Model, grey: np.ndarray) -> Detections:
    """Return the hot regions of a grey picture, named; a score is a softmax of the distances."""
    masks = regions(grey)
    if not len(masks):
        return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.int64),
                          np.zeros(0, np.float32), masks)
    rows = np.stack([describe_region(mask, grey) for mask in masks])
    scores, labels = model.module(torch.from_numpy(rows)).softmax(1).max(1)
    order = scores.argsort(descending=True).numpy()
    return Detections(boxes_of(masks), labels.numpy(), scores.numpy(), masks).only(order)


def train(config: Config) -> Path:
    """Learn from scenes and return the checkpoint's path."""
    within(config, scenes=(1, 10**5), penalty=(1e-6, 1e6), val_scenes=(0, 10**5), seed=(0, 10**6))
    config = checkpoints.with_target(config)
    start = time.perf_counter()
    rows, labels = examples(Scenes(TRAINING * (1 + config.seed), config.scenes))
    if len(np.unique(labels)) < 2:
        raise UserError("the scenes hold devices of one class only", "two or more are accepted",
                        "raise --scenes")
    module = fit(rows, labels, len(CLASSES), config.penalty)
    metrics: dict[str, Any] = {"seconds": time.perf_counter() - start}
    if config.val_scenes:
        true_rows, truth = examples(Scenes(HELD_OUT, config.val_scenes))
        said = module(torch.from_numpy(true_rows)).argmax(1).numpy()
        metrics["accuracy_on_true_masks"] = float((said == truth).mean())
    card = Card(
        system="infrared", arch="svm", classes=CLASSES,
        config={"classes": len(CLASSES), "features": FEATURES, "supports": len(rows)},
        preprocess={"height": SIZE[0], "width": SIZE[1]},
        data={"train": f"{config.scenes} rendered scenes",
              "val": f"{config.val_scenes} held-out scenes"},
        metrics=metrics, command=command("infrared", "classical", config), seed=config.seed,
        device="cpu")
    return checkpoints.save(config.output, module, card)


VERB = Verb(Config, train, "Train the classical baseline: moments and a support vector machine.")
