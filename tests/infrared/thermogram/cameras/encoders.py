"""Files as cameras write them, made here from what is publicly known of their formats.

Each encoder follows the physics on its own, so that a reader is not checked against itself.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile

import numpy as np
from PIL import Image

SIZE = (48, 64)
FLIR = {"r1": 17000.0, "r2": 0.0125, "b": 1430.0, "f": 1.0, "o": -7340}
AIR = {"alpha1": 0.006569, "alpha2": 0.012620, "beta1": -0.002276, "beta2": -0.006670, "x": 1.9}
BANDS = [(-180.0, -20.0, 1016.96, 11.77, 0.0341), (-20.0, 60.0, 1010.0, 11.2, 0.041),
         (60.0, 350.0, 930.0, 12.1, 0.052)]  # from, to, c, b, a


def field(seed: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return temperatures (H, W) with a hot spot."""
    random = np.random.default_rng(seed)
    rows, columns = np.indices(size)
    spot = 30 * np.exp(-((rows - 12) ** 2 + (columns - 40) ** 2) / 30)
    return 15 + spot + 0.1 * columns + random.normal(0, 0.3, size)


def jpeg(size: tuple[int, int] = SIZE, colour: int = 90) -> bytes:
    """Return an ordinary JPEG."""
    rows = np.linspace(0, 200, size[0]).astype(np.uint8)[:, None].repeat(size[1], 1)
    picture = np.stack([rows, rows // 2, np.full_like(rows, colour)], -1)
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=95)
    return content.getvalue()


def with_segments(content: bytes, *segments: tuple[int, bytes]) -> bytes:
    """Return a JPEG with application segments after its first two bytes."""
    extra = b"".join(struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
                     for marker, payload in segments)
    return content[:2] + extra + content[2:]


def planck(celsius: np.ndarray | float) -> np.ndarray:
    """Return the sensor's number for a black body."""
    kelvin = np.asarray(celsius, float) + 273.15
    return FLIR["r1"] / (FLIR["r2"] * (np.exp(FLIR["b"] / kelvin) - FLIR["f"])) - FLIR["o"]


def lets_through(air: float, humidity: float, distance: float) -> float:
    """Return the transmission of the air."""
    water = humidity * math.exp(1.5587 + 0.06939 * air - 2.7816e-4 * air**2 + 6.8455e-7 * air**3)
    way, wet = math.sqrt(distance), math.sqrt(water)
    return (AIR["x"] * math.exp(-way * (AIR["alpha1"] + AIR["beta1"] * wet))
            + (1 - AIR["x"]) * math.exp(-way * (AIR["alpha2"] + AIR["beta2"] * wet)))


def flir_numbers(celsius: np.ndarray, emissivity: float, reflected: float, air: float,
                 humidity: float, distance: float) -> np.ndarray:
    """Return what the sensor counts of surfaces at these temperatures."""
    share = lets_through(air, humidity, distance)
    leaving = emissivity * planck(celsius) + (1 - emissivity) * planck(reflected)
    return (share * leaving + (1 - share) * planck(air)).round().astype(np.uint16)


def flir_info(emissivity: float, reflected: float, air: float, humidity: float, distance: float,
              order: str = "<") -> bytes:
    """Return the record of a camera's constants and settings."""
    info = bytearray(0x390)

    def put(kind: str, place: int, *values: float) -> None:
        struct.pack_into(order + kind, info, place, *values)

    put("H", 0, 2)
    put("4f", 0x20, emissivity, distance, reflected + 273.15, air + 273.15)
    put("f", 0x3C, humidity)
    put("3f", 0x58, FLIR["r1"], FLIR["b"], FLIR["f"])
    put("5f", 0x70, AIR["alpha1"], AIR["alpha2"], AIR["beta1"], AIR["beta2"], AIR["x"])
    info[0xD4:0xDF] = b"FLIR T640\0\0"
    put("i", 0x308, FLIR["o"])
    put("f", 0x30C, FLIR["r2"])
    put("II", 0x384, 1_600_000_000, 250)
    put("h", 0x38C, -120)
    return bytes(info)


def flir_raw(values: np.ndarray, png: bool, order: str = "<") -> bytes:
    """Return the record of the sensor's numbers."""
    height, width = values.shape
    head = struct.pack(order + "HHH", 2, width, height).ljust(32, b"\0")
    if not png:
        return head + values.astype(order + "u2").tobytes()
    content = io.BytesIO()
    Image.fromarray(values.byteswap()).save(content, "PNG")
    return head + content.getvalue()


def container(*records: tuple[int, bytes]) -> bytes:
    """Return FLIR's container: a header, a directory, the records."""
    start = 64 + 32 * len(records)
    directory, body = b"", b""
    for kind, content in records:
        directory += struct.pack(">HHIIII", kind, 0, 100, 0, start + len(body), len(content)
                                 ).ljust(32, b"\0")
        body += content
    head = b"FFF\0" + b"CAM".ljust(16, b"\0") + struct.pack(">III", 101, 64, len(records))
    return head.ljust(64, b"\0") + directory + body


def flir_container(celsius: np.ndarray, emissivity: float = 0.93, reflected: float = 12.0,
                   air: float = 8.0, humidity: float = 0.6, distance: float = 20.0,
                   png: bool = True, order: str = "<") -> bytes:
    """Return a container with field, settings, photograph and its place."""
    numbers = flir_numbers(celsius, emissivity, reflected, air, humidity, distance)
    photo = struct.pack("<HHH", 2, 128, 96).ljust(32, b"\0") + jpeg((96, 128), 10)
    return container((0x01, flir_raw(numbers, png, order)),
                     (0x20, flir_info(emissivity, reflected, air, humidity, distance, order)),
                     (0x0E, photo), (0x2A, struct.pack("<f2h", 1.5, 4, -2).ljust(64, b"\0")))


def flir(celsius: np.ndarray, piece: int = 1500, **settings: float | bool | str) -> bytes:
    """Return a radiometric JPEG: the container cut into APP1 segments."""
    whole = flir_container(celsius, **settings)  # type: ignore[arg-type]
    pieces = [whole[start : start + piece] for start in range(0, len(whole), piece)]
    return with_segments(jpeg(), *(
        (0xE1, b"FLIR\0\x01" + bytes([place, len(pieces) - 1]) + part)
        for place, part in enumerate(pieces)))


def varint(value: int) -> bytes:
    """Return a number of seven bits a byte."""
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def entry(number: int, value: int | float | bytes) -> bytes:
    """Return a field of a protocol buffer."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3) + varint(value)


def fluke_counts(black: np.ndarray) -> np.ndarray:
    """Return the counts for temperatures of a black body."""
    counts = np.zeros(black.shape)
    for low, high, c, b, a in BANDS:
        here = (black >= low) & (black < high)
        counts[here] = (a * black**2 + b * black + c)[here]
    return counts.round().astype("<u2")


def total(true: np.ndarray, emissivity: float, reflected: float) -> np.ndarray:
    """Return what a black body would be at that sends as much as a surface and what it mirrors."""
    fourth = (emissivity * (true + 273.15) ** 4
              + (1 - emissivity) * (reflected + 273.15) ** 4)
    return fourth**0.25 - 273.15


def fluke(celsius: np.ndarray, emissivity: float = 0.95, reflected: float = 22.0) -> bytes:
    """Return an .is2 file."""
    height, width = celsius.shape
    counts = fluke_counts(total(celsius, emissivity, reflected))
    bands = b"".join(entry(9, b"".join(entry(place, value)
                                       for place, value in enumerate(band, 1))) for band in BANDS)
    files = {
        "CalibrationData.gpbenc": entry(1, 20130306) + entry(3, entry(3, -10.0) + bands),
        "CameraInfo.gpbenc": entry(1, b"Fluke Thermography") + entry(2, b"Ti480P"),
        "Images/Main/IR.data": np.zeros(width, "<u2").tobytes() + counts.tobytes(),
        "Images/Main/IRImageInfo.gpbenc": (
            entry(4, 2 * width) + entry(5, 2 * (height + 1)) + entry(10, emissivity)
            + entry(11, reflected) + entry(12, 1.0)),
        "Images/Main/Visible.jpg": jpeg((96, 128), 30),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, inside in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 5, 6, 7, 8, 10)), inside)
    return content.getvalue()


def infiray(celsius: np.ndarray, emissivity: float = 0.95, reflected: float = 18.0,
            magic: bytes = b"\xca\xac", steps: int = 16) -> bytes:
    """Return an .irg file."""
    height, width = celsius.shape
    header = bytearray(128)
    photo = jpeg((96, 128), 60)
    struct.pack_into("<2sHIHHHHHHHI", header, 0, magic, 128, height * width, height, width, 0, 0,
                     0, 1, 0, len(photo))
    struct.pack_into("<HH6I", header, 26, height, width, round(emissivity * 1e4),
                     round((reflected + 273.15) * 1e4), round((9 + 273.15) * 1e4), 25_000, 4000,
                     10_000)
    header[-2:] = b"\xac\xca"
    fine = ((celsius + 273.15) * steps).round().astype("<u2")
    return bytes(header) + np.zeros((height, width), np.uint8).tobytes() + fine.tobytes() + photo


def guide(celsius: np.ndarray) -> bytes:
    """Return a TP8 file of 288×384."""
    content = bytearray(2_028_240)
    shown = jpeg((288, 384))
    content[: len(shown)] = shown
    content[209_536 : 209_536 + 2 * celsius.size] = (celsius * 10).round().astype("<i2").tobytes()
    content[430_720:430_722] = b"BM"
    red = np.zeros((480, 640), "<u2")
    red[:240] = 31 << 11  # the upper half is red
    content[430_790 : 430_790 + red.nbytes] = red.tobytes()
    return bytes(content[:2_028_240])


def dji(values: np.ndarray, settings: str = "M3T", piece: int = 1800) -> bytes:
    """Return an R-JPEG: a field in APP3 segments, settings in one of three layouts."""
    raw = values.astype("<u2").tobytes()
    pieces = [raw[start : start + piece] for start in range(0, len(raw), piece)]
    layouts = {
        "H20T": b"\xaa\x55\x12\x06".ljust(0x44, b"\0") + struct.pack("<5H", 50, 70, 95, 230, 250),
        "M30T": bytes(32) + b"\xaa\x55\x38\0" + struct.pack("<4H", 70, 50, 95, 230),
        "M3T": struct.pack("<5f", 25.0, 5.0, 0.95, 0.7, 23.0).ljust(32, b"\0") + b"\x2c\x01\x20\0",
    }
    return with_segments(jpeg(values.shape), (0xE1, b"Exif\0\0DJI\0M3T\0"),
                         *((0xE3, part) for part in pieces), (0xE4, layouts[settings]))


def tiff(values: np.ndarray, gain: float, offset: float) -> bytes:
    """Return a TIFF of 16 bits that says its scale as GDAL does."""
    from PIL import TiffImagePlugin

    said = TiffImagePlugin.ImageFileDirectory_v2()
    said[42112] = ('<GDALMetadata>'
                   f'<Item name="SCALE" sample="0" role="scale">{gain}</Item>'
                   f'<Item name="OFFSET" sample="0" role="offset">{offset}</Item></GDALMetadata>')
    content = io.BytesIO()
    Image.fromarray(values.round().astype(np.uint16)).save(content, "TIFF", tiffinfo=said)
    return content.getvalue()


def csv(celsius: np.ndarray, sign: str = ";", comma: bool = True, named: bool = True) -> bytes:
    """Return a table as a camera's program exports it, with lines of words before it."""
    lines = ["File: x.jpg", "Emissivity: 0.94", "Reflected temperature: 18.5 °C",
             "Relative humidity: 55 %", ""]
    for place, row in enumerate(celsius):
        cells = [f"{value:.2f}".replace(".", "," if comma else ".") for value in row]
        lines.append(sign.join([f"Frame {place}" if place == 0 else "", *cells] if named
                               else cells))
    return "\r\n".join(lines).encode()
