"""The second stage of Mask R-CNN (arXiv:1703.06870): class, box and mask of each proposal.

The boxes are judged twice, the second time where the first look moved them: a box that fits its
device better is judged better (arXiv:1712.00726, §3.1, "Iterative BBox"). What is left after that
may have each of its sides looked for on its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.ops import (
    MultiScaleRoIAlign,
    batched_nms,
    clip_boxes_to_image,
    remove_small_boxes,
)

from vision.infrared.models.backbone import LEVELS
from vision.infrared.models.masks import POINTS, MaskBranch, cells_inside, cut_out, mask_losses
from vision.infrared.models.sides import SideBranch, side_losses, wider

SIDE = 7  # of a region, in cells
LOOKS = 2  # how often a box is judged
LOWEST_SCORE = 0.05
MOST_BOXES = 100  # that get a mask
SAMPLES = 64  # proposals of a picture that are learnt from, a quarter of them devices
MASK_SAMPLES = 12  # boxes of a picture whose masks are learnt from
IGNORED = -1  # label of what is neither learnt from as a device nor as background

Features = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False)
class Target:
    """The truth about one picture with K devices; labels count from 1, 0 is background.

    What is labelled IGNORED is neither a device nor background.
    """

    boxes: torch.Tensor  # float (K, 4): x0, y0, x1, y1
    labels: torch.Tensor  # int64 (K,)
    masks: torch.Tensor  # uint8 (K, h, w), perhaps of another resolution than the picture
    masked: torch.Tensor  # bool (K,), whether the mask may be learnt from
    kinds: torch.Tensor | None = None  # bool (K, 1 + classes), what each may be; None: its label

    def to(self, device: torch.device) -> Target:
        """Return the same on a device."""
        return Target(self.boxes.to(device), self.labels.to(device), self.masks.to(device),
                      self.masked.to(device),
                      None if self.kinds is None else self.kinds.to(device))

    def as_dict(self) -> dict[str, torch.Tensor]:
        """Return boxes and labels in torchvision's form."""
        return {"boxes": self.boxes, "labels": self.labels}


@dataclass(frozen=True, eq=False)
class Found:
    """What was found in one picture, the surest first; labels count from 0."""

    boxes: torch.Tensor  # (K, 4)
    labels: torch.Tensor  # (K,)
    scores: torch.Tensor  # (K,)
    masks: torch.Tensor | None  # (K, 28, 28), probabilities inside the boxes
    kinds: torch.Tensor | None = None  # (K, classes), how likely each box is what


