"""What is heavy is invisible until what holds it is opened."""

from __future__ import annotations

import json

import gradio as gr

from vision.ui.shell.late_parts import HEAVY, SHOWN, held, listen


def page_with_parts() -> gr.Blocks:
    """Return a page with heavy parts in the open, behind a tab and in closed accordions."""
    with gr.Blocks() as page:
        gr.Code("open", elem_id="open")
        with gr.Tabs():
            with gr.Tab("first"), gr.Row():
                gr.Gallery(elem_id="first")
            with gr.Tab("second"):
                gr.Gallery(elem_id="second")
                gr.Code(visible=False, elem_id="shown by others")
                with gr.Accordion("more", open=False):
                    gr.Code(elem_id="closed")
                    gr.ImageEditor(elem_id="closed too")
                with gr.Accordion("more", open=True):
                    gr.ImageSlider(elem_id="second too")
    return page


def test_each_heavy_part_waits_for_the_nearest_that_holds_it() -> None:
    found = {type(holder).__name__: [part.elem_id for part in parts]
             for holder, parts in held(page_with_parts()).items()}
    assert found == {"Tab": ["second", "second too"], "Accordion": ["closed", "closed too"]}


def test_opening_shows_all_that_it_holds() -> None:
    with page_with_parts() as page:
        listen(page)
    heavy = {part.elem_id: part for part in page.blocks.values() if isinstance(part, HEAVY)}
    assert [name for name, part in heavy.items() if part.visible] == ["open", "first"]
    for call in page.fns.values():
        shown = json.loads(str(call.js).removeprefix("() => "))
        assert shown == [SHOWN] * len(call.outputs) == [SHOWN, SHOWN]
    assert sorted(event for call in page.fns.values() for _, event in call.targets
                  ) == ["expand", "select"]


def test_on_the_whole_page_nothing_heavy_is_open_at_first(whole_page: gr.Blocks) -> None:
    assert not held(whole_page)
    seen = [part for part in whole_page.blocks.values() if isinstance(part, HEAVY) and part.visible]
    assert not seen, seen
