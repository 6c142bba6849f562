"""The command line: every verb of every system, and one sentence for every mistake."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.conftest import told_by
from vision import checkpoints
from vision.__main__ import systems
from vision.options import settings_in

REPOSITORY = Path(__file__).resolve().parent.parent
VERBS = [(system, verb) for system in systems()
         for verb in importlib.import_module(f"vision.{system}").VERBS]
Cli = Callable[..., Any]


def assert_one_sentence(answer: Any, *parts: str) -> None:
    assert answer.code == 2 and answer.out == ""
    assert len(answer.err.splitlines()) == 1 and "Traceback" not in answer.err
    for part in parts:
        assert part in answer.err, answer.err


def test_systems_and_verbs_are_listed(cli: Cli) -> None:
    answer = cli()
    assert answer.code == 0 == cli("--help").code
    for system in systems():
        assert f"\n  {system} " in answer.out
        listed = cli(system)
        assert listed.code == 0
        for verb in importlib.import_module(f"vision.{system}").VERBS:
            assert f"\n  {verb} " in listed.out
    assert {"segmentation", "data"} <= set(systems()) and "ui" not in systems()


@pytest.mark.parametrize(("system", "verb"), VERBS)
def test_help_lists_every_setting(cli: Cli, system: str, verb: str) -> None:
    answer = cli(system, verb, "--help")
    assert answer.code == 0 and answer.err == ""
    module = importlib.import_module(f"vision.{system}").VERBS[verb][0]
    config = importlib.import_module(f"vision.{system}.{module}").VERB.config
    settings = settings_in(config)
    assert len(settings) == len(dataclasses.fields(config))
    for setting in settings:
        flag = setting.name.upper() if setting.told.get("positional") else setting.flag
        assert flag in answer.out and setting.told["help"], setting.name
    assert "--json" in answer.out


@pytest.mark.parametrize("path", sorted(checkpoints.FOLDER.glob("*/*.safetensors")),
                         ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_commands_on_a_shipped_card_are_still_understood(path: Path) -> None:
    card = checkpoints.read_card(path)
    for command in (card.command, *card.metrics.get("made_from", [])):
        system = told_by(command)[0]
        assert system == card.system
    assert told_by(card.command)[2].seed == card.seed


@pytest.mark.parametrize("system", [name for name in systems() if checkpoints.shipped(name)])
def test_every_system_makes_what_it_ships_by_recipe(system: str, tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipes of all systems look alike, so that one command can go through them."""
    recipes = importlib.import_module(f"vision.{system}.recipes")
    assert {path.stem for path in checkpoints.shipped(system)} <= set(recipes.NAMES)
    asked: list[tuple[str, Path]] = []

    def made(name: str, path: Path) -> Path:
        asked.append((name, path))
        path.touch()
        return path

    monkeypatch.setattr(recipes, "made", made)
    last = recipes.NAMES[-1]
    told = recipes.run(recipes.Config(names=(last, recipes.NAMES[0], last), folder=tmp_path))
    paths = [tmp_path / f"{name}.safetensors" for name in (last, recipes.NAMES[0])]
    assert told == paths and [path for _, path in asked] == paths
    assert checkpoints.FOLDER.samefile(REPOSITORY / recipes.FOLDER.parent)


@pytest.mark.parametrize(("system", "verb"), VERBS)
def test_every_verb_refuses_an_unknown_flag(cli: Cli, system: str, verb: str) -> None:
    assert_one_sentence(cli(system, verb, "--no-such-flag", "7"), f"vision {system} {verb} --help")


@pytest.mark.parametrize(("system", "verb"), [
    (system, verb) for system, verb in VERBS if verb.startswith("train")])
def test_every_training_tells_a_setting_that_cannot_be(cli: Cli, system: str, verb: str) -> None:
    for flag, value in (("--seed", -1), ("--steps", -1), ("--save-every", 0)):
        assert_one_sentence(cli(system, verb, flag, value), f"'{flag[2:]}' is {value}")


