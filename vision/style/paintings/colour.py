"""Colours as painters need them: names to light, even ramps, pigments mixed and glazed."""

from __future__ import annotations

import numpy as np

LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005]], np.float32)
LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660]], np.float32)
TO_LMS, TO_LAB = np.linalg.inv(LMS).astype(np.float32), np.linalg.inv(LAB).astype(np.float32)


def palette(codes: str) -> np.ndarray:
    """Return colours (N×3, 0…1) written as six hexadecimal digits each, with spaces between."""
    return np.array([list(bytes.fromhex(code)) for code in codes.split()], np.float32) / 255


def to_light(colours: np.ndarray) -> np.ndarray:
    """Return screen colours (sRGB, 0…1) as amounts of light."""
    colours = np.clip(colours, 0, 1)
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def to_screen(light: np.ndarray) -> np.ndarray:
    """Return amounts of light as screen colours (sRGB, 0…1)."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def to_bytes(colours: np.ndarray) -> np.ndarray:
    """Return colours from 0…1 as uint8."""
    return (255 * np.clip(colours, 0, 1) + 0.5).astype(np.uint8)


def to_oklab(colours: np.ndarray) -> np.ndarray:
    """Return screen colours as lightness and two opponent hues (Ottosson's Oklab)."""
    return np.cbrt(to_light(colours) @ LMS.T) @ LAB.T


def from_oklab(colours: np.ndarray) -> np.ndarray:
    """Return the screen colours of Oklab values."""
    return to_screen((colours @ TO_LAB.T) ** 3 @ TO_LMS.T).astype(np.float32)


def ramp(colours: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the colours at places 0…1 along a palette (N×3), even to the eye in between."""
    lab, last = to_oklab(colours), len(colours) - 1
    where = np.clip(place, 0, 1) * last
    stops = np.arange(last + 1)
    return from_oklab(np.stack([np.interp(where, stops, lab[:, i]) for i in range(3)], -1))


def blend(below: np.ndarray, above: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Return the part `share` (…, or a mask H×W) of one colour over another."""
    share = np.asarray(share, np.float32)[..., None]
    return below + (above - below) * share


def mix(first: np.ndarray, second: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Return two paints stirred together: Kubelka-Munk, absorption over scattering adds up."""
    share = np.asarray(share, np.float32)[..., None]
    ratio = _absorption(first) * (1 - share) + _absorption(second) * share
    return to_screen(1 + ratio - np.sqrt(ratio ** 2 + 2 * ratio)).astype(np.float32)


def glaze(below: np.ndarray, pigment: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Return light that passed a transparent pigment twice; `amount` (H×W) 1 is one full wash."""
    return below * np.maximum(to_light(pigment), 0.004) ** amount[..., None]


def vary(random: np.random.Generator, colours: np.ndarray, value: float,
         hue: float = 0.0) -> np.ndarray:
    """Return each colour (…×3) a little lighter or darker, and a little nearer another hue."""
    lab = to_oklab(colours)
    lab[..., 0] += random.normal(0, value, lab.shape[:-1])
    lab[..., 1:] += random.normal(0, hue, (*lab.shape[:-1], 2))
    return from_oklab(lab)


def _absorption(colours: np.ndarray) -> np.ndarray:
    reflected = np.clip(to_light(colours), 0.01, 1)
    return (1 - reflected) ** 2 / (2 * reflected)
