"""The pruning tab: a slider that cuts channels, and the truth about what that costs and saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vision.ui import ASSETS, Tab
from vision.ui.components import model_card, names, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import percent
from vision.ui.components.model_card import as_code, card_markdown
from vision.ui.components.opening import opened
from vision.ui.components.page_files import SAVE_FILE
from vision.ui.components.pictures import picture_input
from vision.ui.lessons import lesson
from vision.ui.shell.files.own import photographs
from vision.ui.tabs.pruning import compare, curve, data_choice, eight_bits, figure, layers, train
from vision.ui.tabs.pruning.cut import Cut, to_onnx, write_file
from vision.ui.tabs.pruning.exercises import EXERCISES
from vision.ui.tabs.pruning.plan import POINTER, at_threshold, picked, show_plan
from vision.ui.tabs.pruning.shared import (
    CRITERIA,
    MODELS,
    layers_in,
    measured_on,
    plan_for,
)
from vision.ui.tabs.pruning.surgery import prune, trials
from vision.ui.text import say, t

EXAMPLES = ASSETS / "pruning"
CAT = "chelsea.png"
RATIO = 0.3
CHAPTERS = ("run", "run", "print")  # the calls that the lesson's sections are about


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen network."""
    from vision.pruning.count import count
    from vision.pruning.models import ARCHITECTURES
    from vision.pruning.predict import network_of

    loaded = MODELS.open(model, own)
    card = loaded.card
    facts = {"parameters": f"{count(network_of(loaded)).parameters:,}"}
    if "accuracy" in card.metrics:
        tested = names.data(str(card.data.get("test", "")), request)
        facts["accuracy"] = f"{percent(card.metrics['accuracy'])} ({tested})"
    text = card_markdown(card, ARCHITECTURES[card.arch].link, facts, request)
    made_from = [as_code(line) for line in card.metrics.get("made_from", [])]
    if made_from:
        text += f"\n| {say('pruning.made_from', request)} | {'<br>'.join(made_from)} |"
    return text


def code(model: str | None, ratio: float, criterion: str, protected: str) -> str:
    """Return the shortest script that does what the settings above do."""
    shown = Path(examples()[0][0]).name
    return f"""from pathlib import Path

from vision.images import read_picture
from vision.pruning.predict import load, predict
from vision.pruning.prune import Config, run

cut = Path("runs/pruning/pruned.safetensors")
report = run(Config(Path("{MODELS.in_a_script(model)}"), {ratio}, "{criterion}",
                    protected={layers_in(protected)!r}, output=cut))
print(report)
print(predict(load(cut), read_picture("assets/pruning/{shown}")))
"""


def examples() -> list[list[str]]:
    """Return the drawings of the ten classes, and a photograph that scikit-image brings along."""
    drawn = map(str, sorted(EXAMPLES.glob("*.png")))
    return [[path] for path in (*drawn, *photographs([CAT]))]


def rare() -> tuple[gr.Dropdown, gr.Number, gr.Textbox]:
    """Build what is seldom changed: how channels are judged, from where on, and which layers stay.
    """
    criterion = gr.Dropdown([(t(f"pruning.criterion_{name}"), name) for name in CRITERIA],
                            value="gamma", label=t("pruning.criterion"),
                            info=t("pruning.criterion_info"), elem_id="pruning-criterion")
    with gr.Row():
        threshold = gr.Number(None, minimum=0, label=t("pruning.threshold"), min_width=130,
                              info=t("pruning.threshold_info"), elem_id="pruning-threshold")
        protected = gr.Textbox("", label=t("pruning.protected"), min_width=130,
                               info=t("pruning.protected_info"), max_lines=1,
                               elem_id="pruning-protected")
    return criterion, threshold, protected


def results(cut: gr.State) -> tuple[gr.HTML, tuple[Any, ...], gr.JSON]:
    """Build what a cut shows, and the files that it offers once there is one."""
    result = gr.HTML(elem_id="pruning-result", min_height=0)
    with gr.Row():
        small = gr.Button(t("pruning.download"), visible=False, size="sm",
                          elem_id="pruning-download")
        file = gr.DownloadButton(visible=False)
        ask_onnx = gr.Button(t("pruning.onnx_go"), visible=False, size="sm",
                             elem_id="pruning-onnx-go")
        onnx = gr.DownloadButton(t("pruning.onnx"), visible=False, size="sm",
                                 elem_id="pruning-onnx")
    snippet = gr.Code(language="python", interactive=False, visible=False,
                      label=t("pruning.snippet"), elem_id="pruning-snippet")
    eight_bits.build(cut)
    return result, (small, file, ask_onnx, onnx, snippet), gr.JSON(visible=False)


