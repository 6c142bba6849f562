"""Models of a class are measured alike, ranked by what is sure, and copies are named."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.conftest import REPOSITORY
from vision import checkpoints
from vision.bootstrap import Measure, middle, places_drawn
from vision.checkpoints import FOLDER
from vision.errors import UserError
from vision.files.csv_table import as_csv
from vision.gan import grade as gan_grade
from vision.gan import predict as gan
from vision.grading.graded import (
    GRADED,
    MOST,
    Graded,
    check_files,
    grade,
    names_of,
    seed_of,
    trained_on,
    with_kin,
)
from vision.grading.kinship import kin, sample
from vision.grading.rank import ranked
from vision.infrared import grade as infrared_grade
from vision.infrared import predict as infrared
from vision.infrared.data import Scenes
from vision.infrared.evaluate import measure as measured_by_coco
from vision.pruning import grade as pruning_grade
from vision.pruning import predict as pruning
from vision.pruning.drawings import CLASSES
from vision.segmentation import evaluate
from vision.segmentation import grade as segmentation_grade
from vision.segmentation import predict as segmentation
from vision.segmentation.data import Scenes as Streets


def graded(name: str, per_picture: np.ndarray) -> Graded:
    """A file whose measure is the mean of a number of each picture."""
    measure = Measure("accuracy", len(per_picture),
                      lambda places: float(per_picture[places].mean()))
    return Graded(name, measure.whole(), measure.drawn(200), "accuracy")


def test_only_a_model_that_is_surely_better_pushes_another_down() -> None:
    random = np.random.default_rng(0)
    hard = random.uniform(0, 1, 60)  # the pictures differ much more than the first two models
    best, second, bad = hard + 0.1, hard + 0.095 + random.normal(0, 0.02, 60), hard
    ranking = ranked("pruning", [graded("bad", bad), graded("best", best),
                                 graded("second", second)], 60)
    assert [(place.rank, place.graded.file) for place in ranking.places] == [
        (1, "best"), (1, "second"), (3, "bad")]
    alone = [middle(graded("", each).drawn) for each in (best, bad)]
    assert alone[1][1] > alone[0][0], "unpaired intervals overlap: only the paired ones decide"


def test_forty_models_are_ranked_and_the_copies_among_them_named(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.grading.graded.shipped", lambda system: {})
    random = np.random.default_rng(0)
    hard = random.uniform(0, 0.1, 60)
    weights = [{"w": torch.from_numpy(random.normal(size=300))} for _ in range(MOST - 1)]
    weights.append(weights[20])
    class_ = with_kin([replace(graded(f"{number}", hard + 0.02 * min(number, 38)),
                               own=sample(weights[number])) for number in range(MOST)], "pruning")
    check_files([Path(each.file) for each in class_], "pruning")
    places = ranked("pruning", class_, 60).places
    assert [place.rank for place in places] == [1, 1, *range(3, MOST + 1)]
    assert [int(place.graded.file) for place in places[2:]] == [*range(37, -1, -1)]
    assert {each.file: each.same for each in class_ if each.same} == {
        "20": ("39",), "39": ("20",)}


def test_what_was_refused_comes_last_and_says_why() -> None:
    refused = Graded("odd", refused=UserError("it is odd", "even ones are accepted", "mend it"))
    ranking = ranked("gan", [refused, Graded("none", float("nan")), graded("a", np.ones(5))], 5)
    assert [place.rank for place in ranking.places] == [1, None, None]
    assert "It is odd" in str(ranking) and "no score" in str(ranking)
    assert ranking.as_json()["models"][1]["refused"].startswith("It is odd")


def test_a_word_stands_for_pictures_that_no_training_here_sees() -> None:
    assert seed_of("apple") == seed_of(" apple ") != seed_of("Apple")
    seeds = [seed_of(str(number)) for number in range(200)]
    assert len(set(seeds)) == 200 and min(seeds) > 1_100_000_000 and max(seeds) < 2**31
    with pytest.raises(UserError, match="No word"):
        seed_of("  ")


def test_weights_are_known_again_whatever_the_card_says() -> None:
    torch.manual_seed(0)
    one = {"b": torch.randn(300, 40), "a": torch.randn(7), "n": torch.tensor(3)}
    same = {name: one[name].clone() for name in reversed(list(one))}
    noisy = {**one, "b": one["b"] + 0.001 * torch.randn(300, 40)}
    trained = {**one, "b": one["b"] + 0.05 * torch.randn(300, 40)}
    reshaped = {**one, "b": one["b"].reshape(40, 300)}
    others = {name: sample(tensors) for name, tensors in (
        ("same", same), ("noisy", noisy), ("trained", trained), ("reshaped", reshaped))}
    assert kin(sample(one), others) == ["same", "noisy"]


class Elsewhere(torch.Tensor):
    """A tensor that NumPy cannot read where it lies, as one on a GPU."""

    def cpu(self) -> torch.Tensor:
        return self.as_subclass(torch.Tensor)

    def numpy(self) -> np.ndarray:
        raise TypeError("it lies elsewhere")


def test_weights_on_a_gpu_are_read_too() -> None:
    weights = {"a": torch.randn(50, 40)}
    there = {name: part.as_subclass(Elsewhere) for name, part in weights.items()}
    assert np.array_equal(sample(there).weights, sample(weights).weights)


def test_a_model_that_ships_is_known_again() -> None:
    path = FOLDER / "pruning" / "vgg16-drawings.safetensors"
    own = sample(pruning.load(path).module.state_dict())
    assert kin(own, {"vgg16-drawings": own}) == ["vgg16-drawings"]
    found = with_kin([Graded("mine.safetensors", own=own)], "pruning")
    assert found[0].same == ("vgg16-drawings (shipped)",)


@pytest.mark.parametrize("told, names", [
    (5, ()), (["a"] * 9, ("a",) * 4), ([{"a": 1}], ("{'a': 1}",)), (None, ())])
def test_a_foreign_card_may_tell_anything_of_its_data(told: Any, names: tuple[str, ...]) -> None:
    assert trained_on(checkpoints.Card("gan", "cgan", {}, data={"train": told})) == names


def test_names_that_come_twice_are_numbered() -> None:
    paths = [Path("a/unet.safetensors"), Path("b/unet.safetensors"), Path("c.safetensors")]
    assert names_of(paths) == ["unet.safetensors", "unet.safetensors (2)", "c.safetensors"]


def test_what_cannot_be_ranked_gets_one_sentence() -> None:
    for files, system, words in (([Path("a")], "style", "are not graded"), ([], "gan", "0 files"),
                                 ([Path(str(n)) for n in range(MOST + 1)], "gan", "41 files")):
        with pytest.raises(UserError, match=words):
            check_files(files, system)


def test_no_cell_of_a_table_is_a_formula() -> None:
    rows = [{"file": "=cmd()", "n": -1}, {"file": "@a", "=b": "+1"}, {"n": "-2.50", "=b": "-2+a"}]
    lines = list(csv.reader(as_csv(rows).splitlines()))
    assert lines == [["file", "n", "'=b"], ["'=cmd()", "-1", ""], ["'@a", "", "'+1"],
                     ["", "-2.50", "'-2+a"]]
    assert as_csv([], ["n", "m"]).split() == as_csv([{"m": 1}], ["n"]).split()[:1] == ["n,m"]


def test_the_command_ranks_names_copies_and_goes_on_after_a_broken_file(
        tiny_checkpoint: Path, tmp_path: Path, cli: Callable[..., Any],
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.grading.graded.shipped", lambda system: {})
    model = segmentation.load(tiny_checkpoint)
    copy = checkpoints.save(tmp_path / "mine.safetensors", model.module,
                            replace(model.card, command="I trained this myself"))
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(tiny_checkpoint.read_bytes()[:2000])
    first = shutil.copy(tiny_checkpoint, tmp_path / "first.safetensors")
    answer = cli("grading", "rank", first, copy, broken, "--word", "apple", "--pictures", 2,
                 "--output", tmp_path / "ranking.csv")
    assert answer.code == 0, answer.err
    table = list(csv.DictReader((tmp_path / "ranking.csv").read_text().splitlines()))
    assert [row["rank"] for row in table] == ["1", "1", ""]
    assert {row["file"]: row["same weights as"] for row in table[:2]} == {
        "first.safetensors": "mine.safetensors", "mine.safetensors": "first.safetensors"}
    assert "broken.safetensors" in table[2]["refused"]


def test_one_model_that_fails_on_the_pictures_spoils_no_others_rank(
        tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = gan.load(FOLDER / "gan" / "cgan-mnist.safetensors")
    data = {**model.card.data, "train": ["cifar10"]}  # whose classifier reads colours
    odd = checkpoints.save(tmp_path / "odd.safetensors", model.module,
                           replace(model.card, data=data))
    found = grade(odd, "gan", "apple", 10)
    assert "'odd.safetensors' cannot be used" in str(found.refused) and "channels" in caplog.text


def test_a_full_memory_is_no_models_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("vision.grading.graded.measured", full)
    with pytest.raises(MemoryError):
        grade(tmp_path / "a.safetensors", "gan", "apple")


def test_a_street_model_is_graded_by_the_mean_iou_of_all_pictures(
        tiny_checkpoint: Path) -> None:
    model, first = segmentation.load(tiny_checkpoint), Streets.RANGES["val"].start
    measure = segmentation_grade.measure(model, first, 3)
    report = evaluate.measure(model, evaluate.open_samples("scenes", "val", 3))
    assert measure.whole() == pytest.approx(report.mean_iou, abs=1e-9)
    assert measure.of(np.array([1, 1])) == pytest.approx(measure.of(np.array([1])))


def test_a_network_and_a_generator_are_graded_by_what_is_right() -> None:
    network = pruning.load(FOLDER / "pruning" / "vgg16-drawings.safetensors")
    pixels, labels = pruning_grade.drawings(5, 20)
    said = pruning.logits(network, pixels).argmax(1)
    assert pruning_grade.measure(network, 5, 20).whole() == (said == labels).float().mean()
    assert labels.tolist() == [*range(10)] * 2 and len(CLASSES) == 10
    generator = gan.load(FOLDER / "gan" / "cgan-mnist.safetensors")
    result = gan.predict(generator, [*range(10)], 40, 3, reader=gan.classifier_for("mnist"))
    assert gan_grade.measure(generator, 3, 40).whole() == pytest.approx(result.fidelity)


def test_a_detector_is_graded_as_coco_would() -> None:
    detector = infrared.load(FOLDER / "infrared" / "mask_rcnn.safetensors")
    measure = infrared_grade.measure(detector, 77, 2)
    wanted = measured_by_coco(detector, Scenes(77, 2)).precisions["box"].ap50
    assert measure.whole() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("change, words", [
    ({"data": {"train": ["../../etc"]}}, "no classifier"), ({"data": {}}, "no classifier"),
    ({"data": {"train": 5}}, "no classifier"), ({"classes": ()}, "label 9")])
def test_a_generator_that_does_not_know_its_datas_labels_is_refused(
        change: dict[str, Any], words: str) -> None:
    model = gan.load(FOLDER / "gan" / "cgan-mnist.safetensors")
    with pytest.raises(UserError, match=words):
        gan_grade.measure(replace(model, card=replace(model.card, **change)), 1, 10)


def test_draws_are_the_same_every_time_and_every_system_has_a_measure() -> None:
    assert (places_drawn(9, 5) == places_drawn(9, 5)).all() and places_drawn(9, 5).max() < 9
    assert set(GRADED) == {path.parent.name for path in (REPOSITORY / "vision").glob(
        "*/grade.py")}
