"""The segmentation tab: a class for every pixel, and how good that is."""

from __future__ import annotations

import functools
import html
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import unknown
from vision.ui import ASSETS, Tab, widgets
from vision.ui.text import say, t
from vision.ui.widgets import Control, friendly

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model
    from vision.segmentation.metrics import Scores

EXAMPLES = ASSETS / "segmentation"
OWN = "own"  # the choice that stands for the model trained in this session
FORMULAS = {
    "PA": "Σᵢ pᵢᵢ / Σᵢⱼ pᵢⱼ",
    "MPA": "mean of pᵢᵢ / Σⱼ pᵢⱼ",
    "mIoU": "mean of pᵢᵢ / (Σⱼ pᵢⱼ + Σⱼ pⱼᵢ − pᵢᵢ)",
    "FWIoU": "Σᵢ (Σⱼ pᵢⱼ) IoUᵢ / Σᵢⱼ pᵢⱼ",
    "Dice": "mean of 2 pᵢᵢ / (Σⱼ pᵢⱼ + Σⱼ pⱼᵢ)",
}


@dataclass(frozen=True)
class View:
    """What the page keeps of one result, to draw it again at another opacity."""

    picture: np.ndarray  # uint8 (H, W, 3), no larger than the screen needs
    colours: np.ndarray  # uint8 (H, W, 3)


@functools.lru_cache(maxsize=8)
def model_at(path: Path, changed: float) -> Model:
    """Return a checkpoint's model, loaded once for each version of the file."""
    from vision.segmentation.predict import load

    return load(path)


def open_model(name: str, own: str | None) -> Model:
    """Return the model of that name; `own` is the file this session has trained."""
    if name == OWN and own and Path(own).is_file():
        path = Path(own)
        os.utime(path.parent)  # in use, so it stays
    elif name in names():
        path = checkpoints.FOLDER / "segmentation" / f"{name}.safetensors"
    else:
        raise unknown("model", name, names())
    return model_at(path, path.stat().st_mtime)


def names() -> list[str]:
    """Return the names of the models that ship."""
    return [path.stem for path in checkpoints.shipped("segmentation")]


@friendly
def segment(picture: str | None, truth: str | None, model: str, opacity: float, own: str | None,
            request: gr.Request) -> tuple[Any, ...]:
    """Segment a street scene, and compare with its ground truth if there is one.

    Returns the overlay, the overall numbers, the ground truth, the error map, the legend with
    each class's numbers, the class ids as a file, and all numbers as JSON.
    """
    from vision.images import overlay, read_picture, write_png
    from vision.segmentation.data import PALETTE, check_labels, read_labels
    from vision.segmentation.metrics import score
    from vision.segmentation.predict import predict

    pixels = read_picture(widgets.needed(picture))
    loaded = open_model(model, own)
    labels = read_labels(truth) if truth else None
    if labels is not None:
        check_labels(labels, pixels.shape[:2], len(loaded.card.classes))
    result = predict(loaded, pixels)
    scores = score(labels, result.labels, result.classes) if labels is not None else None
    view = View(widgets.for_screen(pixels), paint(result.labels, pixels.shape[:2]))
    ids = write_png(widgets.new_folder() / "class-ids.png", result.labels, PALETTE)
    numbers = {**result.as_json(), **(scores.as_json() if scores else {})}
    return (
        view, overlay(view.picture, view.colours, opacity),
        tiles(scores, result.seconds, request),
        paint(labels, pixels.shape[:2]) if labels is not None else None,
        errors(view.picture, labels, result.labels) if labels is not None else None,
        table(scores, result.shares, request), str(ids), numbers,
    )


def redraw(view: View | None, opacity: float) -> Any:
    """Draw the last result again at another opacity."""
    from vision.images import overlay

    return overlay(view.picture, view.colours, opacity) if view else gr.skip()


