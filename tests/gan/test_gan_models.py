"""Every architecture of the registry, its parts, and what may be asked of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.data.image_folders import LabelledPictures
from vision.errors import UserError
from vision.gan import noise, predict
from vision.gan.models import ARCHITECTURES, cgan_projection, classifiers, generators, sngan
from vision.gan.models.pair import GREY, Maxout, Shape
from vision.gan.neighbours import nearest
from vision.gan.sketch import to_picture

CLASSES = tuple("0123456789")
COLOUR = (3, 32, 32)


def model(arch: str) -> Model:
    torch.manual_seed(0)
    config = {"classes": 10, "size": "compact"}
    card = Card("gan", arch, config, CLASSES, data={"train": ["mnist"]})
    return Model(ARCHITECTURES.build(arch, **config).eval(), card)


@pytest.mark.parametrize("arch", generators())
@pytest.mark.parametrize("size, shape", [("compact", GREY), ("paper", GREY), ("compact", COLOUR)])
def test_a_pair_draws_and_judges(arch: str, size: str, shape: Shape) -> None:
    pair = ARCHITECTURES.build(arch, classes=10, size=size, shape=shape)
    z, labels = torch.randn(4, pair.noise), torch.tensor([0, 3, 9, 9])
    drawn = pair.generator(z, labels)
    assert drawn.shape == (4, *shape) and drawn.min() >= 0 and drawn.max() <= 1
    assert pair.discriminator(drawn, labels).shape == (4,)
    weights = torch.nn.functional.one_hot(labels, 10).float()
    assert torch.allclose(pair.eval().generator(z, weights), pair.generator(z, labels))


@pytest.mark.parametrize("arch", generators())
def test_labels_matter_exactly_where_they_should(arch: str) -> None:
    pair = model(arch).module
    z, x = torch.randn(3, pair.noise), torch.rand(3, 1, 28, 28)
    first, second = torch.zeros(3, dtype=torch.long), torch.full((3,), 7)
    conditional = ARCHITECTURES[arch].facts.get("conditional", False)
    assert torch.equal(pair.generator(z, first), pair.generator(z, second)) != conditional
    assert torch.equal(pair.discriminator(x, first), pair.discriminator(x, second)) != conditional


def test_the_papers_parameter_counts() -> None:
    pair = ARCHITECTURES.build("gan", classes=10, size="paper")
    count = sum(p.numel() for p in pair.generator.parameters())
    assert count == 100 * 1200 + 1200 + 1200 * 1200 + 1200 + 1200 * 784 + 784


def test_maxout_is_the_largest_of_its_pieces() -> None:
    layer, x = Maxout(7, 5, 3), torch.randn(4, 7)
    weight = layer.linear.weight.reshape(5, 3, 7)
    bias = layer.linear.bias.reshape(5, 3)
    for n in range(4):
        for unit in range(5):
            pieces = [(weight[unit, piece] @ x[n] + bias[unit, piece]).item() for piece in range(3)]
            assert layer(x)[n, unit].item() == pytest.approx(max(pieces), abs=1e-5)


@pytest.mark.parametrize("arch", classifiers())
@pytest.mark.parametrize("shape", [GREY, COLOUR])
def test_a_classifier_reads_by_its_features(arch: str, shape: Shape) -> None:
    net = ARCHITECTURES.build(arch, classes=7, shape=shape).eval()
    x = torch.rand(3, *shape)
    assert net(x).shape == (3, 7) and torch.equal(net.head(net.layers(x)), net(x))


def test_sides_are_halved_while_they_can_be() -> None:
    assert [sngan.halvings(side) for side in (32, 28, 64, 8, 4, 7, 30)] == [3, 2, 4, 1, 0, 0, 1]
    pair = ARCHITECTURES.build("sngan", classes=10, size="paper", shape=COLOUR)
    assert pair.generator.begin == (512, 4, 4)  # arXiv:1802.05957, table 3
    assert [layer.out_channels for layer in pair.discriminator.layers] == [
        64, 64, 128, 128, 256, 256, 512]


def test_no_layer_of_a_spectrally_normal_discriminator_stretches() -> None:
    torch.manual_seed(0)
    net = sngan.Discriminator(10, 8, True, COLOUR)
    with torch.no_grad():
        for layer in net.layers:
            layer.parametrizations.weight.original.mul_(30)
    for _ in range(300):  # each look at the weights goes on with the power iteration
        assert all(layer.weight.isfinite().all() for layer in net.layers)
    for layer in net.eval().layers:
        largest = torch.linalg.matrix_norm(layer.weight.flatten(1), 2)
        assert float(largest.detach()) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("net", [cgan_projection.Discriminator(10, (8, 2), (8, 2), GREY),
                                 sngan.Discriminator(10, 4, False, GREY)], ids=["cgan", "sngan"])
def test_the_projection_adds_two_scores(net: torch.nn.Module) -> None:
    net.eval()
    x, labels = torch.rand(6, 1, 28, 28), torch.arange(6)
    real, fits = net.scores(x, labels)
    assert torch.allclose(net(x, labels), real + fits)
    assert torch.equal(net.scores(x, labels.flip(0))[0], real)
    assert not torch.equal(net.scores(x, labels.flip(0))[1], fits)


def test_noise_repeats_and_truncation_narrows() -> None:
    first = noise.draw_noise(3, 16, seed=5)
    assert torch.equal(first, noise.draw_noise(9, 16, seed=5)[:3])
    assert not torch.equal(first, noise.draw_noise(3, 16, seed=6))
    wide = noise.draw_noise(2000, 16, 0)
    assert abs(float(wide.std()) - 1) < 0.02 and abs(float(wide.mean())) < 0.02
    narrow = noise.draw_noise(2000, 16, 0, truncation=0.5)
    assert narrow.abs().max() <= 0.5 and torch.equal(narrow > 0, wide > 0)


def test_walks_and_morphs_begin_and_end_where_they_should() -> None:
    start, end = noise.draw_noise(2, 64, 0)
    path = noise.walk(start, end, 7)
    assert torch.allclose(path[0], start, atol=1e-5) and torch.allclose(path[-1], end, atol=1e-5)
    assert path.norm(dim=1).min() > 0.9 * min(start.norm(), end.norm())
    assert torch.allclose(noise.walk(start, start, 3), start.expand(3, -1))
    fade = noise.morph(2, 5, 10, 5)
    assert fade[0].argmax() == 2 and fade[-1].argmax() == 5 and torch.allclose(
        fade.sum(1), torch.ones(5))


@pytest.mark.parametrize("arch", generators())
def test_the_same_settings_give_the_same_pictures(arch: str) -> None:
    one = model(arch)
    first, again = (predict.predict(one, [3, 1], 5, seed=4) for _ in range(2))
    other = predict.predict(one, [3, 1], 5, seed=5)
    assert np.array_equal(first.pictures, again.pictures)
    assert np.array_equal(first.opinion, again.opinion)
    assert not np.array_equal(first.pictures, other.pictures)
    assert first.labels is None or first.labels.tolist() == [3, 1, 3, 1, 3]
    assert ((first.opinion >= 0) & (first.opinion <= 1)).all()


@pytest.mark.parametrize("labels, count, seed, truncation, word", [
    ([10], 1, 0, 4.0, "label 10"), ([-1], 1, 0, 4.0, "label -1"), ([], 1, 0, 4.0, "no label"),
    ([1], 0, 0, 4.0, "0 pictures"), ([1], 10_000, 0, 4.0, "10000 pictures"),
    ([1], 1, -1, 4.0, "seed"), ([1], 1, 0, 0.0, "truncation"),
    ([1], 1, 0, float("nan"), "truncation"),
])
def test_bad_requests_get_one_sentence(labels: list[int], count: int, seed: int,
                                       truncation: float, word: str) -> None:
    with pytest.raises(UserError, match=f"(?i){word}") as caught:
        predict.predict(model("cgan"), labels, count, seed, truncation)
    assert "\n" not in str(caught.value)


def test_a_classifier_does_not_draw() -> None:
    with pytest.raises(UserError, match="does not draw"):
        predict.predict(model("classifier"), [1], 1)


def test_a_grid_keeps_every_picture() -> None:
    pictures = np.arange(5, dtype=np.uint8)[:, None, None].repeat(2, 1).repeat(2, 2) + 1
    sheet = predict.grid(pictures, 3)
    assert sheet.shape == (4, 6) and sheet[0].tolist() == [1, 1, 2, 2, 3, 3]
    assert sheet[2].tolist() == [4, 4, 5, 5, 0, 0]


def test_pictures_in_colour_are_shown_side_by_side_too() -> None:
    colours = torch.linspace(0, 1, 2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    pixels = predict.as_pixels(colours)
    assert pixels.shape == (2, 4, 4, 3) and pixels.dtype == np.uint8
    assert pixels[1, 2, 3, 0] == round(255 * float(colours[1, 0, 2, 3]))
    assert predict.as_pixels(colours[:, :1]).shape == (2, 4, 4)
    sheet = predict.grid(pixels, 2)
    assert sheet.shape == (4, 8, 3) and np.array_equal(sheet[:, 4:], pixels[1])


def test_a_card_that_says_no_shape_is_of_grey_pictures() -> None:
    assert predict.shape_of(model("cgan").card) == (1, 28, 28)
    card = Card("gan", "sngan", {"classes": 10, "shape": [3, 32, 32]}, CLASSES)
    assert predict.shape_of(card) == COLOUR


@pytest.mark.parametrize("shape", [GREY, COLOUR])
def test_a_drawing_becomes_a_picture_of_the_models_shape(shape: Shape) -> None:
    ink = np.zeros((280, 280), np.uint8)
    ink[20:260, 30:60] = 255
    picture = to_picture(ink, shape)
    assert picture.shape == (1, *shape) and picture.max() == 1
    rows = torch.nonzero(picture[0, 0].amax(1) > 0.5).flatten()
    assert len(rows) == pytest.approx(20 / 28 * shape[1], abs=1.1)
    assert abs(float(rows.float().mean()) - (shape[1] - 1) / 2) <= 0.5


@pytest.mark.parametrize("channels", [1, 3])
def test_a_copy_is_its_own_nearest_neighbour(channels: int, monkeypatch: pytest.MonkeyPatch
                                             ) -> None:
    monkeypatch.setattr("vision.gan.neighbours.CHUNK", 4)
    pixels = torch.randint(0, 256, (11, channels, 6, 6), dtype=torch.uint8)
    known = LabelledPictures(pixels, torch.zeros(11, dtype=torch.long), ("a",))
    drawn = predict.as_pixels(pixels[[9, 2]].float() / 255)
    moved = drawn.copy()
    moved[1] ^= 1  # each number by one level
    near, far = nearest(moved, known, 2)
    assert near.shape == (2, 2, *drawn.shape[1:]) and np.array_equal(near[:, 0], drawn)
    assert far[:, 0].tolist() == pytest.approx([0, 1], abs=0.05) and (far[:, 1] > 10).all()


def test_a_copy_in_colour_is_at_no_distance_at_all() -> None:
    pixels = torch.randint(0, 256, (200, 3, 32, 32), dtype=torch.uint8)
    known = LabelledPictures(pixels, torch.zeros(200, dtype=torch.long), ("a",))
    assert (nearest(pixels.movedim(1, -1).numpy(), known)[1] == 0).all()


def test_a_saved_pair_draws_as_before(tmp_path: Path) -> None:
    one = model("cdcgan")
    one.module.half().float()
    path = checkpoints.save(tmp_path / "x.safetensors", one.module, one.card)
    loaded = predict.load(path)
    assert np.array_equal(predict.predict(loaded, [1], 3).pictures,
                          predict.predict(one, [1], 3).pictures)
