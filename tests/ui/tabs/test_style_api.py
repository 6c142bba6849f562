"""The endpoint /stylize as a program sees it, with a tiny extractor of random weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.style.sights import CONTENT, STYLE
from tests.ui.tabs.style_tiny import PATHS, tiny_extractor
from vision.images import read_picture
from vision.style.features.extractor import open_extractor
from vision.style.transfer import transfer
from vision.ui.tabs.style.controls import Chosen

SMALL = {"size": 64, "steps": 4, "preset": "single", "tv_power": -3.0}


@pytest.fixture(scope="module", autouse=True)
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with tiny_extractor(tmp_path_factory.mktemp("style")):
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two pictures, and three that style transfer cannot work with."""
    folder = tmp_path_factory.mktemp("pictures")
    pictures = {"content": CONTENT, "style": STYLE, "tiny": CONTENT[:20],
                "long": np.tile(CONTENT[:40], (1, 3, 1))}
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return {name: folder / f"{name}.png" for name in pictures}


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def stylize(client: Client, files: dict[str, Path], **change: Any) -> tuple[Any, ...]:
    values = {"content": files["content"], "style": files["style"], **SMALL, **change}
    named = {name: handle_file(value) if isinstance(value, PATHS) else value
             for name, value in values.items()}
    return client.predict(second_style=None, region=None, api_name="/stylize", **named)


def test_stylize_answers_as_the_package_does(client: Client, files: dict[str, Path]) -> None:
    answer = stylize(client, files)
    settings = Chosen(size=64, steps=4, preset="single", tv_power=-3.0).settings()
    assert settings.weights.as_tuple() == (1, 10_000, 0) and settings.sides == (64,)
    *_, last = transfer(open_extractor(), CONTENT, [STYLE], settings)
    losses = answer[-1]["losses"]
    assert losses == pytest.approx(last.losses, rel=1e-3) and answer[-1]["steps"] == 4
    painted = read_picture(path_of(answer[3])).astype(float)
    assert painted.shape == last.picture.shape
    assert np.abs(painted - last.picture).mean() < 1


def path_of(value: Any) -> str:
    return str(value["value"] if isinstance(value, dict) else value)


def test_an_animation_comes_with_it(client: Client, files: dict[str, Path]) -> None:
    film = Image.open(path_of(stylize(client, files)[4]))
    assert film.format == "GIF" and getattr(film, "n_frames", 1) >= 2
    assert max(film.size) == 64


@pytest.mark.parametrize("change, word", [
    ({"content": "tiny"}, "32×32"), ({"content": "long"}, "long and narrow"),
    ({"content": None}, "no picture"), ({"style": None}, "no style picture"),
    ({"content_power": -3, "style_power": -3}, "all weights are 0"),
    ({"content_layers": []}, "no content layer"), ({"style_layers": []}, "no style layer"),
    ({"learning_rate": -1}, "learning-rate"), ({"extractor": "nothing"}, "nothing"),
    ({"size": 5}, ""), ({"preset": "none"}, ""),
])
def test_bad_requests_get_one_sentence(client: Client, files: dict[str, Path],
                                       change: dict[str, Any], word: str) -> None:
    change = {name: files.get(value, value) if isinstance(value, str) else value
              for name, value in change.items()}
    with pytest.raises(AppError) as caught:
        stylize(client, files, **change)
    sentence = str(caught.value)
    assert word in sentence.lower() and "Traceback" not in sentence and "\n" not in sentence
    assert len(sentence) < 400
