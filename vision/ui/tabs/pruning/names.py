"""What classes and superclasses are called in the reader's language."""

from __future__ import annotations

import gradio as gr

from vision.data.cifar import CIFAR10, CIFAR100, SUPERCLASSES
from vision.ui.text import say


def class_name(name: str, request: gr.Request | None) -> str:
    """Return the name of a class in the reader's language, or as the card has it."""
    if name in CIFAR10:
        return say(f"pruning.class.{name}", request)
    return say(f"hundred-classes.{name}", request) if name in (*CIFAR100, *SUPERCLASSES) else name
