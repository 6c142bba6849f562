"""Which files are mutated, and which tests are to notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A file below `vision`, its tests, and the names in it that count, if not all."""

    file: str
    tests: tuple[str, ...]
    only: tuple[str, ...] = ()


TARGETS = (
    Target("segmentation/measures/metrics.py", ("segmentation/test_metrics.py",)),
    Target("nan_safe.py", ("test_nan_safe.py",)),
    Target("segmentation/objectives/losses.py", ("segmentation/test_losses.py",)),
    Target("segmentation/measures/boundary.py", ("segmentation/test_boundary.py",)),
    Target("segmentation/crf.py", ("segmentation/test_crf.py",)),
    Target("gan/train.py", ("gan/test_gan_losses.py",), ("Game",)),
    Target("gan/lab/game.py", ("gan/test_gan_losses.py",), ("Players",)),
    Target("gan/parzen.py", ("gan/test_gan_parzen.py",),
           ("Score", "log_likelihood", "curve", "score", "of_drawer", "_chunks", "_log_mean")),
    Target("style/losses.py", ("style/test_style_losses.py",)),
    Target("pruning/plan.py", ("pruning/test_pruning_plan.py",)),
    Target("pruning/surgery.py", ("pruning/test_pruning_surgery.py",)),
    Target("pruning/criteria.py", ("pruning/test_pruning_criteria.py",)),
    Target("infrared/models/weight_transfer.py",
           ("infrared/models/test_infrared_weight_transfer.py",)),
    Target("infrared/inspection/thermal.py", ("infrared/inspection/test_infrared_thermal.py",)),
    Target("infrared/pretraining/glcm.py", ("infrared/pretraining/test_infrared_glcm.py",)),
    Target("infrared/measures/average_precision.py",
           ("infrared/measures/test_infrared_average_precision.py",)),
)
