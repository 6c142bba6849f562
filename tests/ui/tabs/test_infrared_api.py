"""The endpoint /detect as a program sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from vision.infrared.predict import Settings, predict
from vision.infrared.thermogram.files import read_thermogram
from vision.ui.tabs.infrared.script import code
from vision.ui.tabs.infrared.shared import MODELS, examples, open_zones

MODEL = MODELS.first()
REPOSITORY = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(MODEL is None, reason="no detector ships")


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def ask(client: Client, **change: Any) -> tuple[Any, ...]:
    picture, low, high, unit = examples()[1]
    settings = {"picture": handle_file(picture), "low": low, "high": high, "unit": unit,
                "model": MODEL, "threshold": 0.05, "mask_threshold": 0.5, "emissivity": 1.0,
                "reflected": 20.0, "air": None, "palette": "recorded", "opacity": 0.35, **change}
    return client.predict(**settings, api_name="/detect")


def test_detect_answers_as_the_package_does(client: Client) -> None:
    told = ask(client)[-1]
    picture, low, high, unit = examples()[1]
    right = predict(MODELS.open(MODEL), read_thermogram(picture, unit, low, high), Settings(0.05),
                    open_zones())
    assert len(told["instances"]) == len(right.instances) > 0
    for said, known in zip(told["instances"], right.instances, strict=True):
        assert said["class"] == known.name and known.reading
        assert said["score"] == pytest.approx(known.score, abs=1e-4)
        assert said["reading"]["highest"] == pytest.approx(known.reading.highest, abs=0.01)


def test_the_script_to_copy_says_what_the_page_says(
        client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, low, high, unit = examples()[0]
    told = ask(client, picture=handle_file(picture), low=low, high=high, unit=unit, threshold=0.5,
               emissivity=0.9, reflected=15.0, air=8.0)[-1]
    script = code(picture, low, high, unit, MODEL, 0.5, 0.5, 0.9, 15.0, 8.0)
    monkeypatch.chdir(REPOSITORY)
    names: dict[str, Any] = {}
    exec(script.replace("runs/", f"{tmp_path}/"), names)
    again = names["result"].as_json()
    levels = [[each["verdict"]["level"] for each in one["instances"]] for one in (told, again)]
    assert levels[0] == levels[1] and len(set(levels[0])) > 1
    assert (tmp_path / "inspection.html").is_file() and again["width"] == told["width"] == 384
    frame = code(*examples()[-1], MODEL, 0.5, 0.5, 1, None, None)
    assert "'assets/infrared/radiometric/thermogram-1.png', 'centikelvin', None" in frame


@pytest.mark.parametrize("change", [
    {"low": 5.0, "high": None}, {"low": 50.0, "high": 5.0}, {"model": "nothing"},
    {"threshold": 7}, {"emissivity": 0}, {"unit": "furlong"}, {"palette": "nothing"},
    {"picture": None}, {"opacity": "abc"}, {"emissivity": 0.9, "reflected": -500},
    {"air": -1000},
])
def test_bad_requests_get_one_sentence(client: Client, change: dict[str, Any]) -> None:
    with pytest.raises(AppError) as caught:
        ask(client, **change)
    sentence = str(caught.value)
    assert "Traceback" not in sentence and "\n" not in sentence and len(sentence) < 500
