"""Checkpoints: one safetensors file with its model card in the header, and no pickle anywhere.

A file is trusted only after its digest fits: the SHA-256 of the card and of every tensor.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin, get_type_hints

from vision import __version__
from vision.errors import UserError, cut
from vision.files.atomic_files import saving, write_atomically
from vision.files.jsonable import jsonable
from vision.options import filled
from vision.quantised import SCALE, in_float16, packed, unpacked
from vision.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import nn

FORMAT = 1
FOLDER = Path(__file__).resolve().parent.parent / "checkpoints"
HEADER_LIMIT = 4 * 2**20
MOST_SETTINGS, LARGEST = 2000, 10_000  # of a model; building one of more would take for ever
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """The model card: what the file is, how it was made, and what was measured."""

    system: str
    arch: str
    config: dict[str, Any]
    classes: tuple[str, ...] = ()
    preprocess: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    seed: int = 0
    steps: int = 0
    device: str = ""
    created: str = ""
    vision_version: str = __version__
    format: int = FORMAT

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            kind = get_origin(hint) or hint
            if type(getattr(self, name)) is not kind:
                raise TypeError(f"'{name}' is not a {kind.__name__}")
        if not all(isinstance(name, str) for name in self.classes):
            raise TypeError("'classes' are not names")

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Rebuild a card from its JSON form; unknown or missing fields raise."""
        values = json.loads(text)
        return cls(**{**values, "classes": tuple(values["classes"])})

    @property
    def commands(self) -> list[str]:
        """Return every command on the way to this model, the first one first."""
        return [*self.metrics.get("made_from", []), self.command]

    def to_json(self) -> str:
        """Return the card as JSON with sorted keys, so that equal cards give equal text."""
        return json.dumps(jsonable(asdict(self)), sort_keys=True, ensure_ascii=False,
                          allow_nan=False)


@dataclass(frozen=True)
class Model:
    """A module ready for inference, with the card of the file it came from."""

    module: nn.Module
    card: Card


def shipped(system: str) -> list[Path]:
    """Return the checkpoints of one system that ship with the project."""
    return sorted((FOLDER / system).glob("*.safetensors"))


def missing(folder: Path, names: Iterable[str], there: Callable[[Path], bool] = Path.exists
            ) -> Iterator[tuple[str, Path]]:
    """Yield name and path of each checkpoint that a folder lacks when its turn comes."""
    for name in names:
        path = folder / f"{name}.safetensors"
        if not there(path):
            yield name, path


def with_target(config: Any) -> Any:
    """Return a training's settings with its output path filled in, checked before the work."""
    path = filled(config.output, config)
    if path.suffix != ".safetensors" or path.is_dir():
        raise UserError("'{file}' cannot be written as a checkpoint",
                        "a file name that ends in .safetensors is accepted", "change --output",
                        file=path.name)
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return replace(config, output=path)


def save(path: Path, module: nn.Module, card: Card, bits: int = 16) -> Path:
    """Write the module's weights in float16, or 8-bit rows, with its card; all of it or nothing."""
    tensors = {16: in_float16, 8: packed}[bits](module.state_dict())
    _check_finite(tensors)
    if not card.created:
        card = replace(card, created=datetime.now(timezone.utc).isoformat(timespec="seconds"))
    return write(path, card.to_json(), tensors)


def change_card(path: Path, card: Card) -> Path:
    """Write a checkpoint again with another card; its weights stay bit for bit as they are."""
    return write(path, card.to_json(), _tensors(path))


def add_metrics(path: Path, metrics: Mapping[str, Any]) -> Path:
    """Add what was measured to a checkpoint's card, in the place of what had the same name."""
    card = read_card(path)
    return change_card(path, replace(card, metrics={**card.metrics, **metrics}))


def write(path: Path, card: str, tensors: dict[str, torch.Tensor]) -> Path:
    """Write a card and tensors as one file, with the digest of both."""
    from safetensors.torch import save as to_bytes

    write_atomically(path, to_bytes(tensors, {"card": card, "digest": digest(card, tensors)}))
    return path


def _check_finite(tensors: Mapping[str, torch.Tensor]) -> None:
    """Raise if a weight was too large for float16, or is no number at all."""
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise UserError(
                "the weights '{name}' hold numbers that float16 cannot",
                "finite numbers up to 65504 are accepted",
                "train again with a smaller learning rate",
                name=name.removesuffix(SCALE),
            )


def version(path: Path) -> float:
    """Return the time of a checkpoint's last change, or raise if it is not there."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        raise _missing(path) from None


def readable(system: str) -> list[Path]:
    """Return the checkpoints of one system that ship and whose card can be read."""
    folder = FOLDER / system
    if not folder.is_dir():
        return []
    return list(_readable_in(folder, folder.stat().st_mtime_ns, tuple(os.listdir(folder))))


@functools.lru_cache(maxsize=32)
def _readable_in(folder: Path, changed: int, names: tuple[str, ...]) -> list[Path]:
    """Return the checkpoints of a folder whose card can be read, found once for each change."""
    found = []
    for path in shipped(folder.name):
        try:
            read_card(path)
            found.append(path)
        except UserError as error:
            log.warning("%s", error)
    return found


def read_card(path: Path) -> Card:
    """Return the card of a checkpoint from its header alone, without reading the weights."""
    return _known(path, *_state(path))[0]


def digest_of(path: Path) -> str:
    """Return the digest of a checkpoint's card and tensors, as its header has it."""
    return _known(path, *_state(path))[1]


