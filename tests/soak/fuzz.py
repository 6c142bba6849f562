"""Bad calls to every endpoint of the page: each gets a sentence, none a trace or a path."""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import REPOSITORY
from tests.soak.page import LEFT, Answer, Visitor
from vision.ui import ASSETS
from vision.ui.text import words

PATIENCE = 8.0  # seconds until a call that works (a training, say) is left
AT_ONCE = 4
LEFT_OUT = ("fetch",)  # endpoints that download
LONGEST = 600  # characters of a sentence
SECRETS = re.compile(r"Traceback|\.py\b|site-packages|" + "|".join(
    re.escape(str(path)) for path in (REPOSITORY, Path.home(), tempfile.gettempdir())))
NUMBERS = [None, float("nan"), float("inf"), -1, -1e30, 1e308, 2**63, 0.123456789, True]
OURS = words("en")["app.unexpected"]
WORDS = ["", "x" * 100_000, "../../../etc/passwd", "\0", "<script>alert(1)</script>", "nan",
         "'; drop table", "{}", "٣", "%s%n", "constructor"]
EVENTS: list[Any] = [None, None, {}, [], 0, "x", {"index": None}, {"index": [-1, 10**9]},
                    {"index": "a", "value": {}}, {"index": [[[]]], "selected": 1}, {"value": None},
                    {"index": 1e308, "value": "\0"}, {"key": "constructor", "target": 7}]
SHAPES: list[Any] = [[], {}, [None], [[[]]], {"__type__": "update", "value": 1}, {"a": {"b": 1}},
                     [1, "a", None], {"path": "/etc/passwd"}]


@dataclass
class Fuzz:
    """What bad calls got."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    endpoints: set[str] = field(default_factory=set)

    def judge(self, name: str, answer: Answer) -> None:
        """Count an answer; a trace, a path or no words at all are faults."""
        said = answer.sentence
        kind = "worked" if said is None else "left running" if said == LEFT else "a sentence"
        self.counts[kind] += 1
        self.endpoints.add(name)
        shown = said if said is not None else json.dumps(answer.data, default=str)
        if said is not None and (said in ("", "None", "Error") or len(said) > LONGEST):
            self.faults.append(f"{name}: {said[:80]!r} says nothing or too much")
        elif said == OURS:
            self.faults.append(f"{name}: something went wrong on our side")
        elif said is not None and SECRETS.search(shown):
            self.faults.append(f"{name}: {shown[:200]!r} tells of the server")


def bad_files(folder: Path) -> list[Path]:
    """Write files that are not what they seem."""
    good = (ASSETS / "segmentation" / "street-1.png").read_bytes()
    bomb, slip = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("train/bomb.png", b"\0" * 300_000_000)
    with zipfile.ZipFile(slip, "w") as archive:
        archive.writestr("../../../slipped.png", good)
    header = json.dumps({"__metadata__": {"card": "{\"system\": 1}", "digest": "x"}}).encode()
    contents = {
        "cut.png": good[: len(good) // 2], "empty.png": b"", "words.jpg": b"only words",
        "odd.webp": b"RIFF\xff\xff\xff\xffWEBP" + bytes(40), "odd.gif": b"GIF89a" + bytes(9),
        "odd.tiff": b"II*\0\xff\xff\xff\xff", "odd.bmp": b"BM" + bytes(60), "bomb.zip":
        bomb.getvalue(), "slip.zip": slip.getvalue(), "cut.zip": slip.getvalue()[:60],
        "huge-header.safetensors": (2**62).to_bytes(8, "little") + b"{}",
        "hostile.safetensors": len(header).to_bytes(8, "little") + header,
        "pickle.safetensors": b"\x80\x04cos\nsystem\n.", "..%2f..%2fpasswd.png": good[:100]}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


async def run(http: httpx.AsyncClient, config: dict[str, Any], calls: int, seed: int) -> Fuzz:
    """Make so many bad calls, as evenly over the endpoints as it goes."""
    chance, found = random.Random(seed), Fuzz(seed)
    first = Visitor(http, config)
    with tempfile.TemporaryDirectory() as folder:
        files = [await first.upload(path) for path in bad_files(Path(folder))]
    files += [{"path": path, "meta": {"_type": "gradio.FileData"}}
              for path in ("/etc/passwd", "../../etc/passwd", "", "app.py")]
    targets = [call for call in config["dependencies"] if call["backend_fn"] and call["inputs"]
               and not call["api_name"].startswith(LEFT_OUT)]
    waiting = [(targets[number % len(targets)],
                spoilt(first, targets[number % len(targets)], files, chance))
               for number in range(calls)]

    async def caller() -> None:
        while waiting:
            target, data = waiting.pop()
            answer = await Visitor(http, config).call(target["id"], data, PATIENCE,
                                                      chance.choice(EVENTS))
            found.judge(target["api_name"], answer)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    return found


def spoilt(visitor: Visitor, target: dict[str, Any], files: list[dict[str, Any]],
           chance: random.Random) -> list[Any]:
    """Return an endpoint's first inputs with one or more of them bad, or too few or too many."""
    data = visitor.defaults(target["api_name"])
    places = [place for place, part in enumerate(target["inputs"])
              if visitor.kinds[part]["type"] != "state"] or list(range(len(data)))
    for place in chance.sample(places, chance.randint(1, min(3, len(places)))):
        kind = visitor.kinds[target["inputs"][place]]["type"]
        pools: list[Sequence[Any]] = [NUMBERS, WORDS, SHAPES, files]
        likely = {"image": 3, "file": 3, "uploadbutton": 3, "slider": 0, "number": 0, "textbox": 1,
                  "dropdown": 1, "radio": 1}.get(kind)
        pool = pools[likely] if likely is not None and chance.random() < 0.6 else chance.choice(
            pools)
        data[place] = chance.choice(pool)
    if chance.random() < 0.05:
        data = data[:-1] if chance.random() < 0.5 else [*data, *data]
    return data
