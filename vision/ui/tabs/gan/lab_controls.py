"""What may be turned in the theory lab: the game's rules, and the shape of its two nets."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.tabs.gan.shared import loss_choice
from vision.ui.text import t

FAIR = (1, 1, 1.0, 5.0, "non-saturating")  # k, steps of G, rates ×10³, loss
UNFAIR = (1, 10, 1.0, 5.0, "non-saturating")


def rules() -> tuple[Any, ...]:
    """Build k, the steps of G, both rates, the loss, the cure and the seed, in this order."""
    loss = loss_choice("gan-loss")
    with gr.Row():
        k = gr.Slider(1, 20, FAIR[0], step=1, label="k", info=t("gan.k_info"), min_width=140,
                      elem_id="gan-k")
        steps = gr.Slider(1, 20, FAIR[1], step=1, label=t("gan.generator_steps"), min_width=140,
                          info=t("gan.generator_steps_info"), elem_id="gan-generator-steps")
    with gr.Row():
        rate_g = gr.Slider(0.1, 20, FAIR[2], step=0.1, label=t("gan.rate_g"),
                           info=t("gan.rate_info"), min_width=140, elem_id="gan-rate-g")
        rate_d = gr.Slider(0.1, 20, FAIR[3], step=0.1, label=t("gan.rate_d"),
                           info=t("gan.rate_info"), min_width=140, elem_id="gan-rate-d")
    cure = gr.Radio([(t("gan.cure_none"), "none"), (t("gan.cure_packing"), "packing"),
                     (t("gan.cure_penalty"), "gradient penalty")], value="none",
                    label=t("gan.cure"), info=t("gan.cure_info"), elem_id="gan-cure")
    seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"), info=t("app.seed_info"),
                     elem_id="gan-lab-seed")
    return k, steps, rate_g, rate_d, loss, cure, seed


def nets() -> list[Any]:
    """Build layers and neurons of G and of D, and the optimizer of both, in this order."""
    from vision.gan.lab.nets import DEEPEST, NARROWEST, OPTIMIZERS, WIDEST, Nets

    usual, sliders = Nets(), []
    for name in "gd":
        with gr.Row():
            sliders += [
                gr.Slider(1, DEEPEST, getattr(usual, f"layers_{name}"), step=1, min_width=140,
                          label=t(f"gan.layers_{name}"), info=t("gan.layers_info"),
                          elem_id=f"gan-layers-{name}"),
                gr.Slider(NARROWEST, WIDEST, getattr(usual, f"neurons_{name}"), step=1,
                          min_width=140, label=t(f"gan.neurons_{name}"),
                          info=t("gan.neurons_info"),
                          elem_id=f"gan-neurons-{name}")]
    optimizer = gr.Radio([(t(f"gan.optimizer_{name}"), name) for name in OPTIMIZERS],
                         value=usual.optimizer, label=t("gan.optimizer"),
                         info=t("gan.optimizer_info"), elem_id="gan-optimizer")
    return [*sliders, optimizer]
