"""Who else sees the style? A painting judged by networks that had no part in it.

An optimiser may please its own network with what nobody else sees: an adversarial example rather
than a painting. So public networks are asked too, where their weights are on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from vision.data import pretrained
from vision.devices import best_device
from vision.gpu_fallback import or_on_cpu
from vision.style.features.warm_start import begin
from vision.style.scene import Scene

JUDGES = ("vgg16-bsds", "vgg19-slim-teacher")


@dataclass(frozen=True)
class Judgement:
    """What a network says of a painting, 0 for a perfect one."""

    style: float  # style loss, as a share of the unpainted photograph's
    content: float  # mean squared change of the photograph's features, as a share of their square


def judges() -> list[str]:
    """Return the public networks that are here to judge."""
    return [name for name in JUDGES if pretrained.present(name)]


def left_out() -> str:
    """Return a sentence on the judges that are not here, or nothing."""
    missing = [name for name in JUDGES if name not in judges()]
    return (f"Not asked: {', '.join(missing)} ('python -m vision data list' says where they come "
            "from)." if missing else "")


@or_on_cpu
@torch.no_grad()
def seen_by(name: str, scene: Scene, picture: np.ndarray, device: torch.device | None = None
            ) -> Judgement:
    """Return what a public network, pooling as it learnt to, says of a painting at its own size."""
    scene = replace(scene, settings=replace(scene.settings, pooling="max"))
    side, device = max(picture.shape[:2]), device or best_device()
    objective = scene.objective(scene.vgg(begin(name), device), side)
    painted, photograph = (objective.losses(scene.canvas(one, scene.size(side)).to(device))
                           for one in (picture, scene.content))  # (3, 1) each
    square = sum(float(features.float().square().mean())
                 for features in objective.content.values())
    return Judgement(float(painted[1, 0] / photograph[1, 0].clamp_min(1e-12)),
                     float(painted[0, 0]) / max(square, 1e-12))
