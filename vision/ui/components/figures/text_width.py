"""How wide words are, and where a line of them may end, Chinese included."""

from __future__ import annotations

import unicodedata


def wrapped(text: str, room: float) -> list[str]:
    """Return words as lines of at most so many times their size."""
    lines = [""]
    for piece in pieces(text):
        if lines[-1] and wide(lines[-1] + piece.rstrip()) > room:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def pieces(text: str) -> list[str]:
    """Return what may stand in a line of its own: words, and each Chinese character."""
    found = [""]
    for sign in text:
        if found[-1].endswith(" ") or (found[-1] and full(sign) and not closes(sign)) or (
                found[-1] and full(found[-1][-1]) and not closes(sign)):
            found.append("")
        found[-1] += sign
    return found


def wide(text: str) -> float:
    """Return about how many times its size a text is wide."""
    return sum(1.0 if full(sign) else 0.6 for sign in text)


def full(sign: str) -> bool:
    """Return whether a sign is as wide as high."""
    return unicodedata.east_asian_width(sign) in "WF"


def closes(sign: str) -> bool:
    """Return whether no line may begin with a sign."""
    return sign in "，。；：、）”？ ,.;:)"
