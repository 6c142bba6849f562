"""Numbers are written as the reader's language writes them, and nothing else is changed."""

from __future__ import annotations

import re
from typing import Any

import gradio as gr
import pytest

from vision.errors import UserError
from vision.ui.components.html import grouped, table, tiles
from vision.ui.shell.decimal_commas import write_decimal_commas
from vision.ui.tabs.infrared.shared import translation
from vision.ui.text import LANGUAGES, explain, say, words
from vision.ui.text.numerals import in_html, numeral

PORTUGUESE = gr.Request(headers={"accept-language": "pt-BR"})
ENGLISH = gr.Request(headers={"accept-language": "en"})
CHINESE = gr.Request(headers={"accept-language": "zh-CN"})


@pytest.mark.parametrize("written, portuguese", [
    ("0.735", "0,735"), ("-0.5", "-0,5"), ("12.5 °C", "12,5 °C"), ("ε 0.95", "ε 0,95"),
    ("−1.2 (83.1% → 91.3%)", "−1,2 (83,1% → 91,3%)"), ("98.3% ± 0.2%", "98,3% ± 0,2%"),
    ("0.71–0.77", "0,71–0,77"), ("1.23 M", "1,23 M"), ("10.5 GMACs", "10,5 GMACs"),
    ("3.20e-05", "3,20e-05"), ("D 0.53", "D 0,53"), ("1.2\u00a0kB", "1,2\u00a0kB"), ("7", "7")])
def test_numbers_get_a_decimal_comma(written: str, portuguese: str) -> None:
    assert numeral(written, "pt-BR") == portuguese
    assert numeral(portuguese, "pt-BR") == portuguese, "twice is once"
    assert numeral(written, "en") == numeral(written, "zh-CN") == written


@pytest.mark.parametrize("text", ["2.11.0", "torch 2.11", "CC BY 4.0", "photo 2.5.png",
                                  "192.168.0.1", "features.3.5", "tabela 3.2", "2.000 imagens"])
def test_what_is_no_number_alone_stays(text: str) -> None:
    assert numeral(text, "pt-BR") == text


def test_html_keeps_its_attributes_and_its_sentences() -> None:
    html = '<svg><path d="M1.5 2.5h0"/><text x="3.5">0.25</text></svg><b>1.5 K</b><p>CC BY 4.0</p>'
    assert in_html(html, "pt-BR") == html.replace(">0.25<", ">0,25<").replace(">1.5 K<", ">1,5 K<")
    assert in_html(html, "en") == html


def test_a_text_is_filled_in_the_readers_manner(monkeypatch: pytest.MonkeyPatch) -> None:
    for language in LANGUAGES:
        monkeypatch.setitem(words(language), "app.tried",
                            "{share:.1%} of {name}: {given} {left:.0f}")
    values: dict[str, Any] = {"share": 0.5, "name": "v1.5", "given": "0.25", "left": 3.7}
    assert say("app.tried", PORTUGUESE, **values) == "50,0% of v1.5: 0,25 4"
    assert say("app.tried", ENGLISH, **values) == "50.0% of v1.5: 0.25 4"
    assert say("app.tried", CHINESE, **values) == "50.0% of v1.5: 0.25 4"


def test_a_mistake_is_told_in_the_readers_manner() -> None:
    mistake = UserError("it needs {need:.1f} GB", need=2.5)
    assert explain(mistake, PORTUGUESE) == "It needs 2,5 GB."
    assert explain(mistake, ENGLISH) == "It needs 2.5 GB."
    assert mistake.sentence(translation(PORTUGUESE)) == "It needs 2,5 GB.", "in a report, too"


def test_thousands_are_parted_by_a_point_that_stays_one() -> None:
    assert grouped(1234567, ENGLISH) == grouped(1234567, CHINESE) == "1,234,567"
    assert grouped(1234567, PORTUGUESE) == "1.\u2060234.\u2060567"
    assert in_html(f"<b>{grouped(1234, PORTUGUESE)}</b>", "pt-BR") == "<b>1.\u2060234</b>"
    assert grouped(999, PORTUGUESE) == "999"


def test_what_the_page_answers_is_in_the_readers_manner() -> None:
    """Cells, tiles and changes of a component; text that is no HTML is not touched."""
    with gr.Blocks() as app:
        places = [gr.HTML(), gr.HTML(), gr.Textbox(), gr.HTML()]

        def answer() -> tuple[Any, ...]:
            return (table(["a", "b"], [["0.5", "x 1.5"]]), gr.HTML(value=tiles({"IoU": "73.5%"})),
                    "0.5", gr.skip())

        gr.Button().click(answer, None, places, queue=False)
    write_decimal_commas(app)
    assert found(app, PORTUGUESE) == [["0,5", "x 1.5"], ["73,5%"], ["0.5"]]
    assert found(app, ENGLISH) == [["0.5", "x 1.5"], ["73.5%"], ["0.5"]]


def found(app: gr.Blocks, request: gr.Request) -> list[list[str]]:
    """Return the numbers that an answer of a page shows, place by place."""
    import asyncio

    from vision.ui.shell.input_checks import ASKING

    async def ask() -> Any:
        ASKING.set(request)
        return await app.process_api(app.fns[0], [], request=request)

    first, second, third, _ = asyncio.run(ask())["data"]
    assert second["__type__"] == "update"
    return [re.findall("<td>([^<]*)", first), re.findall("<b>([^<]*)", second["value"]), [third]]