def _state(path: Path) -> tuple[int, int, int]:
    """Return what is different after every change of a file."""
    try:
        found = path.stat()
    except OSError:
        raise _missing(path) from None
    return found.st_mtime_ns, found.st_size, found.st_ino


@functools.lru_cache(maxsize=256)
def _known(path: Path, *state: int) -> tuple[Card, str]:
    """Return card and digest of a file, read once for each change; nobody may change the card."""
    header = _header(path)
    return _card(path, header), header["digest"]


def require_system(path: Path, card: Card, wanted: str) -> None:
    """Raise for a checkpoint of another system."""
    if card.system != wanted:
        raise UserError("'{file}' belongs to the system '{found}'",
                        "checkpoints of '{wanted}' are accepted here",
                        file=path.name, found=cut(card.system), wanted=wanted)


def load(path: Path, registry: Registry) -> Model:
    """Return the checked model of a checkpoint in evaluation mode, built by its registry."""
    header = _header(path)
    card = _card(path, header)
    require_system(path, card, registry.system)
    tensors = _tensors(path)
    if digest(header["card"], tensors) != header.get("digest"):
        raise damaged(path, "its content does not fit its digest")
    module = _empty(path, card, registry)
    _fill(path, module, _whole(path, tensors))
    return Model(module.float().eval(), card)


def digest(card: str, tensors: Mapping[str, torch.Tensor]) -> str:
    """Return the SHA-256 over the card and over each tensor's name, type, shape and bytes."""
    import torch

    total = hashlib.sha256(card.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        total.update(f"{name}{tensor.dtype}{tuple(tensor.shape)}".encode())
        total.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def damaged(path: Path, reason: str) -> UserError:
    """Return the error for a file that is not what it should be."""
    return UserError(
        "'{file}' cannot be used: {reason}",
        "a complete .safetensors checkpoint made by this project is accepted",
        "fetch or train it again",
        file=path.name,
        reason=reason,
    )


def _missing(path: Path) -> UserError:
    return UserError(
        "there is no checkpoint '{file}'",
        "a .safetensors file made by this project is accepted",
        "check the name, or train one with 'python -m vision SYSTEM train'",
        file=path.name,
    )


def _header(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise _missing(path)
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 2 <= size <= HEADER_LIMIT:
            raise damaged(path, "it has no safetensors header")
        try:
            header = json.loads(file.read(size))["__metadata__"]
            return {"card": header["card"], "digest": header["digest"]}
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise damaged(path, "its header is not one that this project writes") from error


def _card(path: Path, header: dict[str, str]) -> Card:
    try:
        card = Card.from_json(header["card"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(path, "its model card cannot be read") from error
    if card.format != FORMAT:
        raise UserError(
            "'{file}' has the format {found}",
            "this version reads format {wanted}",
            "install a newer version of this project",
            file=path.name,
            found=card.format,
            wanted=FORMAT,
        )
    return card


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        return from_bytes(path.read_bytes())
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise damaged(path, "its tensors are cut short or overlap") from error


def _whole(path: Path, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return tensors with those that were kept as 8-bit rows in float16 again."""
    try:
        return unpacked(tensors)
    except (RuntimeError, IndexError, ValueError) as error:
        raise damaged(path, "its 8-bit rows do not fit their scales") from error


def _empty(path: Path, card: Card, registry: Registry) -> nn.Module:
    """Return the module of a card without memory for its weights."""
    import torch

    if card.arch not in registry.names():
        raise damaged(path, f"its architecture '{cut(card.arch)}' is not known here")
    settings = list(_leaves(card.config))
    if len(settings) > MOST_SETTINGS or any(
            isinstance(value, (int, float)) and not abs(value) <= LARGEST for value in settings):
        raise damaged(path, "its settings are those of no model")
    try:
        with torch.device("meta"):
            return registry.build(card.arch, **card.config)
    except Exception as error:  # whatever the settings of a foreign file may provoke
        raise damaged(path, "its settings build no model") from error


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the plain values in lists and tables."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (dict, list, tuple)):
            waiting.extend(part.values() if isinstance(part, dict) else part)
        else:
            yield part


def _fill(path: Path, module: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    wanted = {name: _form(tensor) for name, tensor in module.state_dict().items()}
    found = {name: _form(tensor) for name, tensor in tensors.items()}
    if wanted != found:
        odd = sorted(name for name in wanted.keys() | found.keys()
                     if wanted.get(name) != found.get(name))
        raise damaged(path, f"its tensors do not fit its settings, first at '{cut(odd[0])}'")
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise damaged(path, "its weights are not all finite")
    module.load_state_dict(tensors, assign=True)


def _form(tensor: torch.Tensor) -> tuple[tuple[int, ...], str]:
    """Return a tensor's shape and kind; floats are one kind, but for those of eight bits."""
    floats = tensor.is_floating_point() and tensor.element_size() > 1
    return tuple(tensor.shape), "float" if floats else str(tensor.dtype)
