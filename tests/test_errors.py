"""The one sentence that a user's mistake gets."""

from __future__ import annotations

import pickle

from vision.errors import UserError, unknown
from vision.files.jsonable import jsonable


def test_the_parts_become_one_sentence_with_values() -> None:
    error = UserError("it has {size} pixels", "up to {most} are accepted", "shrink it",
                      size=7, most=5)
    assert str(error) == "It has 7 pixels; up to 5 are accepted; shrink it."


def test_templates_are_translated_before_the_values_are_filled_in() -> None:
    words = {"it has {size} pixels": "{size} 像素", "shrink it": "缩小"}
    error = UserError("it has {size} pixels", "", "shrink it", size="{odd}")
    assert error.sentence(lambda text: words[text]) == "{odd} 像素; 缩小."


def test_an_error_survives_the_way_between_processes() -> None:
    error = unknown("arch", "unte", ["unet", "fcn"])
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error).endswith("did you mean 'unet'?")


def test_of_many_known_names_the_first_and_the_last_are_told() -> None:
    layers = [f"conv {number}" for number in range(1, 164)]
    assert "known are conv 1, conv 2, conv 3, conv 4, conv 5, conv 6, …, conv 163;" in str(
        unknown("layer", "conv 12x", layers))
    assert "conv 1, conv 2, conv 3;" in str(unknown("layer", "x", layers[:3]))
    assert len(str(unknown("class", "x", ["y" * 1000]))) < 500


def test_plain_gives_only_what_json_knows() -> None:
    assert jsonable({"a": (1, float("nan"), [float("inf")]), 2: "x"}) == {"a": [1, None, [None]],
                                                                       "2": "x"}
