"""What happens to machines: a full disk, a killed process, checkpoints taken away."""

from __future__ import annotations

import resource
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.soak.fuzz import OURS, SECRETS
from tests.soak.page import Answer, Visitor, served
from vision import checkpoints
from vision.ui import ASSETS

FULL = 1000  # bytes of the largest file that a full disk still takes
AGAIN = ("segment", "sample", "show_plan")  # what works afterwards
PLACES = "VISION_SOAK_CHECKPOINTS"
APP = f"""
import os
from pathlib import Path
from vision import checkpoints
checkpoints.FOLDER = Path(os.environ["{PLACES}"])
from vision.ui import create_app, launch
launch(create_app())
"""
Mishap = Callable[["Lab"], Awaitable[str]]
MISHAPS: dict[str, Mishap] = {}


def mishap(happens: Mishap) -> Mishap:
    """Add a mishap; it returns what came of it, and raises where somebody was left without words.
    """
    MISHAPS[happens.__name__.replace("_", " ")] = happens
    return happens


@dataclass
class Lab:
    """A page of its own, whose process and checkpoints may come to harm."""

    address: str
    process: psutil.Process
    models: Path
    config: dict[str, Any]
    http: httpx.AsyncClient

    async def call(self, name: str, session: str | None = None) -> Answer:
        """Call a function with what its controls hold."""
        visitor = Visitor(self.http, self.config)
        visitor.session = session or visitor.session
        return await visitor.call(name, visitor.defaults(name), 300)

    async def works(self) -> None:
        """Raise unless all is as before."""
        for name in AGAIN:
            answer = await self.call(name)
            assert answer.data is not None, f"{name} afterwards: {answer.sentence}"


def told(name: str, answer: Answer) -> str:
    """Return the sentence that a call got; raise if it got none, or one that tells too much."""
    sentence = answer.sentence or ""
    assert sentence and answer.data is None, f"{name} worked, or said nothing"
    assert sentence != OURS and not SECRETS.search(sentence), f"{name}: {sentence}"
    return sentence


@contextmanager
def full_disk(process: psutil.Process) -> Iterator[None]:
    """Let a process write no file larger than next to nothing, as on a disk without room."""
    _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (FULL, hard))
    try:
        yield
    finally:
        process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))


@mishap
async def a_full_disk(lab: Lab) -> str:
    """Segment, upload and cut while nothing can be written, then again when there is room."""
    said = set()
    with full_disk(lab.process):
        said.add(told("segment", await lab.call("segment")))
        picture = (ASSETS / "segmentation" / "street-1.png").read_bytes()
        sent = await lab.http.post("/gradio_api/upload", files={"files": ("a.png", picture)})
        assert sent.status_code >= 400 and not SECRETS.search(sent.text), sent.text
    await lab.works()
    return "; ".join(said)


@mishap
async def checkpoints_taken_away(lab: Lab) -> str:
    """Take all checkpoints away while the page is open, and bring them back."""
    away = lab.models.with_name("away")
    await lab.works()  # so that some are open
    lab.models.rename(away)
    try:
        answers = {name: await lab.call(name) for name in ("segment", "sample", "prune", "detect")}
    finally:
        away.rename(lab.models)
    said = [told(name, answer) for name, answer in answers.items() if answer.data is None]
    await lab.works()
    return f"{len(said)} of {len(answers)} were told, e.g. {said[0] if said else 'none'}"


@mishap
async def a_killed_process(lab: Lab) -> str:
    """Kill the process in the midst of work and start it again: open pages go on."""
    session = "came-back"
    assert (await lab.call("segment", session)).data is not None
    address = lab.address
    lab.process.kill()
    lab.process.wait(30)
    with served(APP, {PLACES: str(lab.models), "GRADIO_SERVER_PORT": address.rsplit(":", 1)[1]}
                ) as (again, process):
        assert again == address
        answer = await lab.call("segment", session)
        assert answer.data is not None, f"an open page was told: {answer.sentence}"
        lab.process = process
        await lab.works()
        return "an open page went on with the process that came after it"


def linked(folder: Path) -> Path:
    """Return a folder with links to all checkpoints."""
    for path in checkpoints.FOLDER.rglob("*"):
        place = folder / path.relative_to(checkpoints.FOLDER)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path.resolve())
    return folder


async def run() -> tuple[dict[str, str], list[str]]:
    """Let everything happen to a page of its own; return what came of each, and the faults."""
    came: dict[str, str] = {}
    faults: list[str] = []
    folder = Path(tempfile.mkdtemp())
    models = linked(folder / "checkpoints")
    try:
        with served(APP, {PLACES: str(models), "GRADIO_TEMP_DIR": str(folder / "kept")}
                    ) as (address, process):
            async with httpx.AsyncClient(base_url=address, timeout=300) as http:
                config = (await http.get("/config")).json()
                lab = Lab(address, process, models, config, http)
                for name, happens in MISHAPS.items():  # the last one ends this process
                    try:
                        came[name] = await happens(lab)
                    except Exception as error:
                        came[name] = f"went wrong: {error!r}"[:300]
                        faults.append(f"{name}: {error!r}"[:300])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return came, faults
