"""Mask R-CNN (arXiv:1703.06870), and Faster R-CNN (arXiv:1506.01497): the same without masks."""

from __future__ import annotations

import torch
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead

from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.backbone import Pyramid, standardise
from vision.infrared.models.heads import IGNORED, Found, Heads, Target, mostly_inside
from vision.infrared.models.masks import MaskBranch
from vision.infrared.models.sides import SideBranch

SIZES = {"compact": (128, 256), "paper": (256, 1024)}  # width of the pyramid, of the box branch
PROPOSALS = 300
ANCHORS = {"p3": (20, 34), "p4": (56, 84), "p5": (120, 170), "pool": (240, 320)}  # √area
RATIOS = (0.8, 2.0, 4.5)  # height over width: devices stand upright
WIDE = 0.35  # and of those that lie: strings under tension, disconnectors seen from below


@ARCHITECTURES.register("mask_rcnn", paper="arXiv:1703.06870", year=2017, detects=True)
def mask_rcnn(*, classes: int, backbone: str = "resnet18", size: str = "compact",
              masks: str = "per_class", sides: bool = False, wide: bool = False) -> nn.Module:
    """Return a detector of boxes, classes and masks."""
    width, hidden = SIZES[size]
    branch = MaskBranch(masks, classes, 5 * hidden, width)
    return detector(classes, backbone, size, branch, sides, wide)


@ARCHITECTURES.register("faster_rcnn", paper="arXiv:1506.01497", year=2015, detects=True)
def faster_rcnn(*, classes: int, backbone: str = "resnet18", size: str = "compact",
                sides: bool = False, wide: bool = False) -> nn.Module:
    """Return a detector of boxes and classes."""
    return detector(classes, backbone, size, None, sides, wide)


def detector(classes: int, backbone: str, size: str, masks: MaskBranch | None, sides: bool,
             wide: bool) -> Detector:
    """Return a detector with a mask branch, or with none."""
    width, hidden = SIZES[size]
    body = Pyramid(backbone, width)
    heads = Heads(classes, width, hidden, masks, SideBranch(width) if sides else None)
    return Detector(body, heads, width, wide)


class Detector(nn.Module):
    """Features, then proposals, then what is in them."""

    def __init__(self, backbone: Pyramid, heads: Heads, width: int, wide: bool = False
                 ) -> None:
        super().__init__()
        self.backbone, self.heads = backbone, heads
        self.proposals = proposal_network(width, wide)

    def forward(self, pictures: torch.Tensor, targets: list[Target] | None = None
                ) -> dict[str, torch.Tensor] | list[Found]:
        """Return losses if there are targets, else what is found in pictures (N, 1, H, W)."""
        size = (pictures.shape[2], pictures.shape[3])
        features = self.backbone(standardise(pictures))
        truth = [target.as_dict() for target in targets] if targets is not None else None
        seen = {name: features[name] for name in ANCHORS}
        images = ImageList(pictures, [size] * len(pictures))
        proposals, losses = self.proposals(images, seen, truth)
        found = self.heads(features, proposals, size, targets)
        if targets is None:
            return found
        return {"loss_objectness": losses["loss_objectness"],
                "loss_proposal": losses["loss_rpn_box_reg"], **found}


class Proposals(RegionProposalNetwork):
    """torchvision's first stage, which learns nothing from what is to be ignored."""

    def assign_targets_to_anchors(self, anchors: list[torch.Tensor],
                                  targets: list[dict[str, torch.Tensor]]
                                  ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return whether each anchor holds a device (−1 for neither), and which box that has."""
        devices = [{"boxes": target["boxes"][target["labels"] != IGNORED]} for target in targets]
        labels, boxes = super().assign_targets_to_anchors(anchors, devices)
        for label, anchor, target in zip(labels, anchors, targets, strict=True):
            ignored = target["boxes"][target["labels"] == IGNORED]
            label[(label == 0) & mostly_inside(anchor, ignored)] = IGNORED
        return labels, boxes


class FloatHead(RPNHead):
    """torchvision's head whose answers keep full precision: a box needs more than 8 bits."""

    def forward(self, x: list[torch.Tensor]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return objectness (N, A, h, w) and shifts (N, 4·A, h, w) of each level."""
        scores, shifts = super().forward(x)
        return [score.float() for score in scores], [shift.float() for shift in shifts]


def proposal_network(width: int, wide: bool) -> Proposals:
    """Return the first stage: up to 300 boxes that may hold a device."""
    ratios = (*RATIOS, WIDE) if wide else RATIOS
    anchors = AnchorGenerator(tuple(ANCHORS.values()), (ratios,) * len(ANCHORS))
    most = {"training": PROPOSALS, "testing": PROPOSALS}
    return Proposals(
        anchors, FloatHead(width, anchors.num_anchors_per_location()[0]),
        fg_iou_thresh=0.7, bg_iou_thresh=0.3, batch_size_per_image=256, positive_fraction=0.5,
        pre_nms_top_n=most, post_nms_top_n=most, nms_thresh=0.7)