@pytest.mark.parametrize(("words", "parts"), [
    (["segmentatoin"], ["no system called", "did you mean 'segmentation'?"]),
    (["segmentation", "predcit"], ["no verb called", "did you mean 'predict'?"]),
    (["segmentation", "train", "--arch", "unte"], ["no arch called 'unte'", "'unet'"]),
    (["segmentation", "train", "--steps", "x"], ["--steps", "'x'"]),
    (["segmentation", "train", "--steps", "0"], ["'steps' is 0"]),
    (["segmentation", "train", "--data", "camvit"], ["did you mean 'camvid'"]),
    (["segmentation", "train", "--precision", "fp8"], ["fp8", "bf16"]),
    (["segmentation", "predict"], ["required: PICTURE"]),
    (["segmentation", "predict", "none.png"], ["none.png"]),
    (["segmentation", "predict", "x.png", "--checkpoint", "no.safetensors"], ["no.safetensors"]),
    (["segmentation", "predict", "x.png", "--opacity", "7"], ["opacity", "0 to 1"]),
    (["segmentation", "evaluate", "--checkpoint", "gone.safetensors"], ["gone.safetensors"]),
    (["segmentation", "render", "--count", "0"], ["at least one seed"]),
    (["segmentation\nx"], ["no system called"]),
])
def test_a_mistake_gets_one_sentence(cli: Cli, tiny_checkpoint: Path, words: list[str],
                                     parts: list[str]) -> None:
    if "predict" in words and "--checkpoint" not in words and len(words) > 2:
        words = [*words, "--checkpoint", str(tiny_checkpoint)]
    assert_one_sentence(cli(*words), *parts)


def test_missing_data_says_where_it_is_looked_for(cli: Cli, monkeypatch: pytest.MonkeyPatch,
                                                  tmp_path: Path, tiny_checkpoint: Path) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path / "nowhere"))
    for words in (["train"], ["evaluate", "--checkpoint", str(tiny_checkpoint)]):
        assert_one_sentence(cli("segmentation", *words), str(tmp_path / "nowhere"),
                            "camvid-trainval.zip", "comes from")


def test_predict_from_picture_to_overlay(cli: Cli, tiny_checkpoint: Path, tiny_picture: Path,
                                         tmp_path: Path) -> None:
    answer = cli("segmentation", "predict", tiny_picture, "--checkpoint", tiny_checkpoint,
                 "--output", tmp_path / "a/o.png", "--labels", tmp_path / "b/l.png", "--json")
    assert answer.code == 0
    found = json.loads(answer.out.splitlines()[-1])
    assert (found["height"], found["width"]) == (96, 128)
    assert sum(found["shares"].values()) == pytest.approx(1)
    labels = np.array(Image.open(tmp_path / "b/l.png"))
    assert labels.shape == (96, 128) and labels.max() <= 10
    share = (labels == 0).mean()
    assert found["shares"]["Sky"] == pytest.approx(share)
    assert Image.open(tmp_path / "a/o.png").size == (128, 96)


def test_evaluate_prints_a_table_or_json(cli: Cli, tiny_checkpoint: Path, with_tiny_data: Path
                                         ) -> None:
    words = ("segmentation", "evaluate", "--checkpoint", tiny_checkpoint)
    assert "mIoU" in cli(*words).out
    found = json.loads(cli(*words, "--json").out.splitlines()[-1])
    assert np.shape(found["confusion_matrix"]) == (11, 11) and "mIoU" in found["overall"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nxx", b"II*\0\x08\0\0\0" + b"\7" * 90])
def test_a_broken_picture_gets_one_sentence(cli: Cli, tiny_checkpoint: Path, tmp_path: Path,
                                            content: bytes) -> None:
    (tmp_path / "broken.png").write_bytes(content)
    assert_one_sentence(cli("segmentation", "predict", tmp_path / "broken.png", "--checkpoint",
                            tiny_checkpoint), "accepted")


def test_an_output_that_cannot_be_written_gets_one_sentence(
        cli: Cli, tiny_checkpoint: Path, tiny_picture: Path) -> None:
    assert_one_sentence(cli("segmentation", "predict", tiny_picture, "--checkpoint",
                            tiny_checkpoint, "--output", tiny_picture / "x.png"),
                        "cannot be read or written")


def test_a_real_process_has_the_same_manners(tmp_path: Path) -> None:
    def vision(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        return subprocess.run([sys.executable, "-m", "vision", *words], cwd=tmp_path,
                              capture_output=True, text=True, check=False, env=environment)

    wrong = vision("segmentation", "predict", "none.png", "--checkpoint", "none.safetensors")
    assert wrong.returncode == 2 and wrong.stdout == "" and len(wrong.stderr.splitlines()) == 1
    right = vision("data", "list", "--json")
    assert right.returncode == 0 and right.stderr == ""
    assert json.loads(right.stdout.splitlines()[-1])["data_sets"]
