"""The endpoint /sample as a program sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from vision.gan.predict import grid, load, predict
from vision.ui.tabs.gan.shared import MODELS

MODEL = MODELS.first()
pytestmark = pytest.mark.skipif(MODEL is None, reason="no GAN checkpoint ships")


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def sample(client: Client, **change: Any) -> tuple[Any, ...]:
    settings = {"labels": [3, 1], "count": 6, "seed": 5, "truncation": 4.0, "model": MODEL,
                **change}
    return client.predict(**settings, api_name="/sample")


def test_sample_answers_as_the_package_does(client: Client) -> None:
    pictures, _, file, numbers = sample(client)
    expected = predict(load(MODELS.path_of(str(MODEL), None)), [3, 1], 6, 5)
    assert pictures.count("<img") == 6 and numbers["labels"] == [3, 1] * 3
    path = file["value"] if isinstance(file, dict) else file
    assert np.array_equal(np.asarray(Image.open(path)), grid(expected.pictures, 10))
    assert np.allclose(numbers["opinion"], expected.opinion, atol=1e-5)


def test_labels_may_be_numbers_or_digits(client: Client) -> None:
    assert [sample(client, labels=labels)[3]["labels"] for labels in ([3, 1], ["3", "1"])] == [
        [3, 1] * 3] * 2
    endpoint = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/sample"]
    labels = next(part for part in endpoint["parameters"] if part["parameter_name"] == "labels")
    assert labels["type"]["items"]["type"] == "integer" and "int" in labels["python_type"]["type"]


@pytest.mark.parametrize("change", [
    {"labels": [11]}, {"labels": ["x"]}, {"labels": [1.5]}, {"labels": []}, {"count": 0},
    {"count": 10_000}, {"truncation": 0}, {"model": "nothing"},
])
def test_bad_requests_get_one_sentence(client: Client, change: dict[str, Any]) -> None:
    with pytest.raises(AppError) as caught:
        sample(client, **change)
    sentence = str(caught.value)
    assert "Traceback" not in sentence and "\n" not in sentence and len(sentence) < 400
