"""Two judges read the same drawings, and what they say is a mean and a spread over seeds."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import pytest
import torch

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.gan import evaluate, judges
from vision.gan.models import ARCHITECTURES
from vision.gan.predict import Drawer, load

CLASSES = ("a", "b", "c")


def saved(folder: Path, name: str, arch: str, **metrics: float) -> Path:
    """An untrained model of the shapes, in its file."""
    torch.manual_seed(len(name))
    module = ARCHITECTURES.build(arch, classes=3)
    card = Card("gan", arch, {"classes": 3}, CLASSES, data={"train": ["shapes"]}, metrics=metrics)
    return checkpoints.save(folder / "gan" / f"{name}.safetensors", module, card)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of checkpoints: a CGAN and its two judges."""
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    (tmp_path / "gan").mkdir()
    saved(tmp_path, "cgan-shapes", "cgan", fidelity=0.25)
    saved(tmp_path, "classifier-shapes-second", "dense_classifier", accuracy=0.5)
    saved(tmp_path, "classifier-shapes", "classifier", accuracy=0.75)
    return tmp_path


def model(folder: Path) -> Model:
    return load(folder / "gan" / "cgan-shapes.safetensors")


def guesses(judge: Model, drawn: torch.Tensor) -> torch.Tensor:
    """A reading that hangs on the judge and on the drawings, as if both had learnt something."""
    seed = round(1e6 * float(drawn.sum())) + len(judge.card.arch)
    return torch.rand(len(drawn), 3, generator=torch.Generator().manual_seed(seed))


def test_each_judge_says_mean_and_spread_of_the_same_drawings(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "read", guesses)
    found = judges.verdicts(model(folder), "shapes", first=4, seeds=3, each=60)
    assert [verdict.judge for verdict in found] == ["classifier-shapes", "classifier-shapes-second"]
    assert [verdict.arch for verdict in found] == ["classifier", "dense_classifier"]
    assert [verdict.accuracy for verdict in found] == [0.75, 0.5]
    asked = np.resize([0, 1, 2], 60)
    for verdict in found:
        judge = load(folder / "gan" / f"{verdict.judge}.safetensors")
        shares = [float(np.mean(guesses(judge, Drawer.of(model(folder)).floats(asked, seed))
                                .argmax(1).numpy() == asked)) for seed in (4, 5, 6)]
        assert verdict.mean == pytest.approx(sum(shares) / 3)
        assert shares[0] != shares[1]
        assert verdict.deviation == pytest.approx(statistics.stdev(shares))
    assert "± 0." in str(found[0]) and "3 seeds × 60 pictures" in str(found[0])


def test_who_draws_without_labels_is_not_judged(folder: Path) -> None:
    saved(folder, "gan-shapes", "gan")
    assert judges.verdicts(load(folder / "gan" / "gan-shapes.safetensors"), "shapes") == ()
    assert judges.verdicts(model(folder), "no-such-data", each=60) == ()


def test_the_report_names_both_and_the_card_keeps_them(folder: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "available", lambda: [])  # the drawings alone
    monkeypatch.setattr(judges.verdicts, "__defaults__", (1, 2, 30))
    path = folder / "gan" / "cgan-shapes.safetensors"
    before = checkpoints.load(path, ARCHITECTURES).module.state_dict()
    report = evaluate.run(evaluate.Config(path, count=100))
    assert str(report).count("label fidelity by") == 2
    assert checkpoints.read_card(path).metrics == {"fidelity": 0.25}
    evaluate.run(evaluate.Config(path, count=100, write=True))
    card = checkpoints.read_card(path)
    assert card.metrics["fidelity"] == pytest.approx(report.fidelity)
    assert card.metrics["judges"] == [verdict.as_json() for verdict in report.judges]
    after = checkpoints.load(path, ARCHITECTURES).module.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
