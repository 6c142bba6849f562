"""Every part of the page that has a name has one of its own: scripts and links find it by that."""

from __future__ import annotations

from collections import Counter

import gradio as gr


def test_no_two_parts_of_the_page_have_one_name(whole_page: gr.Blocks) -> None:
    names = Counter(block.elem_id for block in whole_page.blocks.values() if block.elem_id)
    assert len(names) > 300
    assert [name for name, count in names.items() if count > 1] == []
