"""The app as a program sees it: the stable endpoints, good input, and every kind of bad input."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from vision import checkpoints
from vision.images import read_picture
from vision.segmentation.data import read_labels
from vision.segmentation.predict import load, predict
from vision.ui import ASSETS

SCENES = ASSETS / "segmentation"
UNET = checkpoints.FOLDER / "segmentation" / "unet.safetensors"


@pytest.fixture(scope="session")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def segment(client: Client, picture: Path | None, truth: Path | None = None,
            model: str = "unet", opacity: Any = 0.6) -> tuple[Any, ...]:
    return client.predict(handle_file(picture) if picture else None,
                          handle_file(truth) if truth else None, model, opacity,
                          api_name="/segment")


def refusal(client: Client, *values: Any, **named: Any) -> str:
    """Return the sentence that a bad call gets."""
    with pytest.raises(AppError) as caught:
        segment(client, *values, **named)
    sentence = str(caught.value)
    assert "Traceback" not in sentence and "/" not in sentence.replace("and/or", "")
    assert sentence.count("\n") == 0 and len(sentence) < 400 and sentence[-1] in ".?。？"
    return sentence


def test_only_the_stable_endpoints_are_public(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert "/segment" in named
    assert named.keys() <= {"/segment", "/stylize", "/paint", "/sample", "/prune", "/pruned",
                            "/detect"}


def test_segment_answers_as_the_package_does(client: Client) -> None:
    overlay, _, _, _, _, ids, numbers = segment(
        client, SCENES / "street-1.png", SCENES / "street-1-labels.png")
    labels = read_labels(Path(ids))
    expected = predict(load(UNET), read_picture(SCENES / "street-1.png")).labels
    assert labels.shape == (360, 480) and (labels == expected).mean() > 0.999
    assert Image.open(overlay).size == (480, 360)
    assert numbers["overall"]["mIoU"] > 0.3
    assert sum(map(sum, numbers["confusion_matrix"])) == labels.size
    assert sum(numbers["shares"].values()) == pytest.approx(1)


def test_segment_works_without_a_ground_truth(client: Client) -> None:
    *_, numbers = segment(client, SCENES / "street-2.png")
    assert "overall" not in numbers and numbers["width"] == 480


def test_two_users_get_their_own_pictures(app_url: str) -> None:
    answers: dict[str, np.ndarray] = {}

    def use(name: str) -> None:
        user = Client(app_url, verbose=False)
        for _ in range(3):
            ids = segment(user, SCENES / f"{name}.png")[-2]
            labels = read_labels(Path(ids))
            assert name not in answers or (answers[name] == labels).all()
            answers[name] = labels

    users = [threading.Thread(target=use, args=(f"street-{i}",)) for i in (1, 2, 3)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert len(answers) == 3
    model = load(UNET)
    for name, labels in answers.items():
        expected = predict(model, read_picture(SCENES / f"{name}.png")).labels
        assert (labels == expected).mean() > 0.999


def bad_pictures(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return files that are no usable pictures, each with a word its refusal must contain."""
    good = (SCENES / "street-1.png").read_bytes()
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    Image.new("1", (9000, 7000)).save(folder / "huge.png")
    files = {
        "cut.png": (good[: len(good) // 2], "damaged"), "empty.png": (b"", "empty"),
        "garbage.png": (bytes(range(256)) * 40, "not a picture"),
        "text.jpg": (b"these are only words", "not a picture"),
    }
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    words = {name: word for name, (_, word) in files.items()}
    return {name: (folder / name, word)
            for name, word in {**words, "dot.png": "1×1", "huge.png": "63 megapixels"}.items()}


def test_bad_pictures_get_one_sentence_and_leave_the_app_well(client: Client, tmp_path: Path
                                                              ) -> None:
    for path, word in bad_pictures(tmp_path).values():
        assert word in refusal(client, path), path.name
    before = psutil.Process().memory_info().rss
    for path, word in bad_pictures(tmp_path).values():
        assert word in refusal(client, path)
    assert psutil.Process().memory_info().rss - before < 100e6
    assert segment(client, SCENES / "street-1.png")[-1]["height"] == 360


def test_bad_ground_truths_say_why(client: Client, tmp_path: Path) -> None:
    scene = SCENES / "street-1.png"
    Image.new("L", (64, 48)).save(tmp_path / "small.png")
    assert "64×48" in refusal(client, scene, tmp_path / "small.png")
    labels = np.zeros((360, 480), np.uint8)
    labels[:20], labels[20:40] = 77, 200
    Image.fromarray(labels).save(tmp_path / "odd.png")
    assert "77, 200" in refusal(client, scene, tmp_path / "odd.png")
    Image.new("RGB", (480, 360), (1, 2, 3)).save(tmp_path / "colours.png")
    assert "#010203" in refusal(client, scene, tmp_path / "colours.png")


def test_bad_settings_say_why(client: Client) -> None:
    scene = SCENES / "street-1.png"
    assert "no picture" in refusal(client, None)
    assert "'Overlay' is 5; numbers from 0 to 1" in refusal(client, scene, opacity=5)
    assert "did you mean 'pspnet'" in refusal(client, scene, model="pspnett")
    for model, words in (("../../etc/passwd", "'Model' has no choice '../../etc/passwd'"),
                         (None, "There is no model called 'None'"), (7, "no choice '7'")):
        with pytest.raises(AppError, match=re.escape(words)):
            segment(client, scene, model=model)
    for opacity in ("abc", None, [1]):
        assert "wrong kind" in refusal(client, scene, opacity=opacity)


def test_sentences_come_in_the_language_of_the_request(app_url: str) -> None:
    chinese = Client(app_url, verbose=False, headers={"accept-language": "zh-CN"})
    assert "图片" in refusal(chinese, None)
    assert "没有选项“pspnett”" in refusal(chinese, SCENES / "street-1.png", model="pspnett")
