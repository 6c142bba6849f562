"""Co-occurrence against a loop, similarity against its formula, and what resampling prefers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from vision import checkpoints
from vision.errors import UserError
from vision.infrared.pretraining import glcm
from vision.infrared.pretraining import train as train_backbone
from vision.infrared.pretraining.pictures import open_source
from vision.infrared.pretraining.train import Config, drawing_weights, make_batch, train, vary
from vision.randomness import generator_for
from vision.training.progress import Step
from vision.training.run import Run

pytestmark = pytest.mark.usefixtures("narrow")


def blurred(seed: int, radius: float) -> np.ndarray:
    noise = np.random.default_rng(seed).random((32, 32)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), radius) if radius else noise
    return (smooth - smooth.min()) / np.ptp(smooth)


def test_the_matrix_counts_neighbours_as_a_loop_does() -> None:
    steps = np.array([[0, 0, 1], [1, 0, 2], [2, 2, 1]])
    counted = np.zeros((glcm.LEVELS, glcm.LEVELS))
    for y in range(3):
        for x in range(2):
            counted[steps[y, x], steps[y, x + 1]] += 1
            counted[steps[y, x + 1], steps[y, x]] += 1
    found = glcm.matrices(steps / (glcm.LEVELS - 1))[:, :, 0, 0]
    assert np.allclose(found, counted / counted.sum())


def test_a_picture_has_32_levels_of_which_halves_are_rounded() -> None:
    """0.5 is level 15.5, which rounds to the even 16; what lies outside 0…1 is cut off."""
    found = glcm.matrices(np.array([[-3.0, 0.5], [0.5, 7.0]]))
    assert found.shape == (32, 32, 3, 4) and glcm.LEVELS == 32
    assert set(zip(*np.nonzero(found[:, :, 0, 0]), strict=True)) == {(0, 16), (16, 0), (16, 31),
                                                                      (31, 16)}


def test_neighbours_are_1_2_and_4_pixels_away_in_four_directions() -> None:
    """Stripes differ across and are alike along; a pair that differs does so by 31 levels."""
    rows, columns = np.mgrid[0:8, 0:8]

    def differing(stripes: np.ndarray) -> np.ndarray:
        found = glcm.matrices(stripes.astype(float))
        return found[0, 31] + found[31, 0]  # (distances, angles)

    narrow, wide = differing(columns % 2), differing(columns // 2 % 2)
    assert np.allclose(narrow[0], [1, 1, 0, 1]) and np.allclose(narrow[1:, 0], 0)
    assert np.allclose(wide[1:, 0], [1, 0]) and np.allclose(wide[:, 2], 0)
    slanted = differing((rows + columns) // 2 % 2)
    assert np.allclose(slanted[0, 1:4:2], [1, 0])  # across, and along


OFFSETS = {  # rows and columns to the neighbour: to the right, and along three other directions
    (0, 0): (0, 1), (0, 1): (1, 1), (0, 2): (1, 0), (0, 3): (1, -1),
    (1, 0): (0, 2), (1, 1): (1, 1), (1, 2): (2, 0), (1, 3): (1, -1),  # √2 is nearest to 1
    (2, 0): (0, 4), (2, 1): (3, 3), (2, 2): (4, 0), (2, 3): (3, -3),  # √8 to 3
}


@pytest.mark.parametrize(("place", "offset"), OFFSETS.items())
def test_every_distance_and_direction_counts_as_a_loop_does(
        place: tuple[int, int], offset: tuple[int, int]) -> None:
    steps = np.random.default_rng(5).integers(0, glcm.LEVELS, (9, 10))
    counted, (down, right) = np.zeros((glcm.LEVELS, glcm.LEVELS)), offset
    for y in range(9 - down):
        for x in range(max(-right, 0), 10 - max(right, 0)):
            pair = steps[y, x], steps[y + down, x + right]
            counted[pair] += 1
            counted[pair[::-1]] += 1
    found = glcm.matrices(steps / (glcm.LEVELS - 1))[(..., *place)]
    assert np.allclose(found, counted / counted.sum())


def test_features_are_means_and_ranges_over_the_directions() -> None:
    grey = blurred(3, 1)
    counted = glcm.matrices(grey)
    i, j = np.mgrid[0:32, 0:32][:, :, :, None, None]
    contrast = (counted * (i - j) ** 2).sum((0, 1))  # (distances, angles)
    energy = np.sqrt((counted**2).sum((0, 1)))
    found = glcm.features(grey).reshape(2, 6, 3)
    for name, values in (("contrast", contrast), ("energy", energy)):
        place = glcm.PROPERTIES.index(name)
        assert np.allclose(found[0, place], values.mean(1))
        assert np.allclose(found[1, place], values.max(1) - values.min(1))


def test_scaled_features_have_mean_0_and_unit_length_on_average() -> None:
    rows = np.random.default_rng(0).normal(3, 5, (50, 7))
    rows[:, 6] = 4  # a number that never changes tells nothing, and divides nothing by 0
    found = glcm.Scale.of(rows)(rows)
    assert np.allclose(found.mean(0), 0) and np.allclose(found[:, 6], 0)
    assert np.allclose(found[:, :6].std(0), 1 / np.sqrt(7))
    assert np.allclose(glcm.Scale.of(rows)(rows[3]), found[3])
    assert glcm.Scale.of(rows).deviation.shape == (7,)
    assert np.isfinite(glcm.Scale.of(np.zeros((5, 2)))(np.ones((5, 2)))).all()


def test_importance_is_the_mean_similarity_in_sum_1() -> None:
    source, target = np.array([[0.0, 0], [1, 0]]), np.array([[0.0, 0], [0, 2]])
    likeness = np.array([(1 + np.exp(-4)) / 2, (np.exp(-1) + np.exp(-5)) / 2])
    assert glcm.importance(source, target) == pytest.approx(likeness / likeness.sum())
    assert glcm.effective_size(np.array([0.5, 0.25, 0.25])) == pytest.approx(1 / 0.375)


def test_features_tell_smooth_from_rough() -> None:
    smooth, rough = (glcm.features(blurred(0, radius)) for radius in (4, 0))
    assert len(smooth) == 2 * len(glcm.PROPERTIES) * len(glcm.DISTANCES)
    assert smooth[0] < rough[0] / 5  # contrast
    flat = glcm.features(np.full((16, 16), 0.5))
    assert np.isfinite(flat).all()


def test_similarity_is_the_exponential_of_the_squared_distance() -> None:
    first, second = np.array([[0.0, 0], [1, 2]]), np.array([[0.0, 0], [0, 1], [1, 2]])
    wanted = [[np.exp(-np.linalg.norm(a - b) ** 2) for b in second] for a in first]
    assert np.allclose(glcm.similarity(first, second), wanted)


def test_pictures_like_the_target_weigh_more() -> None:
    source = [blurred(n, 4 if n < 20 else 0) for n in range(40)]
    rows = glcm.table(source)
    scale = glcm.Scale.of(rows)
    weights = glcm.importance(scale(rows), scale(glcm.table([blurred(99, 4), blurred(98, 4)])))
    assert weights.sum() == pytest.approx(1) and weights[:20].min() > weights[20:].max()
    assert glcm.effective_size(np.full(40, 1 / 40)) == pytest.approx(40)
    assert glcm.effective_size(weights) < 35


def test_sources_far_from_every_target_are_still_weighed() -> None:
    """exp(−‖f₁ − f₂‖²) is 0 from 28 on; what is nearer must be drawn more often all the same."""
    source, target = np.array([[40.0, 0], [41, 0], [60, 0]]), np.array([[0.0, 0], [0, 1]])
    weights = glcm.importance(source, target)
    assert weights.sum() == pytest.approx(1) and weights[0] > 1 - 1e-12
    near = np.array([[0.3, 0], [0.5, 0.2], [1, 1]])
    mean = glcm.similarity(near, target).mean(1)
    assert glcm.importance(near, target) == pytest.approx(mean / mean.sum())


def test_a_feature_that_no_source_picture_varies_in_tells_nothing() -> None:
    rows = np.array([[1.0, 0.1], [2, 0.1], [3, 0.1]])  # the mean of 0.1, 0.1, 0.1 is not 0.1
    scaled = glcm.Scale.of(rows)(np.array([[2.0, 0.7]]))
    assert scaled == pytest.approx(np.zeros((1, 2)))
    assert glcm.importance(glcm.Scale.of(rows)(rows), scaled).argmax() == 1


def test_whether_a_feature_varies_is_told_by_its_own_size() -> None:
    """What differs by rounding tells nothing however large, what varies counts however small."""
    rows = np.array([[1e6, 1e-8], [1e6 + 1e-5, 2e-8], [1e6 - 1e-5, 3e-8]])
    scaled = glcm.Scale.of(rows)(rows)
    assert np.allclose(scaled[:, 0], 0)
    assert scaled[:, 1] == pytest.approx(np.array([-1, 0, 1]) * 1.5**0.5 / 2**0.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of smooth and rough pictures."""
    for number in range(30):
        kind, radius = (("rough", 0.0), ("smooth", 3.0))[number % 2]
        (tmp_path / "pictures" / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray((255 * blurred(number, radius)).astype(np.uint8)).save(
            tmp_path / "pictures" / kind / f"{number:02}.png")
    return tmp_path / "pictures"


def test_a_folder_is_a_source_with_a_part_kept_for_measuring(folder: Path) -> None:
    learnt, kept = open_source(str(folder), "train"), open_source(str(folder), "val")
    assert learnt.classes == ("rough", "smooth") and len(learnt) == 27 and len(kept) == 3
    assert np.abs(np.diff(learnt.pixels[0, 0].int())).mean() > 20  # rough
    with pytest.raises(UserError, match="no source pictures"):
        open_source(str(folder / "nowhere"), "train")
    with pytest.raises(UserError, match="1 classes"):
        open_source(str(folder / "rough"), "train")


def test_processes_share_the_batch_of_one(folder: Path) -> None:
    source, config = open_source(str(folder), "train"), Config(batch=6, side=32)
    weights = np.full(len(source), 1 / len(source))

    def made(share: slice) -> tuple[torch.Tensor, torch.Tensor]:
        run = cast(Run, SimpleNamespace(share=lambda size: share))
        return make_batch(source, weights, config, run, 5)

    whole, *parts = (made(share) for share in (slice(0, 6), slice(0, 3), slice(3, 6)))
    for one, both in zip(whole, zip(*parts, strict=True), strict=True):
        assert torch.equal(one, torch.cat(both))


def test_what_is_chosen_does_not_say_how_it_is_varied(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zero of the first place counts for nothing, so the choice must have another number."""
    made: list[np.random.Generator] = []

    def recorded(*numbers: int) -> np.random.Generator:
        made.append(generator_for(*numbers))
        states.add(str(made[-1].bit_generator.state))
        return made[-1]

    states: set[str] = set()
    monkeypatch.setattr(train_backbone, "generator_for", recorded)
    source = open_source(str(folder), "train")
    run = cast(Run, SimpleNamespace(share=lambda size: slice(0, size)))
    make_batch(source, np.full(len(source), 1 / len(source)), Config(batch=3, side=32), run, 5)
    assert len(made) == len(states) == 4


def test_pre_training_learns_and_says_how(folder: Path, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_backbone, "targets",
                        lambda name, source: [blurred(50, 3), blurred(51, 3)])
    config = Config(source=str(folder), side=32, steps=12, batch=16, precision="fp32",
                    val_every=6, output=tmp_path / "b.safetensors")
    steps: list[Step] = []
    card = checkpoints.read_card(train(config, lambda step: steps.append(step)))
    losses = [step.values["loss"] for step in steps]
    assert [step.number for step in steps if "val_accuracy" in step.values] == [6, 12]
    assert losses[-1] < losses[0] and card.arch == "classifier"
    assert steps[-1].values["val_accuracy"] == pytest.approx(card.metrics["accuracy"])
    assert card.metrics["effective_size"] < 27 and 0 <= card.metrics["accuracy"] <= 1
    uniform = Config(source=str(folder), sampling="uniform")
    weights = drawing_weights(open_source(str(folder), "train"), uniform)
    assert np.ptp(weights) == 0 and weights.sum() == pytest.approx(1)


def test_varied_pictures_have_the_asked_size_and_follow_the_seed() -> None:
    grey = blurred(0, 2)
    one, two, other = (vary(grey, 48, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (48, 48) and one.dtype == np.float32
    assert np.array_equal(one, two) and not np.array_equal(one, other)
