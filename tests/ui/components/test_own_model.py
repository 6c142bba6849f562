"""A student's checkpoint opens in every tab, and an odd one is refused with its odd field."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from safetensors import safe_open
from safetensors.torch import save

from vision import checkpoints, foreign
from vision.errors import UserError
from vision.ui.components.model_choice import OWN
from vision.ui.components.training import own_model

SYSTEMS = ("segmentation", "gan", "style", "infrared")
ODD: list[tuple[str, str, Any]] = [
    ("segmentation", "metrics.mIoU", "high"), ("segmentation", "data.val", None),
    ("segmentation", "metrics.calibration", []), ("segmentation", "data.licences", [1]),
    ("gan", "data.train", []), ("gan", "data.train", ["../x"]), ("gan", "data.train", "mnist"),
    ("gan", "metrics.parzen", {"curve": [[1, 2]]}), ("gan", "metrics.matrix", [[1], [1, 2]]),
    ("gan", "metrics.curves", {"step": [1], "d_loss": [1, 2]}), ("gan", "metrics.fidelity", "x"),
    ("style", "data.styles", 3), ("style", "data.style_side", 0),
    ("infrared", "metrics.box_AP", "x"), ("infrared", "metrics.real_ap50", {"value": 1}),
    ("infrared", "metrics.findings", "x"), ("infrared", "metrics.box_AP_by_size", {"small": "x"}),
]


def shelf(system: str) -> Any:
    return importlib.import_module(f"vision.ui.tabs.{system}.shared").MODELS


def takers(page: gr.Blocks) -> dict[str, Any]:
    """Return what each tab does with a checkpoint that is brought."""
    named = {number: str(block.elem_id) for number, block in page.blocks.items()}
    return {name.removesuffix("-bring"): call.fn for call in page.fns.values() if call.targets
            and (name := named.get(call.targets[0][0] or 0, "")).endswith("-bring")}


def changed(path: Path, folder: Path, field: str, value: Any) -> Path:
    """Return a checkpoint with another value in its card, its digest right."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        card = json.loads(file.metadata()["card"])
    part, name = field.split(".")
    card[part][name] = value
    text, new = json.dumps(card), folder / path.name
    new.write_bytes(save(tensors, {"card": text, "digest": checkpoints.digest(text, tensors)}))
    return new


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_brought_checkpoint_is_the_sessions_own_choice(system: str, whole_page: gr.Blocks,
                                                         tmp_path: Path) -> None:
    models, take = shelf(system), takers(whole_page)[system]
    path = Path(shutil.copy(models.file(models.first()), tmp_path / "student.safetensors"))
    own, choice = take(str(path), gr.Request(headers={"accept-language": "en"}))
    assert choice.value == OWN and models.path_of(choice.value, own) == path
    assert models.open(OWN, own).card == models.card(models.first())
    with pytest.raises(gr.Error, match="belongs to the system"):
        takers(whole_page)["gan" if system != "gan" else "style"](str(path), gr.Request(headers={}))


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_on_offer_here_could_be_brought(system: str) -> None:
    models = shelf(system)
    for name in models.names():
        assert foreign.check(models.file(name), system).system == system


@pytest.mark.parametrize("system, field, value", ODD)
def test_the_odd_field_is_named(system: str, field: str, value: Any, tmp_path: Path) -> None:
    models = shelf(system)
    path = changed(models.file(models.first()), tmp_path, field, value)
    with pytest.raises(UserError, match=f"field '{field}"):
        own_model.check(models, path)


def test_a_model_of_another_task_is_refused(tmp_path: Path) -> None:
    path = shutil.copy(checkpoints.FOLDER / "segmentation" / "vnet.safetensors", tmp_path)
    with pytest.raises(UserError, match="another task"):
        own_model.check(shelf("segmentation"), Path(path))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    models = shelf("gan")
    content = bytearray(models.file(models.first()).read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="digest"):
        own_model.check(models, path)
