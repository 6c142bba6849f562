"""The classical baseline against brute force, a known optimum and hand-made scenes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade
from vision.infrared.models.svm import gram
from vision.infrared.studies import classical
from vision.infrared.studies.classical import (
    Config,
    clusters,
    describe_region,
    detect,
    examples,
    fit,
    hot_threshold,
    load,
    regions,
    solve,
    train,
)


def test_the_threshold_has_the_largest_sum_of_entropies() -> None:
    random = np.random.default_rng(0)
    grey = np.concatenate([random.normal(0.3, 0.05, 900), random.normal(0.7, 0.08, 300)])
    grey = grey.clip(0, 1).reshape(30, 40)
    share = np.histogram(grey, 256, (0, 1))[0] / grey.size

    def entropy(part: np.ndarray) -> float:
        part = part[part > 0] / part.sum()
        return float(-(part * np.log(part)).sum())

    sums = {t: entropy(share[:t]) + entropy(share[t:]) for t in range(1, 256)
            if share[:t].sum() > 0 and share[t:].sum() > 0}
    found = round(hot_threshold(grey) * 256)
    assert sums[found] == pytest.approx(max(sums.values()))


def test_clusters_agree_with_opencv() -> None:
    random = np.random.default_rng(1)
    grey = np.concatenate([random.normal(m, 0.02, 300) for m in (0.1, 0.35, 0.6, 0.9)])
    grey = grey.astype(np.float32).reshape(30, 40)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-6)
    cv2.setRNGSeed(0)
    _, theirs, centres = cv2.kmeans(grey.reshape(-1, 1), 4, None, stop, 5, cv2.KMEANS_PP_CENTERS)
    rank = centres.ravel().argsort().argsort()
    assert np.array_equal(clusters(grey).ravel(), rank[theirs.ravel()])


def test_moments_do_not_see_place_size_or_turn() -> None:
    shape = np.zeros((200, 200), np.uint8)
    cv2.fillPoly(shape, [np.array([[60, 40], [120, 60], [100, 130], [70, 150]])], 1)
    grey = np.ones((200, 200), np.float32)
    turned = cv2.warpAffine(shape, cv2.getRotationMatrix2D((100, 100), 35, 0.8), (200, 200))
    one, two = (describe_region(mask > 0, grey) for mask in (shape, turned))
    assert np.allclose(one[:4], two[:4], atol=0.1)
    other = np.zeros((200, 200), bool)
    other[50:150, 90:100] = True
    assert np.abs(one[:4] - describe_region(other, grey)[:4]).max() > 0.5


def test_the_solved_dual_keeps_its_conditions() -> None:
    """Karush, Kuhn, Tucker: free examples lie on the margin, capped ones inside, the rest out."""
    random = np.random.default_rng(0)
    x = torch.from_numpy(random.normal(size=(40, 3)))
    signs = np.where(x[:, 0].numpy() + 0.3 * random.normal(size=40) > 0, 1.0, -1.0)
    kernel, penalty = gram(x, x).numpy(), 2.0
    weights = solve(kernel, signs, penalty)
    margin = signs * (kernel @ (weights * signs))
    free = (weights > 1e-3) & (weights < penalty - 1e-3)
    assert free.any() and np.abs(margin[free] - 1).max() < 0.02
    assert (margin[weights <= 1e-3] > 0.98).all()
    assert (margin[weights >= penalty - 1e-3] < 1.02).all()


def test_the_machine_tells_what_no_line_can() -> None:
    random = np.random.default_rng(0)
    rows = random.uniform(-1, 1, (120, 2)).astype(np.float32)
    labels = (rows[:, 0] * rows[:, 1] > 0).astype(int)  # exclusive or
    module = fit(rows[:80], labels[:80], 2, 10.0)
    said = module(torch.from_numpy(rows[80:])).argmax(1).numpy()
    assert (said == labels[80:]).mean() > 0.85


def test_hot_regions_of_a_scene_are_its_devices() -> None:
    sample = Handmade(1)[0]
    found = regions(sample.grey)
    overlaps = [max((mask & true).sum() / (mask | true).sum() for mask in found)
                for true in sample.masks[sample.labels == FUSE]]
    assert overlaps[0] > 0.8
    assert regions(np.full((40, 40), 0.5, np.float32)).shape[1:] == (40, 40)


def test_trained_on_scenes_it_finds_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                              ) -> None:
    monkeypatch.setattr(classical, "Scenes", lambda first, count: Handmade(count))
    path = train(Config(scenes=12, val_scenes=4, output=tmp_path / "c.safetensors"))
    model = load(path)
    assert model.card.metrics["accuracy_on_true_masks"] == 1
    found = detect(model, Handmade(20)[15].grey)
    assert found.masks is not None and len(found) >= 1
    assert set(found.labels.tolist()) <= {FUSE, CONSERVATOR} and FUSE in found.labels
    rows, labels = examples(Handmade(3))
    assert rows.shape == (6, classical.FEATURES)
    assert sorted(labels) == sorted([FUSE, CONSERVATOR] * 3)
