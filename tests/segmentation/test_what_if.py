"""Streets with one thing changed: only that changes, and what models make of them is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vision.segmentation.predict import load
from vision.segmentation.scenes import Scene, draw_scene, factors, paint, render
from vision.segmentation.scenes.factors import FACTORS
from vision.segmentation.scenes.street import Street
from vision.segmentation.scenes.things import Thing
from vision.segmentation.studies.what_if import look, points

SIZE = (90, 120)
PARTS = {"sun": "light", "fog": "light", "clutter": "things", "camera": "camera", "cast": "lens"}


def changed(name: str, value: float, seed: int = 2) -> Scene:
    return FACTORS[name].change(draw_scene(seed, SIZE), value)


@pytest.mark.parametrize("name", FACTORS)
def test_one_part_changes_and_its_values_make_other_pictures(name: str) -> None:
    factor, plain = FACTORS[name], draw_scene(2, SIZE)
    last = changed(name, factor.values[-1])
    for field in fields(Scene):
        before, after = (getattr(scene, field.name) for scene in (plain, last))
        if field.name == PARTS[name]:
            assert before is not after
        elif field.name in ("light", "camera", "lens"):
            assert all(np.array_equal(getattr(before, part.name), getattr(after, part.name))
                       for part in fields(before))
    ends = [paint(changed(name, value)) for value in (factor.values[0], factor.values[-1])]
    assert (ends[0].picture != ends[1].picture).mean() > 0.05
    same = np.array_equal(ends[0].labels, ends[1].labels)
    assert same == (name in ("sun", "fog", "cast"))  # these move nothing


def test_factors_do_what_they_say() -> None:
    high = changed("sun", 65)
    assert np.degrees(np.arcsin(high.light.sun[1])) == pytest.approx(65)
    assert np.linalg.norm(high.light.sun) == pytest.approx(1) and high.light.direct.min() > 0.5
    assert changed("camera", 4).camera.eye == 4 and changed("fog", 0.03).light.density == 0.03
    counts = [len(changed("clutter", value).things) for value in (0, 1, 2)]
    assert counts[0] == len(draw_scene(2, SIZE).things) < counts[1] < counts[2]
    more = {id(thing) for thing in changed("clutter", 1).things}
    assert len(more) == counts[1]  # none was lost
    warm, cool = (paint(changed("cast", value)).picture.astype(float).mean((0, 1))
                  for value in (0.4, -0.4))
    assert warm[0] - warm[2] > 30 > -30 > cool[0] - cool[2]
    plain = render(2, SIZE)[0].astype(float)
    assert paint(changed("fog", 0.06)).picture.std() < 0.8 * plain.std()


def test_what_is_added_is_not_drawn_with_the_streets_own_numbers(
        monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    def traffic(random: np.random.Generator, _: Street) -> list[Thing]:
        begun.append(random.random())
        return []

    monkeypatch.setattr(factors, "traffic", traffic)
    monkeypatch.setattr(factors, "crowd", lambda *_: [])
    changed("clutter", 3)
    assert len({*begun, np.random.default_rng(2).random()}) == 4  # three rounds and the street


def test_points_hold_all_streets_of_a_value_and_both_models(
        tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.segmentation.studies.what_if.SIZE", SIZE)
    model, seen = load(tiny_checkpoint), []
    for each in look([model, model], "fog", 2):
        seen.append(each)
        if len(seen) == 3:
            break
    first, second = points(seen, "fog")
    assert [len(tally.hits) for tally in (*first.tallies, *second.tallies)] == [2, 2, 1, 1]
    assert np.array_equal(first.tallies[0].hits, first.tallies[1].hits)
    assert first.value == FACTORS["fog"].values[0] and first.picture.shape == (*SIZE, 3)
    assert first.tallies[0].unions.sum() >= 2 * SIZE[0] * SIZE[1]


def test_the_command_tells_each_value(tiny_checkpoint: Path, cli: Callable[..., Any],
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.segmentation.studies.what_if.SIZE", SIZE)
    words = ("segmentation", "what_if", "--count", 1, "--checkpoint", tiny_checkpoint)
    monkeypatch.setitem(FACTORS, "camera", replace(FACTORS["camera"], values=(1.0, 2.0)))
    told = json.loads(cli(*words, "--factor", "camera", "--against", tiny_checkpoint, "--json"
                          ).out.splitlines()[-1])
    assert [point["value"] for point in told["points"]] == [1, 2]
    assert told["points"][0]["difference"]["value"] == 0
    answer = cli(*words, "--factor", "moon")
    assert answer.code == 2 and "there is no factor called 'moon'" in answer.err.lower()
