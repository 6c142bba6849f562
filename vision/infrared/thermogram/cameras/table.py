"""A table of temperatures (CSV) as cameras' programs export it, with lines of words before it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from vision.errors import UserError
from vision.images import check_size
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import (
    MEGAPIXELS,
    Parameters,
    Recording,
    recorded,
)

KIND = "CSV of temperatures"
MOST_BYTES = 24_000_000
LEAST = 16  # columns and rows
LOOKED_AT = 40  # lines among which a table must begin
BEFORE = 200  # lines before it, at most
SIGNS = ("\t", ";", ",")
WORDS: dict[str, str] = {
    "emissivity": r"emissivity|emissivität|emissividade|发射率",
    "reflected": r"reflected(?: temp\w*| apparent temp\w*)?|temperatura refletida|反射温度",
    "air": r"(?:atmospheric|air|ambient) temp\w*|temperatura do ar|环境温度",
    "distance": r"(?:object )?distance|distância|距离",
    "humidity": r"(?:relative )?humidity|umidade|湿度",
}
NUMBER = r"\W{0,4}(-?\d+(?:[.,]\d+)?)\s*(%?)"


def recognises(content: bytes) -> bool:
    """Return whether a file is text whose first lines hold a row of many numbers."""
    head = content[:200_000]
    if len(content) > MOST_BYTES or b"\0" in head.removeprefix(b"\xff\xfe")[1:2] or not head:
        return False
    if head[:1] in b"\xff\x89\x00%{<" or head.startswith((b"PK", b"GIF8", b"BM", b"II*", b"MM\0")):
        return False
    lines = decoded(head).splitlines()[: LOOKED_AT + 1]
    return any(len(cells(line, sign)) >= LEAST for line in lines for sign in (*SIGNS, " "))


@reader(KIND, recognises, order=2)
def read(content: bytes) -> Recording:
    """Return the temperatures, and what the lines before them say."""
    lines = decoded(content).splitlines()
    sign = sign_of(lines[: BEFORE + LEAST])
    starts = next((place for place, line in enumerate(lines[:BEFORE])
                   if len(cells(line, sign)) >= LEAST), None)
    if starts is None:
        raise UserError("the table has no row of numbers",
                        "a temperature for every pixel is accepted",
                        "export it from the camera's program again")
    values = table(lines[starts:], sign)
    known = parameters(" \n".join(lines[:starts]))
    return recorded(KIND, values, degrees=True, parameters=known)


def decoded(content: bytes) -> str:
    """Return text in one of the usual encodings."""
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def sign_of(lines: list[str]) -> str:
    """Return what stands between the numbers: the first sign that makes rows of many numbers."""
    return next((sign for sign in SIGNS if any(len(cells(line, sign)) >= LEAST
                                               for line in lines)), " ")


def cells(line: str, sign: str) -> list[str]:
    """Return the cells of a line if all but the first are numbers, else none."""
    if sign != " " and line.count(sign) < LEAST - 1:
        return []
    parts = split(line.strip("\r\n"), sign)
    if parts and not is_number(parts[0]):
        parts = parts[1:]  # the name of a row, or nothing
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return parts if all(map(is_number, parts)) else []


def split(line: str, sign: str) -> list[str]:
    """Return what stands between the signs of a line; any number of spaces counts as one."""
    return line.split(None if sign == " " else sign)


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number, with a point or a comma."""
    try:
        float(cell.strip().strip('"').replace(",", "."))
    except ValueError:
        return False
    return True


def table(lines: list[str], sign: str) -> np.ndarray:
    """Return the numbers of all rows (H, W), of each as many as the first one has."""
    rows = [line for line in lines if line.strip()]
    width = len(cells(rows[0], sign))
    named = not is_number(split(rows[0], sign)[0])  # whether a name begins each row
    check_size((width, len(rows)), MEGAPIXELS)
    plain = [row.replace('"', "") for row in rows]
    if sign != ",":
        plain = [row.replace(",", ".") for row in plain]
    lengths = Counter(len(split(row, sign)) for row in plain)
    if len(lengths) > 2:
        raise UserError("the rows of the table have {least} to {most} cells",
                        "rows of one length are accepted",
                        "export it from the camera's program again", least=min(lengths),
                        most=max(lengths))
    if named:
        plain = [row.partition(sign)[2] for row in plain]
    return np.loadtxt(plain, delimiter=None if sign == " " else sign, ndmin=2, comments=None,
                      usecols=range(width))


def parameters(text: str) -> Parameters:
    """Return what the words before the table say."""
    found: dict[str, Any] = {}
    for name, words in WORDS.items():
        match = re.search(rf"(?i)\b(?:{words}){NUMBER}", text)
        if match:
            value = float(match[1].replace(",", "."))
            found[name] = value / 100 if match[2] or (name == "humidity" and value > 1) else value
    return Parameters(**found)
