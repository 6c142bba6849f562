"""HTML and SVG built of elements: whatever is not markup already is escaped by itself."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

EMPTY = ("img", "br")  # elements that nothing can stand in


def tag(name: str, *inside: str, **attributes: str | float | None) -> Markup:
    """Return an element; `aria_label` means aria-label, `class_` class, and None leaves one out."""
    shown = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), written(value))
        for key, value in attributes.items() if value is not None)
    start = Markup("<{}{}>").format(name, shown)
    return start if name in EMPTY else Markup("{}{}</{}>").format(start, joined(inside), name)


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Return parts one after another."""
    return escape(between).join(parts)


def written(value: str | float) -> str:
    """Return a value as an attribute has it: a number with two digits at most."""
    return value if isinstance(value, str) else f"{round(value, 2):g}"
