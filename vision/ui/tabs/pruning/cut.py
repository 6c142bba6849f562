"""Which network was cut and how: enough to cut it again when somebody asks for its file."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from vision import checkpoints
from vision.errors import UserError
from vision.ui.components.friendly import friendly
from vision.ui.shell.answers.written import written_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.shared import AUTO, MODELS, layers_in, plan_for

if TYPE_CHECKING:
    from vision.checkpoints import Model
    from vision.pruning.plan import Plan


class Cut(NamedTuple):
    """What a visitor has cut: the settings of it, a moment's work away from its megabytes."""

    name: str
    ratio: float
    criterion: str
    protected: str
    own: str | None
    data: str = AUTO

    @property
    def stem(self) -> str:
        """Return what its files are called."""
        return f"{self.name}-{100 * self.ratio:.0f}"

    @property
    def path(self) -> Path:
        """Return the file of the network before the cut."""
        return MODELS.path_of(self.name, self.own)

    @property
    def asked(self) -> tuple[Hashable, ...]:
        """Return what tells a cut from the others of the same network."""
        return self.ratio, self.criterion, layers_in(self.protected), self.data

    @property
    def whole(self) -> Model:
        """Return the network before the cut."""
        return MODELS.open(self.name, self.own)

    @property
    def plan(self) -> Plan:
        """Return which channels go."""
        return plan_for(self.name, self.ratio, self.criterion, self.protected, self.own)

    def small(self) -> Model:
        """Cut the network."""
        from vision.pruning.prune import Config, pruned

        plan = self.plan
        given = Path(self.path.name)
        return pruned(self.whole, plan, Config(given, plan.ratio, plan.criterion, plan.protected,
                                               output=Path(f"{self.stem}.safetensors")))

    def write(self) -> Path:
        """Write the cut network as a checkpoint."""
        small = self.small()
        return checkpoints.save(new_folder() / f"{self.stem}.safetensors", small.module,
                                small.card)


def needed(cut: Any) -> Cut:
    """Return what was cut, or raise if nothing was."""
    if not cut:
        raise UserError("nothing has been cut yet", "a network that was cut here is accepted",
                        "press Cut first")
    return Cut(*cut)


@friendly
@low_priority
def write_file(cut: Cut | None, request: gr.Request) -> str:
    """Write the network that was cut last in this session.

    Returns:
        the smaller checkpoint as a file
    """
    return str(needed(cut).write())


@friendly
@low_priority
def to_onnx(cut: Cut | None, request: gr.Request) -> tuple[Any, Any]:
    """Write the cut network as ONNX, and show how to load it."""
    from vision.pruning.export import export

    asked = needed(cut)
    file, made = written_once("cut as onnx", f"{asked.stem}.onnx",
                              lambda file: export(asked.small(), file), *asked.asked,
                              request=request, models=(asked.path,))
    return (gr.DownloadButton(value=str(file), visible=True),
            gr.Code(made.snippet, visible=True))
