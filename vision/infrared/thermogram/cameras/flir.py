"""FLIR's radiometric JPEG: a container (FFF) in APP1 segments, with the sensor's own numbers.

The library `flyr` reads these too, but its licence (EUPL) asks that what is built on it be shared
alike, which this project's licence does not; the few facts needed here make a small reader.

A number `raw` of the sensor is R1 / (R2 · (exp(B / T) − F)) − O, with T in kelvin (Planck's law
over the camera's band). What the air adds is taken out with the camera's own constants.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np

from vision.errors import UserError
from vision.images import read_image
from vision.infrared.thermogram.cameras.content import damaged, numbers, part, text, words
from vision.infrared.thermogram.cameras.jpeg_segments import SOI, segments
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import (
    MEGAPIXELS,
    Parameters,
    Placement,
    Recording,
    recorded,
)
from vision.infrared.thermogram.cameras.refused import video
from vision.infrared.thermogram.radiometry import KELVIN, Planck, behind_air

KIND = "FLIR radiometric JPEG"
MARK, FFF = b"FLIR\0\x01", b"FFF\0"
APP1 = 0xE1
RAW, PHOTOGRAPH, CAMERA, PLACE = 0x01, 0x0E, 0x20, 0x2A  # types of records
MOST_RECORDS = 200
PICTURE = 32  # bytes before the data of a record that holds a picture
PNG = b"\x89PNG"
PERCENT = 2.0  # from which on a humidity is stored in percent


def recognises(content: bytes) -> bool:
    """Return whether a file is a JPEG with FLIR's segments, or such a container alone."""
    if content.startswith(FFF):
        return True
    return content.startswith(SOI) and any(
        marker == APP1 and payload.startswith(MARK) for marker, payload in segments(content))


@reader(KIND, recognises)
def read(content: bytes) -> Recording:
    """Return the field of a FLIR camera as temperatures of a black body."""
    container = content if content.startswith(FFF) else assembled(content)
    if not container.startswith(FFF):
        raise damaged(KIND)
    records = Records(container)
    records.check()
    if content.startswith(FFF) and FFF in content[records.end() :]:
        raise video()
    info = records.find(CAMERA)
    if info is None:
        raise damaged(KIND)
    raw = raw_field(records)
    band, order = planck(info), endian(info)
    known = parameters(info, order)
    celsius = celsius_of(raw, band, info, order, known.checked()[0])
    photograph, placement = photograph_of(records)
    return recorded(KIND, celsius, degrees=True, parameters=known, band=band,
                    photograph=photograph, placement=placement)


def assembled(content: bytes) -> bytes:
    """Return the container whose pieces the APP1 segments hold, each with its number."""
    pieces: dict[int, bytes] = {}
    last = 0
    for marker, payload in segments(content):
        if marker == APP1 and payload.startswith(MARK) and len(payload) >= 8:
            number, last = payload[6], payload[7]
            pieces.setdefault(number, payload[8:])
    missing = [number for number in range(last + 1) if number not in pieces]
    if missing:
        raise UserError("{missing} of the {all} segments with the camera's numbers are missing",
                        "files as the camera wrote them are accepted",
                        "copy it from the camera again: messengers and editors drop them",
                        missing=len(missing), all=last + 1)
    return b"".join(pieces[number] for number in range(last + 1))


@dataclass(frozen=True)
class Records:
    """The directory of a container: what each record is, and where it lies."""

    container: bytes

    def order(self) -> str:
        """Return the byte order of the directory, which its version tells."""
        (version,) = numbers(">I", self.container, 0x14)
        return ">" if 100 <= version < 200 else "<"

    def entries(self) -> Iterator[tuple[int, int, int]]:
        """Yield type, start and length of each record that holds something."""
        order = self.order()
        start, count = numbers(f"{order}II", self.container, 0x18)
        for place in range(min(count, MOST_RECORDS)):
            kind, = numbers(f"{order}H", self.container, start + 32 * place)
            where, length = numbers(f"{order}II", self.container, start + 32 * place + 12)
            if kind and length:
                yield kind, where, length

    def check(self) -> None:
        """Raise if a record lies outside of the container."""
        for _, where, length in self.entries():
            part(self.container, where, length)

    def end(self) -> int:
        """Return where the last record ends."""
        return max((where + length for _, where, length in self.entries()), default=0)

    def find(self, wanted: int) -> bytes | None:
        """Return the first record of a type."""
        return next((part(self.container, where, length)
                     for kind, where, length in self.entries() if kind == wanted), None)


