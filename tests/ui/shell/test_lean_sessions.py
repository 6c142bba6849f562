"""Sessions: they cost next to nothing, and what one changes the others do not see."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from fastapi import HTTPException
from gradio.blocks import BlocksConfig
from gradio.state_holder import SessionState

from vision.ui.shell.lean_sessions import Page, Sessions, page_of


def test_a_session_has_every_component_and_describes_none(whole_page: gr.Blocks) -> None:
    page = whole_page
    session = SessionState(page)
    assert session.blocks_config.blocks == page.blocks and len(page.blocks) > 500
    assert session.blocks_config.fns == page.fns
    assert not any(session.config_values.values())


def test_the_page_itself_is_described(whole_page: gr.Blocks) -> None:
    described = whole_page.get_config_file()["components"]
    assert len(described) > 500 and all(part["props"]["name"] for part in described)


def test_a_page_is_described_once_as_it_is_made_and_anew_for_whoever_asks_later(
        monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[gr.blocks.Block] = []
    config_for = BlocksConfig.config_for_block

    def noted(number: int, rendered: list[int], block: gr.blocks.Block, *more: Any) -> Any:
        asked.append(block)
        return config_for(number, rendered, block, *more)

    monkeypatch.setattr(BlocksConfig, "config_for_block", staticmethod(noted))
    with Page() as small:
        name = gr.Textbox(label="name")
        asked.clear()
    assert asked.count(name) == 1
    for label in ("name", "first name"):
        name.label = label
        found = small.get_config_file()["components"]
        assert [part["props"]["label"] for part in found if part["id"] == name._id] == [label]


def test_what_a_session_changes_is_its_own() -> None:
    with Page() as small:
        name = gr.Textbox("a", label="name")
    mine, other = SessionState(small), SessionState(small)
    mine[name._id] = gr.Textbox("b", label="name")
    mine._update_value_in_config(name._id, "b")
    assert (mine[name._id].value, other[name._id].value, name.value) == ("b", "a", "a")


def test_visitors_who_have_made_nothing_are_forgotten_before_those_who_have() -> None:
    with Page() as small:
        kept = gr.State([])
    sessions = Sessions(small, 10)
    for name in ("idle", "closed"):
        sessions[name].state_data[kept._id] = [name]
    sessions.open_pages["idle"] = 1
    for number in range(505):
        sessions[f"tiny{number}"]
    assert len(sessions.session_data) == 10
    assert sessions["idle"][kept._id] == ["idle"] and sessions["closed"][kept._id] == ["closed"]


def test_visitors_whose_page_is_closed_are_forgotten_before_those_who_are_there() -> None:
    with Page() as small:
        kept = gr.State([])
    sessions = Sessions(small, 3)
    for name in ("here", "old", "closed", "new"):
        sessions[name].state_data[kept._id] = [name]
        sessions.open_pages["here"] = 1
    assert list(sessions.session_data) == ["here", "closed", "new"]
    assert list(sessions.time_last_used) == ["here", "closed", "new"]


def test_a_page_is_open_while_its_heart_beats_and_a_sessions_name_is_short() -> None:
    assert page_of({"type": "http", "path": "/gradio_api/heartbeat/abc"}) == "abc"
    assert page_of({"type": "http", "path": "/gradio_api/queue/data"}) is None
    with Page() as small, pytest.raises(HTTPException):
        Sessions(small)["a" * 65]
