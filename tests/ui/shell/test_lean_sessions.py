"""Sessions: they cost next to nothing, and what one changes the others do not see."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from vision.ui import create_app
from vision.ui.shell.lean_sessions import Page


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    return create_app()


def test_a_session_has_every_component_and_describes_none(page: gr.Blocks) -> None:
    session = SessionState(page)
    assert session.blocks_config.blocks == page.blocks and len(page.blocks) > 500
    assert session.blocks_config.fns == page.fns
    assert not any(session.config_values.values())


def test_the_page_itself_is_described(page: gr.Blocks) -> None:
    described = page.get_config_file()["components"]
    assert len(described) > 500 and all(part["props"]["name"] for part in described)


def test_what_a_session_changes_is_its_own() -> None:
    with Page() as small:
        name = gr.Textbox("a", label="name")
    mine, other = SessionState(small), SessionState(small)
    mine[name._id] = gr.Textbox("b", label="name")
    mine._update_value_in_config(name._id, "b")
    assert (mine[name._id].value, other[name._id].value, name.value) == ("b", "a", "a")
