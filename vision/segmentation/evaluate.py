"""Measure a segmentation model on a whole data set: the set as one, and picture by picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vision import checkpoints
from vision.checkpoints import Model
from vision.errors import UserError
from vision.nan_safe import mean_known
from vision.options import Verb, option
from vision.segmentation.certainty import familiar
from vision.segmentation.certainty.bootstrap import Tally
from vision.segmentation.certainty.calibration import calibration
from vision.segmentation.data import VOID, Samples, diagnosis, open_samples
from vision.segmentation.looks import MOST
from vision.segmentation.measures.boundary import boundary_f1
from vision.segmentation.measures.metrics import (
    Scores,
    best_match,
    confusion_matrix,
    score,
)
from vision.segmentation.models import facts, task
from vision.segmentation.predict import LARGEST_SIDE, SMALLEST_SIDE, diagnose, load, predict


@dataclass(frozen=True)
class Config:
    """Settings of `evaluate`."""

    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the checkpoint to measure")
    data: str = option("camvid", "the data set, or a folder or zip of images and masks")
    split: str = option("val", "its split")
    sizes: tuple[int, ...] = option((), "short sides at which it looks, not as its card says")
    mirrored: bool = option(False, "look at each in the mirror, too")
    keep: bool = option(False, "write how it looks, how sure it may be, and each picture's part, "
                               "into its card")


@dataclass(frozen=True)
class Report:
    """What a model reaches on a set: its pixels as one whole, and the mean over its pictures."""

    whole_set: Scores
    image_mean: dict[str, float]
    boundary_f1: dict[str, float]  # of each class, the mean over the pictures it is in
    tally: Tally  # picture by picture
    familiarities: tuple[float | None, ...] = ()  # of each picture

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {**self.whole_set.as_json(), "image_mean": self.image_mean,
                "boundary_f1": self.boundary_f1}

    def __str__(self) -> str:
        lines = {"mean over pictures": self.image_mean, "boundary F1": self.boundary_f1}
        return "\n".join([f"whole set: {self.whole_set}", *(
            f"{name}: " + " ".join(f"{key} {value:.4f}" for key, value in values.items())
            for name, values in lines.items())])


def evaluate(checkpoint: Path, data: str = "camvid", split: str = "val") -> Report:
    """Return what a checkpoint reaches over every picture of a split, at full resolution."""
    return reached(load(checkpoint), open_samples(data, split))


def reached(model: Model, samples: Samples) -> Report:
    """Return what a model reaches over all samples, at full resolution."""
    check_classes(model.card.classes, samples.classes)
    names = meanings(model, samples)
    scores, outlines, familiarities = [], [], []
    for index in range(len(samples)):
        picture, truth = samples[index]
        said = predict(model, picture)
        labels = names[said.labels]
        familiarities.append(said.familiarity)
        scores.append(score(truth, labels, model.card.classes))
        outlines += [boundary_f1(*pair, len(model.card.classes))
                     for pair in zip(slices(truth), slices(labels), strict=True)]
    return replace(report(scores, np.array(outlines)), familiarities=tuple(familiarities))


def slices(labels: np.ndarray) -> np.ndarray:
    """Return a volume's slices (D, H, W), or a picture's labels as the only one."""
    return labels.reshape(-1, *labels.shape[-2:])


def report(scores: list[Scores], outlines: np.ndarray) -> Report:
    """Return the report of pictures from their scores and boundary F1 (pictures, classes)."""
    whole = Scores(np.sum([each.matrix for each in scores], axis=0), scores[0].classes)
    rows = [each.overall() for each in scores]
    means = {name: mean_known(np.array([row[name] for row in rows])) for name in rows[0]}
    boundary = {name: mean_known(outlines[:, i]) for i, name in enumerate(whole.classes)}
    tally = Tally.of(np.stack([each.matrix for each in scores]))
    return Report(whole, means, {"mean": mean_known(np.array([*boundary.values()])), **boundary},
                  tally)


def check_classes(own: tuple[str, ...], others: tuple[str, ...]) -> None:
    """Raise if a model and a data set have different numbers of classes."""
    if len(own) != len(others):
        raise UserError("the model has {own} classes but the data set has {others}",
                        "a data set of the model's classes is accepted",
                        "choose another checkpoint or data set", own=len(own), others=len(others))


def measure(model: Model, samples: Samples, refined: bool = True) -> Scores:
    """Return the scores of a model over all samples; groups without labels are matched first."""
    total = counts(model, samples, refined)
    return Scores(total if supervised(model) else total[:, best_match(total)], model.card.classes)


def summary(model: Model, samples: Samples) -> dict[str, Any]:
    """Return what a model card holds: the scores, and how many diagnoses are right, if any."""
    known = [index for index in range(len(samples)) if diagnosis(samples, index) != VOID]
    if not known or not facts(model.card.arch).get("diagnoses"):
        return measure(model, samples).summary()
    said = [[*diagnose(model, samples[index][0]).values()] for index in known]
    right = np.argmax(said, axis=1) == [diagnosis(samples, index) for index in known]
    return {**measure(model, samples).summary(), "diagnosis_accuracy": float(right.mean())}


def meanings(model: Model, samples: Samples) -> np.ndarray:
    """Return for each id that a model predicts the class it stands for on these samples."""
    classes = np.arange(len(model.card.classes), dtype=np.uint8)
    return classes if supervised(model) else classes[np.argsort(best_match(counts(model, samples)))]


def supervised(model: Model) -> bool:
    """Return whether the model learnt what its ids mean."""
    return task(model.card.arch) != "groups"


def counts(model: Model, samples: Samples, refined: bool = True) -> np.ndarray:
    """Return the confusion matrix of a model over all samples."""
    classes = model.card.classes
    total = np.zeros((len(classes), len(classes)), np.int64)
    for index in range(len(samples)):
        picture, truth = samples[index]
        total += confusion_matrix(truth, predict(model, picture, refined).labels,
                                  len(classes))
    return total


def run(config: Config) -> Report:
    """Measure a checkpoint and return its report."""
    check_sizes(config.sizes)
    model, samples = load(config.checkpoint), open_samples(config.data, config.split)
    if config.sizes or config.mirrored:
        model = looking(model, config.sizes, config.mirrored)
    if not config.keep:
        return reached(model, samples)
    check_classes(model.card.classes, samples.classes)
    if task(model.card.arch) not in ("classes", "diagnosis"):
        raise UserError("'{file}' gives no class to the pixels of a picture",
                        "a model of classes of pictures is accepted with --keep",
                        "leave --keep out", file=config.checkpoint.name)
    found = reached(model, samples)
    keep(config, model, found, {"calibration": calibration(model, samples),
                                "pictures": found.tally.as_json(),
                                "familiarity": familiar.as_json(found.familiarities)})
    return found


def check_sizes(sizes: tuple[int, ...]) -> None:
    """Raise for sizes at which no model looks."""
    if len(sizes) > MOST or not all(SMALLEST_SIDE <= each <= LARGEST_SIDE for each in sizes):
        raise UserError("the sizes are {sizes}",
                        "up to {most} short sides from {low} to {high} are accepted",
                        "try --sizes 360 480 600", sizes=", ".join(map(str, sizes[:MOST + 1])),
                        most=MOST, low=SMALLEST_SIDE, high=LARGEST_SIDE)


def looking(model: Model, sizes: tuple[int, ...], mirrored: bool) -> Model:
    """Return a model that looks at these short sides or its own, perhaps in the mirror, too."""
    own = model.card.preprocess
    told = {**own, "sizes": list(sizes) or [own["short_side"]], "mirrored": mirrored}
    return replace(model, card=replace(model.card, preprocess=told))


def keep(config: Config, model: Model, report: Report, found: dict[str, dict[str, Any]]) -> None:
    """Write what was found on a set into a model's card; its weights stay as they are."""
    split = f"{Path(config.data).name} {config.split}"
    known = {name: {"split": split, **values} for name, values in found.items()}
    before = dict(model.card.metrics)
    if (config.sizes or config.mirrored) and split == model.card.data.get("val"):
        once = {"mIoU_once": before.get("mIoU_once", before.get("mIoU"))}
        before |= once | report.whole_set.summary()  # it looks another way than before
    checkpoints.change_card(config.checkpoint, replace(model.card, metrics=before | known))


VERB = Verb(Config, run, "Measure a checkpoint on a data set.")
