"""All that two processes must do as one, in one launch: `-m tests.two_processes FOLDER`.

Each case writes into FOLDER what each process saw. The data is VISION_DATA's.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.gan import gan_trainings
from tests.pruning.few_drawings import few_drawings
from tests.segmentation import shares, trainings
from vision import __main__ as command_line

STYLE = Path(__file__).resolve().parents[1] / "assets" / "style" / "wave.jpg"
COMMON = "--steps 2 --precision fp32"
LIMIT = 40  # drawings
TRAININGS = {
    "segmentation": "--data camvid --batch 4 --crop 64 96 --short-side 64",
    "style": f"--style {STYLE} --size tiny --batch 2 --side 64 --style-side 64",
    "gan": "--arch cdcgan --data shapes --batch 8 --dropout 0 --snapshots 1 --no-measure",
    "pruning": f"--size compact --data drawings --limit {LIMIT} --batch 8",
    "infrared": "--batch 2 --height 96 --width 128 --validate 0",
}


def words(system: str, folder: Path) -> list[str]:
    """Return the command of a system's training as README writes it."""
    output = ["--output", str(folder / system / "model.safetensors")]
    return [system, "train", *TRAININGS[system].split(), *COMMON.split(), *output]


def trained(system: str, folder: Path, run: Callable[[list[str]], int] = command_line._run
            ) -> dict[str, Any]:
    """Train by a command line; return what it printed, and the files that this process wrote."""
    with (contextlib.redirect_stderr(io.StringIO()) as told,
          contextlib.redirect_stdout(io.StringIO()) as printed, renames() as written):
        run(words(system, folder))
    return {"err": told.getvalue(), "out": printed.getvalue(), "written": written}


@contextlib.contextmanager
def renames() -> Iterator[list[str]]:
    """Yield a list of the checkpoints that take their names meanwhile, as Python tells of them."""
    found: list[str] = []
    hearing = True

    def hear(event: str, values: tuple[Any, ...]) -> None:
        if hearing and event == "os.rename" and str(values[1]).endswith(".safetensors"):
            found.append(str(values[1]))

    sys.addaudithook(hear)  # for ever, as there is no way to take it back
    yield found
    hearing = False


def cases(folder: Path) -> dict[str, Callable[[], Any]]:
    """Return every case by its name."""
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    return {
        **{system: lambda system=system: trained(system, folder) for system in TRAININGS},
        "games": lambda: gan_trainings.told(folder),
        "training": lambda: trainings.shared(folder),
        "losses": lambda: shares.told(rank, processes),
        "program": lambda: trained("gan", folder / "program", command_line.main),  # which leaves
    }


def main(folder: Path) -> None:
    """Run every case, and write what this process saw."""
    rank = os.environ.get("RANK", "0")
    gc.freeze()  # each training looks for litter when it ends, and need not look here
    for name, case in cases(folder).items():
        with few_drawings(LIMIT, LIMIT):
            answer = case()
        (folder / f"{name}-{rank}.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
