"""Masks as run lengths, COCO's way: down the columns, first a run of nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vision.errors import UserError


def encode(mask: np.ndarray) -> list[int]:
    """Return the lengths of the runs of a mask (H, W), beginning with those of nothing."""
    columns = np.flatnonzero(mask.any(0))
    if not columns.size:
        return [mask.size]
    part = mask[:, columns[0] : columns[-1] + 1]  # most of a large picture is not the device
    flat = np.concatenate([[False], part.ravel(order="F"), [False]])
    changes = columns[0] * mask.shape[0] + np.flatnonzero(flat[1:] != flat[:-1])
    ends = np.concatenate([[0], changes, [mask.size]])
    lengths = np.diff(ends).tolist()
    return lengths if lengths[-1] else lengths[:-1]


def decode(counts: str | Sequence[int], size: tuple[int, int]) -> np.ndarray:
    """Return the mask (H, W) behind run lengths, plain or packed into a string."""
    lengths = np.asarray(unpack(counts) if isinstance(counts, str) else counts, np.int64)
    if (lengths < 0).any() or lengths.sum() != size[0] * size[1]:
        raise UserError("the runs of a mask cover {found} of {wanted} pixels",
                        "runs that fill the picture are accepted", "save the labels again",
                        found=int(lengths.sum()), wanted=size[0] * size[1])
    filled = np.arange(len(lengths)) % 2 == 1
    return np.repeat(filled, lengths).reshape(size, order="F")


def unpack(text: str) -> list[int]:
    """Return packed run lengths: five bits a letter, from the third on less the one before last."""
    lengths: list[int] = []
    value, shift = 0, 0
    for letter in text.encode("ascii"):
        bits = letter - 48
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
        value, shift = 0, 0
    return lengths