class Heads(RoIHeads):
    """torchvision's matching and box losses, with masks that only some devices need to have."""

    def __init__(self, classes: int, width: int, hidden: int, masks: MaskBranch | None,
                 sides: SideBranch | None = None) -> None:
        super().__init__(
            MultiScaleRoIAlign(list(LEVELS), SIDE, sampling_ratio=POINTS),
            TwoMLPHead(width * SIDE**2, hidden), FastRCNNPredictor(hidden, classes + 1),
            fg_iou_thresh=0.5, bg_iou_thresh=0.5, batch_size_per_image=SAMPLES,
            positive_fraction=0.25, bbox_reg_weights=None, score_thresh=LOWEST_SCORE,
            nms_thresh=0.5, detections_per_img=MOST_BOXES)
        self.masks, self.sides = masks, sides

    def forward(self, features: Features, proposals: list[torch.Tensor], size: tuple[int, int],
                targets: list[Target] | None = None) -> dict[str, torch.Tensor] | list[Found]:
        """Return the losses if there are targets, else what the proposals hold."""
        if targets is None:
            return self.find(features, proposals, size)
        return self.losses(features, proposals, size, targets)

    def assign_targets_to_proposals(self, proposals: list[torch.Tensor],
                                    gt_boxes: list[torch.Tensor], gt_labels: list[torch.Tensor]
                                    ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return the device and label of each proposal; background must not be ignored there."""
        which, labels = super().assign_targets_to_proposals(proposals, gt_boxes, gt_labels)
        for label, proposal, boxes, known in zip(labels, proposals, gt_boxes, gt_labels,
                                                 strict=True):
            label[(label == 0) & mostly_inside(proposal, boxes[known == IGNORED])] = IGNORED
        return which, labels

    def judge(self, features: Features, boxes: list[torch.Tensor], size: tuple[int, int]
              ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return class logits (R, 1 + classes) and box shifts (R, 4 + 4·classes)."""
        x = self.box_head(self.box_roi_pool(features, boxes, [size] * len(boxes)))  # (R, hidden)
        logits, shifts = self.box_predictor(x)
        return logits.float(), shifts.float()

    def moved(self, boxes: list[torch.Tensor], logits: torch.Tensor, shifts: torch.Tensor,
              size: tuple[int, int]) -> list[torch.Tensor]:
        """Return each box where its likeliest class, the background left out, wants it to be."""
        likeliest = logits[:, 1:].argmax(1) + 1  # (R,)
        places = self.box_coder.decode(shifts.detach(), boxes)  # (R, 1 + classes, 4)
        own = places[torch.arange(len(places), device=places.device), likeliest]  # (R, 4)
        return [clip_boxes_to_image(part, size) for part in own.split([len(b) for b in boxes])]

    def losses(self, features: Features, proposals: list[torch.Tensor], size: tuple[int, int],
               targets: list[Target]) -> dict[str, torch.Tensor]:
        """Return L_cls, L_box and L_mask of the sampled proposals (§3: L is their sum)."""
        truth = [target.as_dict() for target in targets]
        classed, placed = [], []
        for _ in range(LOOKS):
            boxes, which, labels, shifts = self.select_training_samples(proposals, truth)
            answer = self.judge(features, boxes, size)
            known = kinds_of(targets, which, labels, answer[0].shape[1])
            classed.append(class_losses(answer[0], known).sum() / max(len(known), 1))
            labels = likeliest_of(answer[0], known, labels)
            placed.append(box_loss(answer[1], torch.cat(labels), torch.cat(shifts)))
            proposals = self.moved(boxes, *answer, size)
        losses = {"loss_class": torch.stack(classed).mean(),
                  "loss_box": torch.stack(placed).mean()}
        if self.masks is not None:
            losses["loss_mask"] = self.loss_of_masks(self.masks, features, boxes, which, labels,
                                                     targets, size)
        if self.sides is not None:
            sure = answer[0].softmax(1)[:, 1:].amax(1).detach()  # (R,)
            losses["loss_sides"] = loss_of_sides(self.sides, features, proposals, sure, which,
                                                 labels, targets, size)
        return losses

    def loss_of_masks(self, branch: MaskBranch, features: Features, boxes: list[torch.Tensor],
                      which: list[torch.Tensor], labels: list[torch.Tensor],
                      targets: list[Target], size: tuple[int, int]) -> torch.Tensor:
        """Return L_mask over proposals on devices that have a mask; a device's own class only.

        What lies in the box of a device without a mask may be that device: there only pixels that
        surely are the proposal's own device are learnt from.
        """
        kept = [some_masked(label, target.masked, index)
                for label, target, index in zip(labels, targets, which, strict=True)]
        places = [box[keep] for box, keep in zip(boxes, kept, strict=True)]
        truth = torch.cat([cut_out(target.masks, place, index[keep], size)
                           for target, place, index, keep
                           in zip(targets, places, which, kept, strict=True)])  # (R, 28, 28)
        classes = torch.cat([label[keep] for label, keep in zip(labels, kept, strict=True)]) - 1
        logits = branch(features, places, size, classes, self.class_weights())
        unknown = torch.cat([cells_inside(place, target.boxes[~target.masked])
                             for target, place in zip(targets, places, strict=True)])
        return mask_losses(logits, truth, ~unknown | (truth > 0.5)).sum() / max(len(truth), 1)

    def find(self, features: Features, proposals: list[torch.Tensor], size: tuple[int, int]
             ) -> list[Found]:
        """Return what the proposals hold: the best boxes, and a mask for each of them."""
        for _ in range(LOOKS - 1):
            proposals = self.moved(proposals, *self.judge(features, proposals, size), size)
        chosen = self.choose(*self.judge(features, proposals, size), proposals, size)
        boxes, scores, labels, kinds = (list(parts) for parts in zip(*chosen, strict=True))
        if self.sides is not None:
            boxes = [clip_boxes_to_image(box, size)
                     for box in self.sides.refined(features, boxes, size)]
            kept = [batched_nms(*parts, self.nms_thresh)
                    for parts in zip(boxes, scores, labels, strict=True)]
            boxes, scores, labels, kinds = (
                [part[keep] for part, keep in zip(parts, kept, strict=True)]
                for parts in (boxes, scores, labels, kinds))
        masks: list[torch.Tensor | None] = [None] * len(boxes)
        if self.masks is not None:
            logits = self.masks(features, boxes, size, torch.cat(labels), self.class_weights())
            masks = list(logits.sigmoid().split([len(label) for label in labels]))
        return [Found(*parts) for parts in zip(boxes, labels, scores, masks, kinds, strict=True)]

    def choose(self, logits: torch.Tensor, shifts: torch.Tensor, proposals: list[torch.Tensor],
               size: tuple[int, int]) -> list[tuple[torch.Tensor, ...]]:
        """Return each picture's boxes, scores, labels from 0, and probabilities of all kinds."""
        counts = [len(proposal) for proposal in proposals]
        places = self.box_coder.decode(shifts, proposals)[:, 1:]  # (R, classes, 4)
        likely = logits.softmax(1)[:, 1:]  # (R, classes)
        return [self.best(clip_boxes_to_image(place, size), kinds) for place, kinds
                in zip(places.split(counts), likely.split(counts), strict=True)]

    def best(self, places: torch.Tensor, kinds: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the best boxes of places (R, classes, 4) whose kinds (R, classes) are likely."""
        rows, labels = torch.where(kinds > self.score_thresh)
        boxes, scores = places[rows, labels], kinds[rows, labels]
        large = remove_small_boxes(boxes, 1e-2)
        kept = large[batched_nms(boxes[large], scores[large], labels[large],
                                 self.nms_thresh)[: self.detections_per_img]]
        return boxes[kept], scores[kept], labels[kept], kinds[rows[kept]]

    def class_weights(self) -> torch.Tensor:
        """Return what the box branch learnt about each class, (classes, 5·hidden)."""
        predictor = self.box_predictor
        shifts = predictor.bbox_pred.weight.unflatten(0, (-1, 4)).flatten(1)  # (1 + C, 4·hidden)
        return torch.cat([predictor.cls_score.weight, shifts], 1)[1:]


def kinds_of(targets: list[Target], which: list[torch.Tensor], labels: list[torch.Tensor],
             outputs: int) -> torch.Tensor:
    """Return what each proposal may be called, bool (R, 1 + classes); `which` names its device."""
    rows = []
    for target, index, label in zip(targets, which, labels, strict=True):
        own = functional.one_hot(label, outputs).bool()  # (R, 1 + classes)
        if target.kinds is not None and len(target.kinds):
            own = torch.where(label[:, None] > 0, target.kinds[index, :outputs], own)
        rows.append(own)
    return torch.cat(rows)


def class_losses(logits: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
    """Return −log of the probability that a proposal is one of its kinds, (R,).

    Where only the group of a device is known, the probabilities of the group's kinds add up.
    """
    return -logits.log_softmax(1).masked_fill(~kinds, -torch.inf).logsumexp(1)


def box_loss(shifts: torch.Tensor, labels: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return L_box: how far the shifts (R, 4 + 4·classes) of devices are from those wanted."""
    device = labels > 0
    own = shifts.unflatten(1, (-1, 4))[device, labels[device]]  # (D, 4)
    off = functional.smooth_l1_loss(own, wanted[device], beta=1 / 9, reduction="sum")
    return off / max(len(labels), 1)


def likeliest_of(logits: torch.Tensor, kinds: torch.Tensor, labels: list[torch.Tensor]
                 ) -> list[torch.Tensor]:
    """Return the likeliest of the kinds of each proposal, in the parts that labels have."""
    best = logits.detach().masked_fill(~kinds, -torch.inf).argmax(1)  # (R,)
    return list(best.split([len(label) for label in labels]))


def mostly_inside(boxes: torch.Tensor, regions: torch.Tensor) -> torch.Tensor:
    """Return which boxes (R, 4) lie at least half in one of some regions (U, 4), bool (R,)."""
    low = torch.maximum(boxes[:, None, :2], regions[None, :, :2])  # (R, U, 2)
    high = torch.minimum(boxes[:, None, 2:], regions[None, :, 2:])
    shared = (high - low).clamp_min(0).prod(2)  # (R, U)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)  # (R,)
    return (shared >= 0.5 * areas[:, None]).any(1)


def loss_of_sides(branch: SideBranch, features: Features, boxes: list[torch.Tensor],
                  sure: torch.Tensor, which: list[torch.Tensor], labels: list[torch.Tensor],
                  targets: list[Target], size: tuple[int, int]) -> torch.Tensor:
    """Return L_sides over boxes on devices; a box counts by how sure (R,) its class is.

    What is not sure is not shown, so where its sides are matters less.
    """
    kept = [label > 0 for label in labels]
    around = [wider(box[keep]) for box, keep in zip(boxes, kept, strict=True)]
    truth = torch.cat([target.boxes[index[keep]]
                       for target, index, keep in zip(targets, which, kept, strict=True)])
    losses = side_losses(branch(features, around, size), torch.cat(around), truth)  # (R,)
    weights = sure[torch.cat(kept)]
    return (losses * weights).sum() / weights.sum().clamp_min(1e-6)


def some_masked(labels: torch.Tensor, masked: torch.Tensor, which: torch.Tensor) -> torch.Tensor:
    """Return some of the proposals (R,) that lie on a device with a mask, drawn at random."""
    known = functional.pad(masked, (0, 1))[which]  # (R,); a picture without devices has which = 0
    places = torch.where((labels > 0) & known)[0]
    return places[torch.randperm(len(places), device=places.device)[:MASK_SAMPLES]]
