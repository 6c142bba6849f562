"""The registry of readers: each knows its files by what is in them, never by their names."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from vision.errors import UserError
from vision.infrared.thermogram.cameras.content import damaged
from vision.infrared.thermogram.cameras.recording import Recording

Recognises = Callable[[bytes], bool]
Reads = Callable[[bytes], Recording]
BROKEN = (struct.error, ValueError, IndexError, KeyError, TypeError, EOFError, OSError,
          RuntimeError, ArithmeticError, zlib.error, zipfile.BadZipFile,
          AttributeError)  # of broken contents


@dataclass(frozen=True)
class Reader:
    """One kind of file: how it is recognised, and what reads it."""

    kind: str
    recognises: Recognises
    reads: Reads
    order: int


_READERS: dict[str, Reader] = {}


def reader(kind: str, recognises: Recognises, order: int = 0) -> Callable[[Reads], Reads]:
    """Return a decorator that files a function as the reader of a kind of file.

    Readers are asked in their order; one whose sign is weak comes later.
    """
    def add(reads: Reads) -> Reads:
        if kind in _READERS:
            raise ValueError(f"two readers of '{kind}': {_READERS[kind].reads} and {reads}")
        _READERS[kind] = Reader(kind, recognises, reads, order)
        return reads

    return add


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Return all readers in the order in which they are asked."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(sorted(_READERS.values(), key=lambda one: (one.order, one.kind)))


def reader_of(content: bytes) -> Reader | None:
    """Return the reader that recognises a file, if one does."""
    return next((one for one in readers() if one.recognises(content)), None)


def read_recording(content: bytes) -> Recording | None:
    """Return what a camera stored in a file, or None if it is none of a camera's own kinds.

    What begins like a camera's file and is broken raises a UserError, whatever is wrong with it.
    """
    known = reader_of(content)
    if known is None:
        return None
    try:
        return known.reads(content)
    except UserError:
        raise
    except BROKEN as error:
        raise damaged(known.kind) from error
