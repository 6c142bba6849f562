"""The networks that see: VGG-19 and a slim one, which ship, and torchvision's of ImageNet."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

import torch
from torch import nn

from vision import checkpoints
from vision.errors import UserError, unknown
from vision.files.atomic_files import FULL, refusal, saving
from vision.files.locks import MakerLock
from vision.style.models import ARCHITECTURES
from vision.style.models.vgg19 import Extractor

EXTRACTORS = ("slim", "bundled", "imagenet")
BUNDLED, SLIM = (checkpoints.FOLDER / "style" / f"{name}.safetensors"
                 for name in ("vgg19", "vgg19-slim"))
CHUNK, PATIENCE = 2**20, 8  # bytes at a time; seconds without an answer
OnProgress = Callable[[float], None]


def open_extractor(name: str = "bundled") -> nn.Module:
    """Return an extractor by its name; its `features` are numbered as torchvision's."""
    if name not in EXTRACTORS:
        raise unknown("extractor", name, list(EXTRACTORS))
    return _imagenet() if name == "imagenet" else _shipped({"slim": SLIM, "bundled": BUNDLED}[name])


def imagenet_path() -> Path:
    """Return where torchvision keeps its ImageNet weights once they were fetched."""
    return Path(torch.hub.get_dir()) / "checkpoints" / _address().rsplit("/", 1)[1]


def imagenet_present() -> bool:
    """Return whether the ImageNet weights are here already."""
    return imagenet_path().is_file()


def fetch_imagenet(on_progress: OnProgress | None = None) -> Path:
    """Download torchvision's ImageNet weights unless they are here; progress is 0…1."""
    path = imagenet_path()
    if path.is_file():
        return path
    with MakerLock(path):
        return path if path.is_file() else _fetch(path, on_progress)


def _fetch(path: Path, on_progress: OnProgress | None) -> Path:
    """Download into a file beside this one, which becomes this one when it has arrived whole."""
    with saving(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file, urllib.request.urlopen(
                _address(), timeout=PATIENCE) as web:
            digest = _copy(web, file, int(web.headers["Content-Length"] or 0), on_progress)
        if not digest.startswith(path.stem.rpartition("-")[2]):
            raise OSError("the file arrived damaged")
        os.replace(temporary, path)
    except (OSError, HTTPException) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise refusal(error, path.name) from error
        raise UserError("the ImageNet weights could not be fetched ({reason})",
                        "a connection to download.pytorch.org is needed",
                        "connect and retry; the bundled extractor works without",
                        reason=_why(error)) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path


def _why(error: Exception) -> str:
    """Return a failure's reason without addresses and paths."""
    cause = getattr(error, "reason", error)
    return getattr(cause, "strerror", None) or str(cause)


def _copy(web: Any, file: IO[bytes], size: int, on_progress: OnProgress | None) -> str:
    """Copy a download into a file and return its SHA-256."""
    total, done = hashlib.sha256(), 0
    while part := web.read(CHUNK):
        file.write(part)
        total.update(part)
        done += len(part)
        if on_progress and size:
            on_progress(done / size)
    return total.hexdigest()


def _address() -> str:
    from torchvision.models import VGG19_Weights

    return VGG19_Weights.IMAGENET1K_V1.url


@functools.cache
def _shipped(path: Path) -> nn.Module:
    return checkpoints.load(path, ARCHITECTURES).module


@functools.cache
def _imagenet() -> nn.Module:
    if not imagenet_present():
        raise UserError("the ImageNet weights are not on this machine",
                        "the bundled extractor is accepted",
                        "choose it, or fetch the weights first")
    extractor = Extractor("paper")
    state = torch.load(imagenet_path(), weights_only=True, mmap=True)
    extractor.load_state_dict({name: state[name].clone() for name in extractor.state_dict()})
    return extractor.eval()
