"""A number as the reader's language writes it.

Portuguese has a decimal comma, and parts thousands by a point. An unseen sign behind that point
tells it from one that is still to become a comma.
"""

from __future__ import annotations

import re
import string
from typing import Any

COMMA = {"pt-BR"}  # languages that write a decimal comma
THOUSANDS = ".\N{WORD JOINER}"  # between them, where a comma means something else
UNIT = r"(?:[kMG]?B|[kMGKCmsDσεz]|ms|px|nats|GMACs|FLOPs)(?!\w)"
NUMBERS = re.compile(rf"(?:{UNIT}|e(?=[-+]?\d)|[^\w<>&]|\d)*", re.ASCII)  # and nothing else
POINT = re.compile(r"(?<![\d.])(\d+)\.(?=\d+(?![\d.]*\.\d))")  # not that of 2.11.0
BETWEEN_TAGS = re.compile(r">([^<>]*\d\.\d[^<>]*)<")


def numeral(text: str, language: str) -> str:
    """Return a text of numbers and units in the manner of a language, any other text as it is."""
    if language not in COMMA or "." not in text or not NUMBERS.fullmatch(text):
        return text
    return POINT.sub(r"\1,", text)


def in_html(html: str, language: str) -> str:
    """Return HTML whose numbers between tags, where they stand alone, are in that manner."""
    if language not in COMMA:
        return html
    return BETWEEN_TAGS.sub(lambda found: f">{numeral(found[1], language)}<", html)


def parted(number: float, language: str) -> str:
    """Return a large whole number with its thousands parted."""
    text = f"{number:,.0f}"
    return text.replace(",", THOUSANDS) if language in COMMA else text


class Template(str):
    """A text of a language that is filled with values, and writes numbers as that language does."""

    language: str

    def __new__(cls, text: str, language: str) -> Template:
        made = super().__new__(cls, text)
        made.language = language
        return made

    def format(self, *values: Any, **named: Any) -> str:
        """Return the text with values filled in."""
        if self.language not in COMMA:
            return super().format(*values, **named)
        return _Filling(self.language).format(str(self), *values, **named)


class _Filling(string.Formatter):
    """Fills a text as `str.format` does, with numbers in the manner of a language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one value as it stands in the text."""
        return numeral(super().format_field(value, format_spec), self.language)
