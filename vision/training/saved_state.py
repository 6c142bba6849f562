"""The state of a run on disk: who goes on after a kill finds it whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vision.training.config import TrainingConfig

if TYPE_CHECKING:
    from accelerate import Accelerator


class SavedState:
    """The last state of one run, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unfinished = folder / "unfinished"

    @property
    def last(self) -> Path | None:
        """Return where the newest state lies, None before the first."""
        return next(reversed(states_in(self.folder)), None)

    def notes(self) -> dict[str, Any]:
        """Return what the last state says about its run, or nothing if there is no state."""
        last = self.last
        return json.loads((last / "run.json").read_text()) if last else {}

    def load(self, accelerator: Accelerator) -> int:
        """Go back to the last state and return its step, 0 before the first."""
        last = self.last
        if last is None:
            return 0
        accelerator.load_state(str(last))
        return step_of(last)

    def write(self, accelerator: Accelerator, step: int, notes: dict[str, Any]) -> None:
        """Write the state beside the last one, then make it the valid one by a single rename."""
        new, final = self.unfinished, self.folder / name_of(step)
        if accelerator.is_main_process:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
        accelerator.wait_for_everyone()
        accelerator.save_state(str(new))
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            (new / "run.json").write_text(json.dumps(notes))
            os.replace(new, final)
            for old in states_in(self.folder):
                if old != final:
                    self._discard(old)
        accelerator.wait_for_everyone()

    def drop_unfinished(self) -> None:
        """Delete what a state that could not be written has left."""
        shutil.rmtree(self.unfinished, ignore_errors=True)

    def delete(self) -> None:
        """Delete the state of a run that needs none any more."""
        for state in states_in(self.folder):
            self._discard(state)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _discard(self, state: Path) -> None:
        """Delete a state; its name goes first, so that half of one is never taken for a whole."""
        rest = self.folder / "discarded"
        shutil.rmtree(rest, ignore_errors=True)
        os.replace(state, rest)
        shutil.rmtree(rest)


def state_folder(config: TrainingConfig) -> Path:
    """Return where the state of a run with these settings lies."""
    return config.output.parent / f"{_fingerprint(config)}.state"


def states_in(folder: Path) -> list[Path]:
    """Return the whole states that a folder has, from the first step to the last."""
    return sorted(folder.glob("step-*"), key=step_of)


def copied(state: Path, folder: Path) -> Path:
    """Copy a state to another folder, where it appears whole or not at all, and return it there."""
    half, final = folder / "unfinished", folder / state.name
    if not final.exists():
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(state, half)
        os.replace(half, final)
    return final


def name_of(step: int) -> str:
    """Return how the state is called that was saved after a step."""
    return f"step-{step:08d}"


def step_of(state: Path) -> int:
    """Return the step after which a state was saved."""
    return int(state.name.removeprefix("step-"))


def _fingerprint(config: TrainingConfig) -> str:
    """Return a short name of the settings, so that only an equal run resumes a state."""
    given = asdict(config)
    if not config.rate_turn:
        del given["rate_turn"]  # which runs that are older than this setting have not
    text = json.dumps(given, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
