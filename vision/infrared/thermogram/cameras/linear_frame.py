"""A TIFF of 16 bits or floats that says itself which temperatures its values are.

It says so as geographic programs do: GDAL's metadata, a scale and an offset in words.
"""

from __future__ import annotations

import re

import numpy as np

from vision.images import read_image
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import (
    MEGAPIXELS,
    Parameters,
    Recording,
    recorded,
)

KIND = "TIFF with a linear scale"
ITEM = re.compile(rb'<Item[^<>]{0,200}role="(scale|offset)"[^<>]{0,200}>\s{0,99}([-+\d.eE]{1,40})'
                  rb'\s{0,99}</Item>')  # bounded, or a file of many "<Item" would take hours
BEGINS = (b"II*\0", b"MM\0*")


def recognises(content: bytes) -> bool:
    """Return whether a TIFF says scale and offset."""
    return content[:4] in BEGINS and b'role="scale"' in content


@reader(KIND, recognises, order=1)
def read(content: bytes) -> Recording:
    """Return the temperatures."""
    image = read_image(content, ("TIFF",), MEGAPIXELS)
    said = dict(ITEM.findall(content))
    gain, offset = float(said[b"scale"]), float(said.get(b"offset", 0))
    values = np.asarray(image, np.float64)
    if values.ndim != 2:
        raise ValueError("a picture in colours")
    return recorded(KIND, gain * values + offset, degrees=True, parameters=Parameters())
