"""What a training lowers: one number from what any architecture says and what is true.

The logits get the chosen loss. Auxiliary answers get it too (PSPNet, arXiv:1612.01105, §4), a
diagnosis its cross-entropy (Y-Net, arXiv:1806.01313, §2), objects the distance to their centres
(Panoptic-DeepLab, arXiv:1911.10194, §3.2), and a reconstruction brings the losses
of a net without labels (W-Net, arXiv:1711.08506, Algorithm 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional

from vision.segmentation.labels import VOID
from vision.segmentation.models import Outputs
from vision.segmentation.models.layers import grow
from vision.segmentation.objectives.losses import Loss
from vision.training.distributed import whole

HEAT, WAY = 200.0, 0.1  # Panoptic-DeepLab, §3.2: theirs, but 0.01 where ways are ten times longer
AUXILIARY = 0.4  # PSPNet, §5.2: the weight of an auxiliary answer
RADIUS, NEAR, ALIKE = 5, 4.0, 10 / 64  # W-Net, §3.1: radius, σ_X, and σ_I of pictures in 0…255


@dataclass(frozen=True)
class Target:
    """What is true of a batch: its pictures, their labels, and their diagnoses."""

    pictures: torch.Tensor  # (N, 3, H, W)
    labels: torch.Tensor  # (N, H, W)
    diagnoses: torch.Tensor  # (N,), VOID where there is none
    objects: torch.Tensor | None = None  # (N, 4, H, W), see `objects.targets`

    def to(self, device: torch.device) -> Target:
        """Return the same on a device."""
        objects = None if self.objects is None else self.objects.to(device)
        return Target(self.pictures.to(device), self.labels.to(device), self.diagnoses.to(device),
                      objects)


def criterion(said: torch.Tensor | Outputs, target: Target, loss: Loss, weights: torch.Tensor
              ) -> torch.Tensor:
    """Return the total loss of logits alone, or of logits with everything beside them."""
    outputs = Outputs(said) if isinstance(said, torch.Tensor) else said
    if outputs.reconstruction is not None:
        return unsupervised(outputs.logits, outputs.reconstruction, target.pictures)
    total = loss(outputs.logits.float(), target.labels, weights)
    for answer in outputs.auxiliary:
        full = grow(answer.float(), target.pictures)  # (N, classes, H, W)
        total = total + AUXILIARY * loss(full, target.labels, weights)
    if outputs.diagnosis is not None:
        total = total + diagnosis_loss(outputs.diagnosis, target.diagnoses)
    if outputs.objects is not None and target.objects is not None:
        total = total + objects_loss(outputs.objects, target.objects)
    return total


def objects_loss(said: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the squared error of the heat and the absolute one of the offsets.

    `said` is (N, 3, h, w), `truth` (N, 4, H, W): heat, two offsets, and where an object is.
    """
    full = grow(said.float(), truth)  # (N, 3, H, W)
    known, there = (truth[:, :1] >= 0).float(), truth[:, 3:]
    heat = ((full[:, :1] - truth[:, :1]).square() * known).sum()
    ways = ((full[:, 1:] - truth[:, 1:3]).abs() * there).sum()
    return (HEAT * whole(heat) / whole(known.sum()).clamp_min(1)
            + WAY * whole(ways) / whole(there.sum()).clamp_min(1))


def diagnosis_loss(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of the diagnoses (N, diagnoses) that are known."""
    known = (truth != VOID).sum()
    total = functional.cross_entropy(logits.float(), truth, ignore_index=VOID, reduction="sum")
    return whole(total) / whole(known.float()).clamp_min(1)


def unsupervised(logits: torch.Tensor, painted: torch.Tensor, pictures: torch.Tensor
                 ) -> torch.Tensor:
    """Return the soft normalised cut of the groups plus the squared error of the reconstruction."""
    error = functional.mse_loss(painted.float(), pictures, reduction="sum")
    pixels = whole(error.new_tensor([pictures.numel()])).squeeze()
    return soft_normalised_cut(logits.float().softmax(1), pictures) + whole(error) / pixels


def soft_normalised_cut(groups: torch.Tensor, pictures: torch.Tensor) -> torch.Tensor:
    """Return K − Σₖ assoc(Aₖ, Aₖ) / assoc(Aₖ, V) of probabilities (N, K, H, W) (Equation 2)."""
    weights = affinities(pictures)  # (N, offsets, H, W)
    inside = torch.zeros_like(groups[:, :, 0, 0])  # (N, K)
    for place, (down, right) in enumerate(offsets()):
        moved = shifted(groups, down, right)
        inside = inside + (groups * moved * weights[:, place, None]).sum((2, 3))
    total = (groups * weights.sum(1, keepdim=True)).sum((2, 3))  # (N, K)
    cut = groups.shape[1] - (inside / total.clamp_min(1e-6)).sum(1)  # (N,)
    return whole(cut.sum()) / whole(cut.new_tensor([len(cut)])).squeeze()


@torch.no_grad()
def affinities(pictures: torch.Tensor) -> torch.Tensor:
    """Return how much each pixel belongs to its neighbours, by colour and place (§3.1)."""
    inside = torch.ones_like(pictures[:, :1])
    near = []
    for down, right in offsets():
        change = (pictures - shifted(pictures, down, right)).square().sum(1)  # (N, H, W)
        closeness = (-change / ALIKE**2 - (down**2 + right**2) / NEAR**2).exp()
        near.append(closeness * shifted(inside, down, right)[:, 0])
    return torch.stack(near, dim=1)  # (N, offsets, H, W)


def offsets() -> list[tuple[int, int]]:
    """Return every step (down, right) shorter than the radius, the empty one included."""
    reach = range(-RADIUS + 1, RADIUS)
    return [(down, right) for down in reach for right in reach if down**2 + right**2 < RADIUS**2]


def shifted(x: torch.Tensor, down: int, right: int) -> torch.Tensor:
    """Return x (N, C, H, W) with every pixel replaced by its neighbour, 0 beyond the edge."""
    height, width = x.shape[2:]
    padded = functional.pad(x, [RADIUS] * 4)
    return padded[:, :, RADIUS + down : RADIUS + down + height,
                  RADIUS + right : RADIUS + right + width]
