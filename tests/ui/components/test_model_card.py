"""A model card shows a stranger's words as words: no picture loads, no form appears."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from vision.checkpoints import Card
from vision.ui.components.model_card import as_code, as_text, card_markdown

Request: Any = None
ATTACKS = ["![x](http://a.example/x.png)", "<img src=http://a.example/x.png>", "a | b",
           "<form action=http://a.example><input></form>", "[x](javascript:alert(1))",
           "x`</code><img src=x>`", "a\\|<img src=x>|", "x\n\n# y\n\n<svg>", "http://a.example/",
           "``` x", "**bold**", "&lt;img src=x&gt;", "|\n|---|\n", "1. a\n- b", "$$x$$"]
CARD = Card("pruning", "vgg16", {}, device="cpu", command="python -m vision pruning train",
            data={"licences": {"cifar10": "research use"}}, created="2026-01-02T03:04")


def rendered(text: str) -> str:
    """Return what a browser gets of a Markdown text, HTML let through."""
    return str(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_card_is_one_table_of_words(attack: str) -> None:
    honest = rendered(card_markdown(CARD, "https://arxiv.org/abs/1", {"accuracy": "1"}, Request))
    card = replace(CARD, device=attack, command=attack, created=attack, data={
        "licences": {attack: attack}})
    html = rendered(card_markdown(card, "https://arxiv.org/abs/1", {"accuracy": attack}, Request))
    for tag in ("<img", "<form", "<input", "<svg", "<strong", "<h1", "<pre", "<ol"):
        assert tag not in html
    for tag in ("<a ", "<td", "<tr", "<table"):
        assert html.count(tag) == honest.count(tag), tag


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_stay_readable(attack: str) -> None:
    from html import unescape

    words = " ".join(attack.split())
    assert unescape(rendered(as_text(attack))).strip() == f"<p>{words}</p>"


def test_a_command_is_code_and_no_longer_than_a_table_bears() -> None:
    assert as_code("python -m vision --rate 0.1") == "`python -m vision --rate 0.1`"
    assert as_code("rm `x`") == "<code>rm &#96;x&#96;</code>"
    assert len(as_text("x" * 10**6)) < 500


def test_a_card_says_that_what_its_command_begins_with_does_not_ship() -> None:
    begun = replace(CARD, command=f"{CARD.command} --start runs/pruning/first.safetensors")
    told = [card_markdown(card, "https://arxiv.org/abs/1", {}, Request) for card in (CARD, begun)]
    assert ["is not included" in each for each in told] == [False, True]
    assert "`runs/pruning/first.safetensors` is not included" in told[1]