def build() -> class_link.Shared:
    """Build the tab."""
    own, cut = gr.State(None), gr.State(None)
    shown, chosen = examples(), MODELS.first()
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            model = gr.Dropdown(MODELS.offered(), value=chosen, label=t("pruning.model"),
                                info=t("pruning.model_info"), elem_id="pruning-model")
            ratio = gr.Slider(0, 0.99, RATIO, step=0.01, label=t("pruning.ratio"),
                              info=t("pruning.ratio_info"), elem_id="pruning-ratio")
            picture = picture_input("pruning.picture", "pruning-picture",
                                    shown[0][0] if shown else None, height=150)
            choice = gr.Examples(shown, [picture], elem_id="pruning-examples",
                                 api_visibility="private", examples_per_page=12)
            go = gr.Button(t("pruning.go"), variant="primary", elem_id="pruning-go")
        with gr.Column(min_width=280):
            plan = gr.HTML(js_on_load=POINTER, elem_id="pruning-plan")
            result, files, raw = results(cut)
        with gr.Column(min_width=280), gr.Accordion(t("app.settings"), open=False,
                                                    elem_id="pruning-settings"):
            criterion, threshold, protected = rare()
            data = data_choice.build(model, own)
            sent = gr.UploadButton(t("pruning.upload"), file_types=[".safetensors"], size="sm",
                                   elem_id="pruning-upload")
    small, file, ask_onnx, onnx, snippet = files
    with steps.row("pruning", cliff="cliff", recover="tune", compare="compare"):
        with gr.Tab(t("pruning.cliff_tab"), id="cliff"):
            curve.build(model, criterion, protected, own, data)
        with gr.Tab(t("pruning.tune_tab"), id="tune"):
            train.build_tuning(model, own, cut)
        with gr.Tab(t("pruning.compare_tab"), id="compare"):
            compare.build(model, ratio, protected, own, data)
        with gr.Tab(t("pruning.layers_tab"), id="layers"):
            layers.build(model, ratio, criterion, protected, own, data)
    settings: list[Any] = [model, ratio, criterion, protected]
    redraw: dict[str, Any] = {"fn": show_plan, "inputs": [*settings, own],
                              "outputs": [plan, threshold]}
    with gr.Accordion(t("app.train_your_own"), open=False, elem_id="pruning-own",
                      render=False) as training:
        train.build(model, own, training)
    lesson.build("pruning", EXERCISES, dict.fromkeys(("ratio", "go"), redraw), draw=figure.draw)
    with steps.place("train"):
        training.render()
    shown_code.build("pruning", code, settings, [chosen, RATIO, "gamma", ""], CHAPTERS)

    run: dict[str, Any] = {"fn": prune, "inputs": [*settings, picture, own, data],
                           "outputs": [result, small, cut, raw], "concurrency_limit": 2,
                           "concurrency_id": "prune", "show_progress": "minimal"}
    go.click(**run, api_name="prune", scroll_to_output=True, trigger_mode="always_last")
    choice.load_input_event.success(**run, trigger_mode="always_last", api_visibility="private")
    small.click(write_file, cut, file, api_name="pruned", show_progress_on=small).success(
        None, file, None, js=SAVE_FILE)
    ask_onnx.click(to_onnx, cut, [onnx, snippet], api_visibility="private")
    cut.change(lambda: (gr.Button(visible=True), gr.DownloadButton(visible=False),
                        gr.Code(visible=False)), None, [ask_onnx, onnx, snippet], **QUIET)
    sent.upload(train.upload, sent, [own, model], api_visibility="private")
    connect_plan(settings, threshold, plan, own)
    model_card.build("pruning", show_card, model, own)
    return class_link.share(
        "pruning", {"model": model, "ratio": ratio, "criterion": criterion,
                    "protected": protected, "data": data, "picture": picture},
        {"picture": [path for path, in shown]})


def connect_plan(settings: list[Any], threshold: gr.Number, plan: gr.HTML, own: gr.State) -> None:
    """Let the plan follow its settings, the typed threshold, and the pointer on the histogram.

    All settings are one event, so that the answer to an older one never comes last.
    """
    model, ratio, criterion, protected = settings
    moved = [model.change, own.change, ratio.input, criterion.input, protected.submit,
             protected.blur]
    gr.on([opened(), *moved], show_plan, [*settings, own], [plan, threshold], **LIVE)
    threshold.submit(at_threshold, [model, threshold, criterion, protected, own],
                     [ratio, plan, threshold], **LIVE)
    plan.select(picked, [model, criterion, protected, own], [ratio, plan, threshold], **LIVE)


def warm() -> None:
    """Load the default network and its test pictures, and plan once."""
    from vision.pruning.data import open_pictures

    if name := MODELS.first():
        plan_for(name, RATIO, "gamma", "", None)
        if data := measured_on(MODELS.open(name, None).card):
            open_pictures(data, "test")


def first() -> None:
    """Cut once as the page's first settings say, so that nobody waits for that."""
    if name := MODELS.first():
        for _ in trials(Cut(name, RATIO, "gamma", "", None), examples()[0][0]):
            pass


TAB = Tab("pruning", 4, build, warm, first)
