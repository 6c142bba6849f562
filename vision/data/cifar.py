"""CIFAR-10 and CIFAR-100: what their classes are called, and the files as they were published.

Krizhevsky: "Learning Multiple Layers of Features from Tiny Images", 2009. The binary form is a
row of bytes for each picture: its labels, then 1,024 red, green and blue ones. The form for Python
is a pickle; of that nothing but arrays, texts and numbers is made.
"""

from __future__ import annotations

import codecs
import io
import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from vision.data.datasets import Files, damaged

SIDE = 32
PIXELS = 3 * SIDE * SIDE
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
           "truck")
SUPERCLASSES: dict[str, tuple[str, ...]] = {  # of CIFAR-100, five classes each
    "aquatic_mammals": ("beaver", "dolphin", "otter", "seal", "whale"),
    "fish": ("aquarium_fish", "flatfish", "ray", "shark", "trout"),
    "flowers": ("orchid", "poppy", "rose", "sunflower", "tulip"),
    "food_containers": ("bottle", "bowl", "can", "cup", "plate"),
    "fruit_and_vegetables": ("apple", "mushroom", "orange", "pear", "sweet_pepper"),
    "household_electrical_devices": ("clock", "keyboard", "lamp", "telephone", "television"),
    "household_furniture": ("bed", "chair", "couch", "table", "wardrobe"),
    "insects": ("bee", "beetle", "butterfly", "caterpillar", "cockroach"),
    "large_carnivores": ("bear", "leopard", "lion", "tiger", "wolf"),
    "large_man-made_outdoor_things": ("bridge", "castle", "house", "road", "skyscraper"),
    "large_natural_outdoor_scenes": ("cloud", "forest", "mountain", "plain", "sea"),
    "large_omnivores_and_herbivores": ("camel", "cattle", "chimpanzee", "elephant", "kangaroo"),
    "medium_mammals": ("fox", "porcupine", "possum", "raccoon", "skunk"),
    "non-insect_invertebrates": ("crab", "lobster", "snail", "spider", "worm"),
    "people": ("baby", "boy", "girl", "man", "woman"),
    "reptiles": ("crocodile", "dinosaur", "lizard", "snake", "turtle"),
    "small_mammals": ("hamster", "mouse", "rabbit", "shrew", "squirrel"),
    "trees": ("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
    "vehicles_1": ("bicycle", "bus", "motorcycle", "pickup_truck", "train"),
    "vehicles_2": ("lawn_mower", "rocket", "streetcar", "tank", "tractor"),
}
CIFAR100 = tuple(sorted(name for names in SUPERCLASSES.values() for name in names))
BELONGS = {name: above for above, names in SUPERCLASSES.items() for name in names}


class Published(NamedTuple):
    """How one data set was published: the stems of its files, and its labels."""

    classes: tuple[str, ...]
    stems: dict[str, tuple[str, ...]]  # by split
    bytes_before: int  # of labels before the pixels of a picture; the last one is the class
    key: bytes  # of the labels in a pickle


PUBLISHED = {
    "cifar10": Published(CIFAR10, {
        "train": tuple(f"data_batch_{number}" for number in range(1, 6)),
        "test": ("test_batch",)}, 1, b"labels"),
    "cifar100": Published(CIFAR100, {"train": ("train",), "test": ("test",)}, 2, b"fine_labels"),
}


def published(files: Files, name: str, split: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return pixels (N, 3, 32, 32) and labels (N,) of published files; None if there are none."""
    form = PUBLISHED[name]
    places = {place.rpartition("/")[2]: place for place in files.names()}
    for ending, read in READERS.items():
        wanted = [stem + ending for stem in form.stems[split]]
        if any(file in places for file in wanted):
            parts = [checked(read, files.read(places.get(file, file)), form, file)
                     for file in wanted]
            pixels, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
            return pixels.reshape(-1, 3, SIDE, SIDE), labels.astype(np.int64)
    return None


def checked(read: Reader, content: bytes, form: Published, place: str) -> Rows:
    """Return the rows of one file, or raise if it is not what it should be."""
    try:
        pixels, labels = read(content, form)
        if pixels.shape != (len(labels), PIXELS) or pixels.dtype != np.uint8 or (
                labels.min() < 0 or labels.max() >= len(form.classes)):
            raise ValueError("no pictures of these classes")
    except (ValueError, KeyError, TypeError, IndexError, EOFError, AttributeError, ImportError,
            pickle.UnpicklingError) as error:
        raise damaged(place) from error
    return pixels, labels


def from_bytes(content: bytes, form: Published) -> Rows:
    """Return pixels (N, 3072) and labels (N,) of a binary file."""
    rows = np.frombuffer(content, np.uint8).reshape(-1, form.bytes_before + PIXELS)
    return rows[:, form.bytes_before :], rows[:, form.bytes_before - 1]


def from_pickle(content: bytes, form: Published) -> Rows:
    """Return pixels (N, 3072) and labels (N,) of a file for Python."""
    table = OnlyArrays(io.BytesIO(content), encoding="bytes").load()
    return np.asarray(table[b"data"]), np.asarray(table[form.key])


class OnlyArrays(pickle.Unpickler):
    """Reads a pickle of arrays of numbers; whatever else one asks for is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the few things that arrays and texts are made of."""
        if (module, name) == ("_codecs", "encode"):
            return codecs.encode
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        if name == "_reconstruct" and module in {"numpy.core.multiarray",
                                                 "numpy._core.multiarray"}:
            return np.zeros(0).__reduce__()[0]
        raise pickle.UnpicklingError(f"{module}.{name} is no array")


Rows = tuple[np.ndarray, np.ndarray]
Reader = Callable[[bytes, Published], Rows]
READERS: dict[str, Reader] = {".bin": from_bytes, "": from_pickle}