def endian(record: bytes) -> str:
    """Return the byte order of a record, which begins with the number 2."""
    return "<" if numbers("<H", record, 0)[0] == 2 else ">"


def raw_field(records: Records) -> np.ndarray:
    """Return the sensor's numbers (H, W): a PNG of 16 bits, or the numbers themselves."""
    record = records.find(RAW)
    if record is None:
        raise damaged(KIND)
    order = endian(record)
    width, height = numbers(f"{order}HH", record, 2)
    content = record[PICTURE:]
    if content.startswith(PNG):
        values = np.asarray(read_image(content, ("PNG",), MEGAPIXELS)).astype(np.uint16)
        if values.shape != (height, width):
            raise damaged(KIND)
        return values.byteswap()  # the file has the low byte first, PNG the high one
    return words(record, PICTURE, (height, width), f"{order}u2")


def planck(info: bytes) -> Planck:
    """Return the constants with which this camera's numbers follow Planck's law."""
    order = endian(info)
    r1, b, f = numbers(f"{order}3f", info, 0x58)
    (offset,), (r2,) = numbers(f"{order}i", info, 0x308), numbers(f"{order}f", info, 0x30C)
    if not all(map(math.isfinite, (r1, b, f, r2))) or min(r1, b, r2) <= 0:
        raise damaged(KIND)
    return Planck(r1, r2, b, f, float(offset))


def parameters(info: bytes, order: str) -> Parameters:
    """Return what the camera was set to."""
    emissivity, distance, reflected, air = numbers(f"{order}4f", info, 0x20)
    (humidity,) = numbers(f"{order}f", info, 0x3C)
    return Parameters(
        emissivity=number(emissivity), distance=number(distance),
        reflected=number(reflected, -KELVIN), air=number(air, -KELVIN),
        humidity=number(humidity / 100 if humidity > PERCENT else humidity),
        camera=text(info[0xD4:0xF4]), date=date_of(info, order))


def number(value: float, offset: float = 0.0) -> float | None:
    """Return a stored number as it would be written, if it is one."""
    return round(value + offset, 4) if math.isfinite(value) else None


def date_of(info: bytes, order: str) -> datetime | None:
    """Return when it was recorded, in the camera's own time zone."""
    try:
        seconds, milliseconds = numbers(f"{order}II", info, 0x384)
        (minutes,) = numbers(f"{order}h", info, 0x38C)
        zone = timezone(timedelta(minutes=-minutes))
        return datetime.fromtimestamp(seconds + (milliseconds & 0xFFFF) / 1000, zone)
    except (ValueError, OverflowError, OSError, UserError):  # older cameras end before it
        return None


def celsius_of(raw: np.ndarray, band: Planck, info: bytes, order: str, known: Parameters
               ) -> np.ndarray:
    """Return temperatures (H, W) as of a black body, what the air adds taken out."""
    table = band.temperature(np.arange(65536, dtype=np.float64))  # one for each number
    if known.air is None or not known.distance:
        return table[raw]
    constants = numbers(f"{order}5f", info, 0x70)
    share = transmission(known, constants)
    if not 0.05 < share <= 1:
        return table[raw]
    return behind_air(table, share, known.air, band)[raw]


def transmission(known: Parameters, constants: tuple[float, ...]) -> float:
    """Return the share of radiation that the air lets through, after the camera's constants."""
    alpha1, alpha2, beta1, beta2, share = constants
    air, humidity, distance = known.air or 0.0, known.humidity or 0.0, known.distance or 0.0
    water = humidity * math.exp(1.5587 + 0.06939 * air - 2.7816e-4 * air**2 + 6.8455e-7 * air**3)
    way, wet = math.sqrt(distance), math.sqrt(max(water, 0))
    return (share * math.exp(-way * (alpha1 + beta1 * wet))
            + (1 - share) * math.exp(-way * (alpha2 + beta2 * wet)))


def photograph_of(records: Records) -> tuple[bytes | None, Placement]:
    """Return the photograph of the same moment, and where it lies over the thermogram."""
    record = records.find(PHOTOGRAPH)
    if record is None or len(record) <= PICTURE:
        return None, Placement()
    order = endian(record)
    width, height = numbers(f"{order}HH", record, 2)
    place = records.find(PLACE)
    if place is None or len(place) < 8 or not width or not height:
        return record[PICTURE:], Placement()
    scale, x, y = numbers(f"{order}f2h", place, 0)
    if not 0.5 <= scale <= 5:
        return record[PICTURE:], Placement()
    return record[PICTURE:], Placement((1 - scale) / 2 - scale * x / width,
                                       (1 - scale) / 2 - scale * y / height, scale, scale)
