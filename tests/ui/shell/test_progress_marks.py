"""No event marks its progress on what is dear to read."""

from __future__ import annotations

import gradio as gr
import pytest

from vision.ui.shell.progress_marks import dear, listen


@pytest.fixture
def page() -> gr.Blocks:
    """Return a page whose events fill rows of tabs, editors, fields and nothing."""
    with gr.Blocks() as made:
        button, field = gr.Button("press"), gr.Textbox()
        with gr.Tabs() as row, gr.Tab("one"):
            editor = gr.ImageEditor()
        button.click(lambda: None, None, row)
        button.click(lambda: None, None, [row, field, editor])
        button.click(lambda: None, None, editor, show_progress_on=row)
        button.click(lambda: None, None, field)
        button.click(lambda: None, None, None)
        made.load(lambda: None, None, row, show_progress="hidden")
        field.submit(lambda: None, None, [row, field, button], show_progress="hidden")
    listen(made)
    return made


def test_marks_move_from_rows_and_editors_to_fields_or_to_what_was_pressed(page: gr.Blocks
                                                                           ) -> None:
    kinds = [[type(block).__name__ for block in event.show_progress_on or []]
             for event in page.fns.values()]
    assert kinds == [["Button"], ["Textbox"], ["Button"], [], [], ["Button"], ["Textbox"]]


def test_every_event_keeps_its_outputs(page: gr.Blocks) -> None:
    assert [len(event.outputs) for event in page.fns.values()] == [1, 3, 1, 1, 0, 1, 3]


def test_no_mark_of_the_app_is_dear(whole_page: gr.Blocks) -> None:
    marked = [block for event in whole_page.fns.values()
              for block in event.show_progress_on or event.outputs]
    assert len(marked) > 200
    assert not [block for block in marked if dear(block)]
    title = next(block for block in whole_page.blocks.values() if block.elem_id == "app-title")
    assert not [event.name for event in whole_page.fns.values()
                if event.show_progress != "hidden" and title in (event.show_progress_on or [])]


def test_no_call_of_the_style_tab_reads_an_editor_that_can_be_seen(whole_page: gr.Blocks) -> None:
    editor = next(block for block in whole_page.blocks.values()
                  if block.elem_id == "style-region")
    reading = [event for event in whole_page.fns.values() if editor in event.inputs]
    assert len(reading) == 6 and not [event.name for event in reading if event.fn]
