"""Registries: every name once, found by discovery, unknown names answered with the nearest."""

from __future__ import annotations

import inspect

import pytest

from vision.errors import UserError
from vision.registry import Registry


def first(*, width: int) -> list[int]:
    """A builder."""
    return [width]


def second(*, width: int) -> list[int]:
    """Another builder."""
    return [-width]


@pytest.fixture
def registry() -> Registry:
    return Registry("toys", "vision.segmentation.models", kind="toy")


def place(builder: object) -> str:
    return f"{__file__}:{inspect.getsourcelines(builder)[1]}"


def test_a_duplicate_raises_and_names_both_places(registry: Registry) -> None:
    registry.register("box", paper="arXiv:1", year=1)(first)
    with pytest.raises(ValueError, match="'box' is registered twice") as caught:
        registry.register("box", paper="arXiv:2", year=2)(second)
    assert place(first) in str(caught.value) and place(second) in str(caught.value)
    assert place(first) != place(second)
    assert registry["box"].build is first


def test_names_are_sorted_and_entries_keep_their_facts(registry: Registry) -> None:
    registry.register("b", paper="arXiv:1505.04597", year=2015, idea="skips")(first)
    registry.register("a", paper="", year=1)(second)
    assert registry.names() == ["a", "b"] == [entry.name for entry in registry]
    assert registry["b"].facts == {"idea": "skips"} and registry["b"].year == 2015
    assert registry["b"].link == "https://arxiv.org/abs/1505.04597"
    assert registry.build("a", width=3) == [-3]


def test_an_unknown_name_lists_the_known_and_the_nearest(registry: Registry) -> None:
    registry.register("house", paper="", year=1)(first)
    registry.register("tree", paper="", year=1)(second)
    with pytest.raises(UserError) as caught:
        registry.build("hose", width=1)
    assert str(caught.value) == (
        "There is no toy called 'hose'; known are house, tree; did you mean 'house'?")
    with pytest.raises(UserError, match="choose one of them"):
        registry["zzzzzz"]


@pytest.mark.parametrize("config", [{}, {"width": 1, "height": 2}])
def test_wrong_settings_name_the_right_ones(registry: Registry, config: dict[str, int]) -> None:
    registry.register("box", paper="", year=1)(first)
    with pytest.raises(UserError, match="its settings are width"):
        registry.build("box", **config)


def test_a_size_that_a_builder_lacks_is_told_as_a_wrong_setting(registry: Registry) -> None:
    registry.register("box", paper="", year=1)(lambda *, size: {"compact": 1}[size])
    assert registry.build("box", size="compact") == 1
    with pytest.raises(UserError, match=r"cannot be built from .*'paper'.*its settings are size"):
        registry.build("box", size="paper")
