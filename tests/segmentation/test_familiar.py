"""Whether a model knows such pictures: how high its scores are, and what its card calls usual."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import skimage.data
import torch
from torch import nn

from tests.conftest import REPOSITORY
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.images import read_picture
from vision.segmentation.certainty.familiar import Usual, as_json, familiarity
from vision.segmentation.predict import load, logits, predict


class Bright(nn.Module):
    """Says the second of three classes, with a score that is higher the brighter a picture is."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bright = self.weight * x.mean(1, keepdim=True)
        return torch.cat([0 * bright, bright, 0 * bright], 1)


def model(**metrics: Any) -> Model:
    return Model(Bright().eval(), Card("segmentation", "unet", {"classes": 3}, ("a", "b", "c"),
                                       {"short_side": 64}, metrics=metrics))


def test_the_best_class_counts_and_no_other() -> None:
    scores = torch.zeros(1, 5, 30, 40)
    scores[:, 2, :, :20], scores[:, 3, :, 20:] = 4.0, 6.0
    assert familiarity(scores) == pytest.approx(5, abs=0.05)
    assert familiarity(scores - 3) == pytest.approx(2, abs=0.05), "softmax would see no difference"


def test_a_prediction_tells_how_high_its_scores_are() -> None:
    net, random = model(), np.random.default_rng(0)
    picture = random.integers(140, 200, (96, 128, 3), np.uint8)
    told = predict(net, picture)
    wanted = float(logits(net, picture, (96, 128)).amax(1).mean())
    assert told.familiarity == pytest.approx(wanted, abs=1e-3)
    assert told.as_json()["familiarity"] == told.familiarity


def test_hardly_any_usual_picture_is_strange() -> None:
    usual = np.random.default_rng(1).normal(6, 0.2, 101).tolist()
    kept = {"split": "streets val", **as_json([*usual, None])}
    found = Usual.of(model(familiarity=kept).card)
    assert found and found.split == "streets val"
    assert sum(each < found.score for each in kept["pictures"]) <= 1
    assert found.lowest == pytest.approx(0.75 * found.score)
    assert [found.strange(score) for score in (1.0, 5.0, None)] == [True, False, False]
    odd = Usual.of(model(familiarity={"pictures": [*usual, 0.1]}).card)
    assert odd and odd.score == pytest.approx(found.score, abs=0.2), "one odd one decides little"


@pytest.mark.parametrize("kept", [None, 7, {}, {"pictures": []}, {"pictures": ["a"]},
                                  {"pictures": 3}])
def test_a_card_that_says_nothing_finds_nothing_strange(kept: Any) -> None:
    assert Usual.of(model(familiarity=kept).card) is None


def test_what_the_page_opens_with_knows_its_streets_and_neither_cat_nor_person() -> None:
    net = load(checkpoints.FOLDER / "segmentation" / "unet.safetensors")
    usual = Usual.of(net.card)
    streets = [read_picture(path) for path in
               sorted((REPOSITORY / "assets" / "segmentation").glob("street-?.png"))]
    others = [skimage.data.chelsea(), skimage.data.astronaut(), skimage.data.coffee()]
    assert usual and len(streets) == 6
    assert [usual.strange(predict(net, picture).familiarity) for picture in [*streets, *others]
            ] == [False] * 6 + [True] * 3
