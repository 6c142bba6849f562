"""What is put before the network: a content, and the regions to be painted in their styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vision.errors import UserError
from vision.style import colours
from vision.style.data import check_picture, size_at, to_deep_picture, to_picture, to_tensor
from vision.style.features.vgg_features import VggFeatures
from vision.style.objectives.style_targets import style_targets
from vision.style.objectives.tiled import TiledObjective
from vision.style.objectives.tiles import LARGE
from vision.style.objectives.whole import Objective, Part
from vision.style.settings import Settings


@dataclass(frozen=True, eq=False)
class Region:
    """Where a style is wanted, one or two that are blended (uint8 H×W×3)."""

    styles: tuple[np.ndarray, ...]
    mask: np.ndarray | None = None  # (H, W) of the content's size; none is everywhere


@dataclass(frozen=True, eq=False)
class Scene:
    """The pictures of one transfer (uint8 H×W×3), checked and in the colours they are seen in."""

    content: np.ndarray
    regions: tuple[Region, ...]  # their masks are float32 in 0…1
    settings: Settings

    @classmethod
    def of(cls, content: np.ndarray, styles: Sequence[np.ndarray], settings: Settings,
           mask: np.ndarray | None = None, others: Sequence[Region] = ()) -> Scene:
        """Return a scene after checking all that a user gave.

        Where there is no mask but there are other regions, only those are painted.
        """
        check_picture(content)
        if not 1 <= len(styles) <= 2:
            raise UserError("{count} style pictures were given", "one or two are accepted",
                            "choose one", count=len(styles))
        recoloured = {"style": lambda style, content: style, "matched": colours.matched,
                      "luminance": colours.grey_like}[settings.colours]
        own = [] if mask is None and others else [Region(tuple(styles), mask)]
        return cls(content, tuple(Region(
            tuple(recoloured(check_picture(style), content) for style in region.styles),
            check_mask(region.mask, content)) for region in (*own, *others)), settings)

    @property
    def styles(self) -> tuple[np.ndarray, ...]:
        """Return the styles of the first region."""
        return self.regions[0].styles

    def size(self, side: int) -> tuple[int, int]:
        """Return (height, width) of the painting whose longest side is `side`."""
        return size_at(self.content, side)

    def seen(self, picture: np.ndarray, size: tuple[int, int]) -> torch.Tensor:
        """Return a picture as the network sees it, (1, 3, h, w); in grey if colours are kept."""
        if self.settings.colours == "luminance":
            picture = colours.grey(colours.luminance(picture))
        return to_tensor(picture, size)

    def canvas(self, picture: np.ndarray, size: tuple[int, int]) -> torch.Tensor:
        """Return a picture as `seen`, going on beyond its edges by a mirrored margin.

        A network sees less around the pixels at an edge; in the margin that does no harm.
        """
        return self.framed(self.seen(picture, size))

    def framed(self, x: torch.Tensor) -> torch.Tensor:
        """Return what belongs to pixels (1, C, h, w) with the canvas's mirrored margin."""
        return functional.pad(x, (self.settings.margin,) * 4, "reflect")

    @property
    def inside(self) -> slice:
        """Return which rows, or columns, of a canvas are the picture."""
        return slice(self.settings.margin, -self.settings.margin or None)

    def vgg(self, extractor: nn.Module, device: torch.device, precision: str = "no") -> VggFeatures:
        """Return the layers that are looked at; the precision is 'bf16' or 'no'."""
        layers = (*self.settings.content_layers, *self.settings.style_layers)
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        return VggFeatures(extractor.get_submodule("features"), layers, self.settings.pooling,
                           device, dtype)

    def objective(self, vgg: VggFeatures, side: int) -> Objective:
        """Return the losses of a painting of a size."""
        content = self.canvas(self.content, self.size(side)).to(vgg.device)
        parts = [self._part(vgg, region, side) for region in self.regions]
        kind = TiledObjective if content[0, 0].numel() >= LARGE else Objective
        return kind(vgg, content, parts, self.settings)

    def _part(self, vgg: VggFeatures, region: Region, side: int) -> Part:
        """Return what a region asks for at a size."""
        styles = [self.seen(style, size_at(style, side * self.settings.style_scale)).to(
            vgg.device) for style in region.styles]
        grams = style_targets(vgg, styles, self.settings.style_layers, self.settings.blend)
        return Part(grams, self._canvas_mask(region.mask, side, vgg.device))

    def _canvas_mask(self, mask: np.ndarray | None, side: int, device: torch.device
                     ) -> torch.Tensor | None:
        """Return a mask at a size, on its canvas, (1, 1, h, w)."""
        if mask is None:
            return None
        sized = cv2.resize(mask, self.size(side)[::-1], interpolation=cv2.INTER_AREA)
        return self.framed(torch.from_numpy(sized)[None, None].to(device))

    def begin(self, side: int) -> torch.Tensor:
        """Return what the painting begins as, (1, 3, h, w): content, style or noise."""
        size = self.size(side)
        if self.settings.start == "noise":
            random = torch.Generator().manual_seed(self.settings.seed)
            height, width = (length + 2 * self.settings.margin for length in size)
            return torch.randn(1, 3, height, width, generator=random) / 2
        picture = self.content if self.settings.start == "content" else self.styles[0]
        return self.canvas(picture, size)

    def finished(self, x: torch.Tensor) -> np.ndarray:
        """Return a canvas (1, 3, h, w) as a picture, in the colours that were asked for."""
        picture = to_picture(x[:, :, self.inside, self.inside])
        if self.settings.colours != "luminance":
            return picture
        return colours.coloured(picture, to_picture(to_tensor(self.content, picture.shape[:2])))

    def deep(self, x: torch.Tensor) -> np.ndarray:
        """Return a canvas as a picture of 16 bits; 8 are all there is if colours are kept."""
        if self.settings.colours == "luminance":
            return self.finished(x).astype(np.uint16) * 257
        return to_deep_picture(x[:, :, self.inside, self.inside])


def check_mask(mask: np.ndarray | None, content: np.ndarray) -> np.ndarray | None:
    """Return a region as float32 in 0…1 after checking that it fits the content."""
    if mask is None:
        return None
    if mask.shape != content.shape[:2]:
        raise UserError("the region is {mw}×{mh} but the picture is {w}×{h}",
                        "both must have the same size", "paint the region on this picture",
                        mw=mask.shape[1], mh=mask.shape[0], w=content.shape[1],
                        h=content.shape[0])
    values = mask.astype(np.float32)
    values /= max(float(values.max()), 1e-6)
    if not values.any():
        raise UserError("the region is empty", "a few strokes are accepted",
                        "paint over what shall be styled")
    return values
