"""Files and values that an attack sends: what each is, and where it goes. All are made here.

`FILES` maps a name to a function that returns the file's bytes, `VALUES` are what controls are
sent in the place of files, and `CLICKS` what events carry. None of them may get anything but a
sentence or an answer, within seconds.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image


def picture(size: tuple[int, int], kind: str = "PNG", mode: str = "1") -> bytes:
    """Return a picture of one colour: large when it is decoded, and small as a file."""
    content = io.BytesIO()
    Image.new(mode, size).save(content, kind)
    return content.getvalue()


def zipped(contents: dict[str, bytes]) -> bytes:
    """Return a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in contents.items():
            archive.writestr(name, part)
    return content.getvalue()


def own_set(classes: bytes) -> bytes:
    """Return a data set of one's own with these classes."""
    pairs = {f"{part}/{number}.png": picture((32, 32), mode="L")
             for part in ("images", "masks") for number in range(5)}
    return zipped({**pairs, "classes.txt": classes})


def coco(outline: Any, count: int = 1) -> bytes:
    """Return a file of labels with so many objects of this outline."""
    entry = {"image_id": 1, "category_id": 1, "bbox": [1, 1, 50, 50], "segmentation": outline}
    return json.dumps({
        "images": [{"id": 1, "file_name": "a.png", "height": 480, "width": 640}],
        "categories": [{"id": 1, "name": "fuse"}], "annotations": [entry] * count}).encode()


def checkpoint(**changes: Any) -> bytes:
    """Return a checkpoint without weights whose card has odd fields."""
    card = json.dumps({"system": "pruning", "arch": "vgg16", "config": {"classes": 10},
                       "classes": [], **changes})
    header = json.dumps({"__metadata__": {"card": card, "digest": "x"}}).encode()
    return len(header).to_bytes(8, "little") + header


FILES: dict[str, Callable[[], bytes]] = {
    "39-megapixels.png": lambda: picture((6245, 6245)),
    "strip.png": lambda: picture((16, 2_500_000)),
    "drawing.eps": lambda: picture((64, 64), "EPS", "L"),
    "text-bomb.png": lambda: picture((64, 64))[:33] + zlib.compress(bytes(10**7)),
    "many-classes.zip": lambda: own_set(b"c\n" * 100_000),
    "long-class.zip": lambda: own_set(b"c" * 10**6),
    "grows.zip": lambda: zipped({"images/a.png": bytes(3 * 10**8)}),
    "odd-names.zip": lambda: zipped({"../../a.png": b"a", "/etc/a.png": b"a"}),
    "run-lengths.json": lambda: coco({"size": [480, 640], "counts": "o" * 3_000_000}),
    "polygon.json": lambda: coco([[n % 480 for n in range(20_000)]]),
    "rings.json": lambda: coco([[1, 1, 9, 1, 9, 9]] * 20_000),
    "objects.json": lambda: coco([[1, 1, 9, 1, 9, 9]], 10_000),
    "deep.json": lambda: b"[" * 500_000 + b"]" * 500_000,
    "lines.txt": lambda: b"0 0.5 0.5 0.2 0.2\n" * 3000,
    "layers.safetensors": lambda: checkpoint(arch="densenet40", config={
        "classes": 10, "layers": 10**9}),
    "form.safetensors": lambda: checkpoint(device="<form action=/x><input></form>",
                                           command="![x](http://127.0.0.1:9/x.png)"),
}
MARK = {"meta": {"_type": "gradio.FileData"}}
PATHS = ("/etc/passwd", "/dev/ptmx", "/dev/zero", "/proc/self/environ", "app.py", "../app.py",
         "/tmp", "http://127.0.0.1:9/a.png", "file:///etc/passwd", "\0", "x" * 5000)
VALUES: list[Any] = [shape for path in PATHS for shape in (
    {"path": path}, {"path": path, **MARK}, [{"path": path}],
    {"background": {"path": path}, "layers": [{"path": path}], "composite": None})]
CLICKS: list[Any] = [None, "x", 7, [1], *({name: value} for name in (
    "index", "value", "cell", "arch", "device", "line", "box", "polygon") for value in (
    None, "1,2", -1, 10**30, True, [], [None] * 4, [[1, 2]] * 4, [[0] * 3] * 4, "x" * 10**4))]
