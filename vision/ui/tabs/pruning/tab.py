"""The pruning tab: a slider that cuts channels, and the truth about what that costs and saves."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui import Tab
from vision.ui.components import model_card, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.opening import opened
from vision.ui.components.page_files import SAVE_FILE, scroll_to
from vision.ui.lessons import lesson
from vision.ui.tabs.pruning import compare, curve, figure, layers, train
from vision.ui.tabs.pruning.card import show_card
from vision.ui.tabs.pruning.controls import RATIO, controls, examples, results, settings
from vision.ui.tabs.pruning.cut import Cut, to_onnx, write_file
from vision.ui.tabs.pruning.exercises import EXERCISES
from vision.ui.tabs.pruning.plan import POINTER, at_threshold, picked, show_plan
from vision.ui.tabs.pruning.script import CHAPTERS, code
from vision.ui.tabs.pruning.shared import MODELS, measured_on, plan_for
from vision.ui.tabs.pruning.surgery import HEAD, prune, trials
from vision.ui.text import t

SHARED = ("model", "ratio", "criterion", "protected", "data", "picture")  # of a class link
PLANNED = SHARED[:4]  # what a plan depends on
SHOW = scroll_to(HEAD)


def build() -> class_link.Shared:
    """Build the tab."""
    own, cut = gr.State(None), gr.State(None)
    shown, chosen = examples(), MODELS.first()
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            parts, choice = controls(shown, chosen)
        with gr.Column(min_width=280):
            parts["plan"] = gr.HTML(js_on_load=POINTER, elem_id="pruning-plan")
            parts |= results(cut)
        with gr.Column(min_width=280), gr.Accordion(t("app.settings"), open=False,
                                                    elem_id="pruning-settings"):
            parts |= settings(own, parts["model"])
    model = parts["model"]
    with steps.row("pruning", cliff="cliff", recover="tune", compare="compare"):
        steps_of_the_tab(parts, own, cut)
    planned = [parts[name] for name in PLANNED]
    redraw: dict[str, Any] = {"fn": show_plan, "inputs": [*planned, own],
                              "outputs": [parts["plan"], parts["threshold"]]}
    with gr.Accordion(t("app.train_your_own"), open=False, elem_id="pruning-own",
                      render=False) as training:
        train.build(model, own, training)
    lesson.build("pruning", EXERCISES, dict.fromkeys(("ratio", "go"), redraw), draw=figure.draw)
    with steps.place("train"):
        training.render()
    shown_code.build("pruning", code, [*planned, parts["picture"]],
                     [chosen, RATIO, "gamma", "", shown[0][0]], CHAPTERS)

    connect(parts, choice, own, cut)
    parts["sent"].upload(train.upload, parts["sent"], [own, model], api_visibility="private")
    connect_plan(parts, own)
    model_card.build("pruning", show_card, model, own)
    return class_link.share("pruning", {name: parts[name] for name in SHARED},
                            {"picture": [path for path, in shown]})


def steps_of_the_tab(parts: dict[str, Any], own: gr.State, cut: gr.State) -> None:
    """Build the tab's inner parts."""
    model, ratio, criterion, protected, data = (parts[name] for name in SHARED[:5])
    with gr.Tab(t("pruning.step_cliff"), id="cliff"):
        curve.build(model, criterion, protected, own, data)
    with gr.Tab(t("pruning.step_recover"), id="tune"):
        train.build_tuning(model, own, cut)
    with gr.Tab(t("pruning.compare_tab"), id="compare"):
        compare.build(model, ratio, protected, own, data)
    with gr.Tab(t("pruning.layers_tab"), id="layers"):
        layers.build(model, ratio, criterion, protected, own, data)


def connect(parts: dict[str, Any], choice: Any, own: gr.State, cut: gr.State) -> None:
    """Let the button and the examples cut, and offer the files of a cut."""
    small, onnx, snippet = (parts[name] for name in ("small", "onnx", "snippet"))
    run: dict[str, Any] = {
        "fn": prune, "inputs": [*(parts[name] for name in (*PLANNED, "picture")), own,
                                parts["data"]],
        "outputs": [parts["result"], small, cut, parts["raw"]], "concurrency_limit": 2,
        "concurrency_id": "prune", "show_progress": "minimal"}
    parts["go"].click(None, None, None, js=SHOW)  # its first numbers, and when all have come
    parts["go"].click(**run, api_name="prune", trigger_mode="always_last").success(
        None, None, None, js=SHOW)
    choice.load_input_event.success(**run, trigger_mode="always_last", api_visibility="private")
    small.click(write_file, cut, parts["file"], api_name="pruned", show_progress_on=small).success(
        None, parts["file"], None, js=SAVE_FILE)
    parts["ask_onnx"].click(to_onnx, cut, [onnx, snippet], api_visibility="private")
    cut.change(lambda: (gr.Button(visible=True), gr.DownloadButton(visible=False),
                        gr.Code(visible=False)), None, [parts["ask_onnx"], onnx, snippet], **QUIET)


def connect_plan(parts: dict[str, Any], own: gr.State) -> None:
    """Let the plan follow its settings, the typed threshold, and the pointer on the histogram.

    All settings are one event, so that the answer to an older one never comes last.
    """
    model, ratio, criterion, protected = planned = [parts[name] for name in PLANNED]
    threshold, plan = parts["threshold"], parts["plan"]
    moved = [model.change, own.change, ratio.input, criterion.input, protected.submit,
             protected.blur]
    gr.on([opened(), *moved], show_plan, [*planned, own], [plan, threshold], **LIVE)
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
