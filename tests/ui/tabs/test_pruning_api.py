"""The endpoint /prune as a program sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from vision.images import read_picture
from vision.pruning.count import count
from vision.pruning.plan import make_plan
from vision.pruning.predict import load, network_of, predict
from vision.pruning.surgery import prune
from vision.ui.tabs.pruning.controls import examples
from vision.ui.tabs.pruning.shared import MODELS

MODEL = MODELS.first()
pytestmark = pytest.mark.skipif(MODEL is None, reason="no network ships")


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def ask(client: Client, **change: Any) -> tuple[Any, ...]:
    settings = {"model": MODEL, "ratio": 0.3, "criterion": "gamma", "protected": "",
                "picture": handle_file(examples()[0][0]), **change}
    return client.predict(**settings, api_name="/prune")


def test_prune_answers_as_the_package_does(client: Client) -> None:
    html, found = ask(client)
    file = client.predict(api_name="/pruned")
    whole = load(MODELS.path_of(str(MODEL), None))
    small = prune(network_of(whole), make_plan(network_of(whole), 0.3))
    path = Path(file["value"] if isinstance(file, dict) else file)
    assert network_of(load(path)).widths == small.widths and "<img" in html
    assert found["after"]["parameters"] == count(small).parameters
    said = predict(whole, read_picture(examples()[0][0])).label
    assert found["before"]["label"] == said == "airplane"


@pytest.mark.parametrize("change", [
    {"ratio": 1.5}, {"ratio": -1}, {"criterion": "nothing"}, {"model": "nothing"},
    {"protected": "no layer"},
])
def test_bad_requests_get_one_sentence(client: Client, change: dict[str, Any]) -> None:
    with pytest.raises(AppError) as caught:
        ask(client, **change)
    sentence = str(caught.value)
    assert "Traceback" not in sentence and "\n" not in sentence and len(sentence) < 400