def paint(labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return labels in the colours of their classes, no larger than the screen needs."""
    from vision.images import colourise, resize_labels
    from vision.segmentation.data import PALETTE

    scale = min(1.0, widgets.LONGEST_SIDE / max(size))
    return colourise(resize_labels(labels, (round(size[0] * scale), round(size[1] * scale))),
                     PALETTE)


def errors(picture: np.ndarray, truth: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return the picture in grey with right pixels calm, wrong ones red and void ones dark."""
    import numpy as np

    from vision.images import resize_labels
    from vision.segmentation.data import VOID

    kinds = np.where(truth == VOID, 2, truth != prediction).astype(np.uint8)
    kinds = resize_labels(kinds, picture.shape[:2])
    grey = picture.mean(2, keepdims=True)  # (H, W, 1)
    tint = np.array([(150, 160, 170), (235, 30, 40), (20, 20, 24)])[kinds]  # (H, W, 3)
    return (0.35 * grey + 0.65 * tint).astype(np.uint8)


def tiles(scores: Scores | None, seconds: float, request: gr.Request) -> str:
    """Return the overall numbers as a row of tiles, each with its formula."""
    if scores is None:
        return f'<p class="lab-note">{html.escape(say("segmentation.no_truth", request))}</p>'
    cells = [
        f'<div class="lab-tile" title="{html.escape(FORMULAS[name])}"><small>{name}</small>'
        f"<b>{100 * value:.1f}%</b><small>{say(f'segmentation.{name}', request)}</small></div>"
        for name, value in scores.overall().items()
    ]
    cells.append(f'<div class="lab-tile"><small>{say("segmentation.time", request)}</small>'
                 f"<b>{1000 * seconds:.0f}&nbsp;ms</b></div>")
    return f'<div class="lab-tiles">{"".join(cells)}</div>'


def table(scores: Scores | None, shares: dict[str, float], request: gr.Request) -> str:
    """Return the legend: each class with its colour, its share, and its numbers if known."""
    from vision.segmentation.data import PALETTE

    rows = scores.per_class() if scores else {name: {} for name in shares}
    columns = list(next(iter(rows.values())))
    head = "".join(f"<th>{say(f'segmentation.column.{name}', request)}</th>"
                   for name in ["Class", "Predicted", *columns])
    body = []
    for colour, (name, numbers) in zip(PALETTE, rows.items(), strict=True):
        chip = f'<span class="lab-chip" style="background:rgb{tuple(map(int, colour))}"></span>'
        cells = f"<td>{chip}{say(f'segmentation.class.{name}', request)}</td>"
        cells += f"<td>{percent(shares[name])}</td>"
        cells += "".join(f"<td>{percent(numbers[column])}</td>" for column in columns)
        body.append(f"<tr>{cells}</tr>")
    return (f'<div class="lab-scroll"><table class="lab-table"><thead><tr>{head}</tr></thead>'
            f"<tbody>{''.join(body)}</tbody></table></div>")


def percent(value: float) -> str:
    """Return a share as a percentage; a dash where a class is absent."""
    return "–" if value != value else f"{100 * value:.1f}%"


def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen model."""
    from vision.segmentation.models import ARCHITECTURES

    loaded = open_model(model, own)
    card, count = loaded.card, sum(p.numel() for p in loaded.module.parameters())
    facts = {"parameters": f"{count:,}"}
    for name in ("mIoU", "PA"):
        if card.metrics.get(name) is not None:
            facts[name] = f"{100 * card.metrics[name]:.1f}% ({card.data['val']})"
    return widgets.card_markdown(card, ARCHITECTURES[card.arch].link, facts, request)


def code(model: str, opacity: float) -> str:
    """Return the shortest script that does what the settings above do."""
    file = "the-file-you-downloaded" if model == OWN else f"checkpoints/segmentation/{model}"
    return f"""from pathlib import Path

from vision.images import colourise, overlay, read_picture, write_png
from vision.segmentation.data import PALETTE
from vision.segmentation.predict import load, predict

model = load(Path("{file}.safetensors"))
result = predict(model, read_picture("assets/segmentation/street-1.png"))
print(result.shares)
colours = colourise(result.labels, PALETTE)
write_png(Path("runs/overlay.png"), overlay(result.picture, colours, {opacity}))
"""


@friendly
def train_own(arch: str, steps: int, rate: float, seed: int, control: Control,
              request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Train a small model on rendered scenes, with its curves and a first prediction live."""
    from vision.segmentation.train import Config, train

    config = Config(
        arch=arch, data=("scenes",), limit=24, steps=int(steps), batch=4, crop=(96, 128),
        scale=(0.25, 0.5), short_side=128, learning_rate=rate, seed=int(seed),
        val_every=max(int(steps) // 6, 1), output=widgets.new_folder() / f"{arch}.safetensors")
    yield say("segmentation.preparing", request), None, gr.skip(), gr.skip(), gr.skip(), gr.skip()
    for news in widgets.follow(lambda on_step: train(config, on_step), control):
        if isinstance(news, Path):
            choices: list[Any] = [*names(), (say("segmentation.own", request), OWN)]
            yield (say("segmentation.trained", request), gr.skip(), gr.skip(), str(news),
                   gr.Dropdown(choices=choices, value=OWN),
                   gr.DownloadButton(value=str(news), visible=True))
        else:
            sample = next((step.sample for step in reversed(news) if step.sample), None)
            yield (widgets.progress_line(news[-1], request),
                   widgets.curves(news, ("loss", "val_miou")),
                   draw(sample) if sample else gr.skip(), gr.skip(), gr.skip(), gr.skip())


def draw(sample: Any) -> np.ndarray:
    """Return a prediction laid over its picture."""
    from vision.images import overlay

    return overlay(sample.picture, paint(sample.labels, sample.labels.shape), 0.6)


def examples() -> list[list[str]]:
    """Return the shipped scenes with their ground truth."""
    return [[str(path), str(path.with_name(f"{path.stem}-labels.png"))]
            for path in sorted(EXAMPLES.glob("street-?.png"))]


def build() -> None:
    """Build the tab."""
    shown = examples()
    view, own, control = gr.State(None, time_to_live=3600), gr.State(None), gr.State(Control())
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            picture = widgets.picture_input("segmentation.picture", "segmentation-picture",
                                            shown[0][0])
            model = gr.Dropdown(names(), value="unet", label=t("segmentation.model"),
                                info=t("segmentation.model_info"), elem_id="segmentation-model")
            go = gr.Button(t("segmentation.go"), variant="primary", elem_id="segmentation-go")
            opacity = gr.Slider(0, 1, 0.6, step=0.05, label=t("segmentation.opacity"),
                                info=t("segmentation.opacity_info"),
                                elem_id="segmentation-opacity")
            truth = widgets.picture_input("segmentation.truth", "segmentation-truth",
                                          shown[0][1], height=170, webcam=False)
            gr.Markdown(t("segmentation.truth_info"))
        with gr.Column(scale=3, min_width=320):
            result = widgets.picture_output("segmentation.result", "segmentation-result",
                                            buttons=("download", "fullscreen"))
            numbers = gr.HTML(t("segmentation.empty"), elem_id="segmentation-numbers")
            with gr.Row():
                truth_view = widgets.picture_output(
                    "segmentation.truth_view", "segmentation-truth-view", height=240, always=False)
                error_view = widgets.picture_output(
                    "segmentation.error_view", "segmentation-error-view", height=240, always=False)
            legend = gr.HTML(elem_id="segmentation-legend")
            ids = gr.DownloadButton(t("segmentation.download_ids"), visible=False, size="sm")
            raw = gr.JSON(visible=False)
    gr.Markdown(t("app.examples"))
    choice = gr.Examples(shown, [picture, truth], elem_id="segmentation-examples",
                         visible_columns=[0], api_visibility="private")
    widgets.lesson("segmentation")
    with gr.Accordion(t("app.train_your_own"), open=False) as training_place:
        arch = _build_training(model, own, control)
    with gr.Accordion(t("app.show_the_code"), open=False):
        script = gr.Code(code("unet", 0.6), language="python", interactive=False)
    with gr.Accordion(t("app.model_card"), open=False) as card_place:
        card = gr.Markdown(elem_id="segmentation-card")

    inputs = [picture, truth, model, opacity, own]
    outputs = [view, result, numbers, truth_view, error_view, legend, ids, raw]
    run: dict[str, Any] = {"fn": segment, "inputs": inputs, "outputs": outputs,
                           "concurrency_limit": 2, "concurrency_id": "segment"}
    for done in (go.click(**run, api_name="segment"),
                 choice.load_input_event.success(**run, api_visibility="private")):
        done.success(lambda: gr.DownloadButton(visible=True), None, ids, queue=False,
                     api_visibility="private")
    gr.on([picture.upload, picture.clear], lambda: None, None, truth, queue=False,
          api_visibility="private")
    opacity.input(redraw, [view, opacity], result, queue=False, trigger_mode="always_last",
                  show_progress="hidden", api_visibility="private")
    gr.on([model.change, opacity.change], code, [model, opacity], script, queue=False,
          trigger_mode="always_last", show_progress="hidden", api_visibility="private")
    training_place.expand(architectures, None, arch, queue=False, api_visibility="private")
    gr.on([card_place.expand, model.change], friendly(show_card), [model, own], card,
          api_visibility="private")


def architectures() -> gr.Dropdown:
    """Return the choice of everything that can be trained on pictures."""
    from vision.segmentation.models import for_pictures

    return gr.Dropdown(choices=for_pictures())


def _build_training(model: gr.Dropdown, own: gr.State, control: gr.State) -> gr.Dropdown:
    """Build the part where visitors train a model of their own; return its architecture."""
    gr.Markdown(t("segmentation.train_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            arch = gr.Dropdown(["unet"], value="unet", label=t("segmentation.arch"),
                               info=t("segmentation.arch_info"))
            steps = gr.Slider(10, 1000, 150, step=10, label=t("app.steps"),
                              info=t("segmentation.steps_info"), elem_id="segmentation-steps")
            rate = gr.Slider(1e-4, 1e-2, 3e-3, step=1e-4, label=t("app.learning_rate"),
                             info=t("segmentation.rate_info"))
            seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"),
                             info=t("app.seed_info"))
            with gr.Row():
                start = gr.Button(t("app.train"), variant="primary", elem_id="segmentation-train")
                stop = gr.Button(t("app.stop"), variant="stop", elem_id="segmentation-stop")
        with gr.Column(scale=3, min_width=320):
            status = gr.Markdown(t("segmentation.train_empty"), elem_id="segmentation-status")
            plot = gr.Plot(show_label=False, elem_id="segmentation-plot")
            sample = widgets.picture_output("segmentation.sample", "segmentation-sample",
                                            height=240)
            download = gr.DownloadButton(t("app.download_model"), visible=False,
                                         elem_id="segmentation-download")
    widgets.connect_training(start, stop, status, control, fn=train_own,
                             inputs=[arch, steps, rate, seed, control],
                             outputs=[status, plot, sample, own, model, download])
    return arch


def warm() -> None:
    """Load torch and the default model, and run it once."""
    import numpy as np

    from vision.segmentation.predict import predict

    if names():
        predict(open_model(names()[0], None), np.zeros((360, 480, 3), np.uint8))


TAB = Tab("segmentation", 1, build, warm)
