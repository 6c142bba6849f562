"""Masks as run lengths, COCO's way: down the columns, first a run of nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vision.errors import UserError

MOST_LETTERS = 7  # of one packed length: 35 bits


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


def decode(counts: str | Sequence[int], size: tuple[int, int],
           shown: tuple[int, int] | None = None) -> np.ndarray:
    """Return the mask (H, W) behind run lengths, plain or packed into a string.

    At another size that is `shown`, each pixel takes its nearest; the whole mask is never made.
    """
    lengths = np.asarray(unpack(counts) if isinstance(counts, str) else counts, np.int64)
    pixels = size[0] * size[1]
    if (lengths < 0).any() or (lengths > pixels).any() or lengths.sum() != pixels:
        raise UserError("the runs of a mask cover {found} of {wanted} pixels",
                        "runs that fill the picture are accepted", "save the labels again",
                        found=int(lengths.sum()), wanted=pixels)
    if shown in (None, size):
        return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(size, order="F")
    high, wide = shown or size
    rows = (np.arange(high) + 0.5) * size[0] // high  # the nearest of each
    columns = (np.arange(wide) + 0.5) * size[1] // wide
    places = (columns[None, :] * size[0] + rows[:, None]).astype(np.int64)  # (h, w)
    return np.searchsorted(lengths.cumsum(), places, "right") % 2 == 1


def unpack(text: str) -> np.ndarray:
    """Return packed run lengths: five bits a letter, from the third on less the one before last."""
    letters = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - 48
    starts = np.flatnonzero(np.append(True, letters[:-1] & 32 == 0))
    digits = np.diff(np.append(starts, len(letters)))
    if not len(letters) or letters[-1] & 32 or digits.max() > MOST_LETTERS:
        raise ValueError("not the letters of run lengths")
    place = np.arange(len(letters)) - np.repeat(starts, digits)
    values = np.add.reduceat((letters & 31) << 5 * place, starts)
    negative = letters[starts + digits - 1] & 16 != 0
    values -= np.where(negative, np.int64(1) << 5 * digits, 0)
    values[1::2], values[2::2] = values[1::2].cumsum(), values[2::2].cumsum()
    return values
