"""Every language says everything, with the same values to fill in."""

from __future__ import annotations

import ast
import json
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from vision.errors import UserError
from vision.ui import load_tabs
from vision.ui.text import (
    ALSO,
    LANGUAGES,
    catalogs,
    error_templates,
    explain,
    language_of,
    say,
    say_list,
    t,
    words,
)

VISION = Path(__file__).resolve().parents[2] / "vision"
OTHERS = [language for language in LANGUAGES if language != "en"]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def constants(module: ast.Module) -> dict[str, ast.AST]:
    """Return what the module assigns to plain names at its top."""
    return {target.id: node.value for node in module.body if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Name)}


def literals(node: ast.AST, known: dict[str, ast.AST]) -> set[str]:
    """Return the strings of an expression: "a", a constant's name, or "a" if x else "b"."""
    if isinstance(node, ast.IfExp):
        return literals(node.body, known) | literals(node.orelse, known)
    if isinstance(node, ast.Name):
        return literals(known[node.id], known)
    assert isinstance(node, ast.Constant), f"a template must be a literal: {ast.dump(node)}"
    return {node.value} if node.value else set()


def templates_in_code() -> set[str]:
    """Return the templates of every `UserError(...)` in the package."""
    found = set()
    for file in VISION.rglob("*.py"):
        module = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UserError":
                for argument in node.args:
                    if not isinstance(argument, ast.Starred):
                        found |= literals(argument, constants(module))
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_no_key_is_missing(language: str) -> None:
    assert words(language).keys() == words("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_same_values_to_fill_in(language: str) -> None:
    texts = words(language)
    for key, text in words("en").items():
        if not key.endswith(".lesson"):
            assert placeholders(texts[key]) == placeholders(text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_emphasised_ends_where_it_should(language: str) -> None:
    """Stars between a sign and a letter close nothing: **Where?**Here keeps its stars."""
    pairs = re.compile(r"(\*+)([^*\n]+)\1(\w?)")
    stars_of_formulas = re.compile(r"\$[^$]*\$|\bD\*")
    for key, text in words(language).items():
        for _, inner, behind in pairs.findall(stars_of_formulas.sub("x", text)):
            assert not behind or re.match(r"\w", inner[-1]), f"{key}: {inner}"


PRESS = {"en": "[Pp]ress ", "zh-CN": "点击", "pt-BR": "[Cc]lique em "}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_to_be_pressed_is_called_as_it_says(language: str) -> None:
    texts = words(language)
    named = re.compile(PRESS[language] + r"(?:\*+|<b>)([^*<]+)")
    asked = {key: found for key, text in texts.items() if (found := set(named.findall(text)))}
    assert len(asked) > 20
    assert {key: found for key, found in asked.items() if found - set(texts.values())} == {}


def nodes_below(folder: Path) -> Iterator[ast.AST]:
    """Yield every part of every Python file in a folder and the folders in it."""
    for file in folder.rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text("utf-8")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_an_empty_place_has_one_key(language: str) -> None:
    """Not one as a note and one as it is."""
    plain = {key: re.sub(r"<[^>]+>", "", text) for key, text in words(language).items()}
    said = Counter(plain.values())
    assert [key for key, text in plain.items() if key.endswith("_empty") and said[text] > 1] == []


def test_every_key_that_is_asked_for_exists() -> None:
    """However it begins: the page asks with t("…") and say("…")."""
    asked = {node.args[0].value for node in nodes_below(VISION / "ui")
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("t", "say")
             and node.args and isinstance(node.args[0], ast.Constant)}
    assert len(asked) > 0.2 * len(words("en")) and asked - words("en").keys() == set()


def test_every_key_in_the_code_exists() -> None:
    """A key is a string that begins like one; what ends in "_" is the beginning of several."""
    known = words("en").keys()
    begins = "|".join({key.split(".")[0] for key in known})
    said = {node.value for node in nodes_below(VISION)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and re.fullmatch(rf"({begins})(\.[\w-]+)+", node.value)}
    assert len(said) > 0.4 * len(known)
    assert {key for key in said - known
            if not (key.endswith("_") and any(other.startswith(key) for other in known))} == set()
    with pytest.raises(KeyError):
        t("app.no_such_text")


def test_what_the_page_shows_by_key_comes_with_it(whole_page: gr.Blocks) -> None:
    """And little else: what only answers say comes with the answers."""
    brought = catalogs()["en"].keys()
    asked = {node.args[0].value for node in nodes_below(VISION / "ui")
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t"
             and node.args and isinstance(node.args[0], ast.Constant)}
    assert len(asked) > 300 and asked - brought == set()
    shown = set(re.findall(r'"key\\*": \\*"([^"\\]+)', json.dumps(whole_page.config, default=str)))
    assert shown - brought == set() and len(brought - shown) < 30
    assert not {"segmentation.lesson", "app.badvalue"} & brought


def test_an_answer_says_its_texts_whole() -> None:
    """A text that is asked for by key after the page was built has not come with it."""
    told = [f"{function.name} asks t({ast.unparse(call.args[0])})"
            for function in nodes_below(VISION / "ui") if isinstance(function, ast.FunctionDef)
            if any(argument.arg == "request" for argument in function.args.args)
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "t"]
    assert told == []


def test_every_tab_has_a_title_and_a_lesson() -> None:
    for tab in load_tabs():
        for language in LANGUAGES:
            assert words(language)[f"{tab.name}.title"]
            assert len(words(language)[f"{tab.name}.lesson"]) > 300


@pytest.mark.parametrize("language", OTHERS)
def test_every_error_is_translated(language: str) -> None:
    table = error_templates(language)
    code = templates_in_code()
    assert len(code) > 50
    assert not code - table.keys(), "templates without a translation"
    assert not table.keys() - code, "translations of templates that are gone"
    for template, translation in table.items():
        assert placeholders(translation) == placeholders(template), template


@pytest.mark.parametrize("language", OTHERS)
def test_no_error_is_translated_twice(language: str) -> None:
    """The file that is read last would win, and a change to the other would change nothing."""
    templates = [template for file in (VISION / "ui" / "text").glob(f"errors*.{language}.json")
                 for template in json.loads(file.read_text("utf-8"))]
    assert sorted(templates) == sorted(error_templates(language))


@pytest.mark.parametrize("header, language", [
    ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("zh", "zh-CN"), ("pt-BR", "pt-BR"), ("pt-PT", "pt-BR"),
    ("de-DE,de;q=0.9,pt;q=0.5", "pt-BR"), ("fr", "en"), ("", "en"), ("*", "en"),
])
def test_language_of_a_request(header: str, language: str) -> None:
    class Request:
        headers = {"accept-language": header}

    assert language_of(Request()) == language  # type: ignore[arg-type]


@pytest.mark.parametrize("tag", [tag for tags in ALSO.values() for tag in tags] + [*LANGUAGES])
def test_browser_and_server_choose_the_same_language(tag: str) -> None:
    class Request:
        headers = {"accept-language": tag}

    named = next(language for language in LANGUAGES if tag in (language, *ALSO[language]))
    assert named == language_of(Request())  # type: ignore[arg-type]


@pytest.mark.parametrize("language, listed", [
    ("en", "a, b"), ("pt-BR", "a, b"), ("zh-CN", "a、b"), ("", "a, b")])
def test_names_are_listed_as_a_language_does(language: str, listed: str) -> None:
    assert say_list("ab", gr.Request(headers={"accept-language": language})) == listed


def test_errors_speak_the_language_of_the_request() -> None:
    class Request(gr.Request):
        @property
        def headers(self) -> dict[str, str]:
            return {"accept-language": "pt-BR"}

    error = UserError("there is no picture yet", "any photograph will do",
                      "upload one or click an example")
    english, portuguese = explain(error, None), explain(error, Request())
    assert english.startswith("There is no picture yet; ") and english.endswith(".")
    assert portuguese != english and "imagem" in portuguese
    assert say("app.stop", Request()) == "Parar"


@pytest.mark.parametrize("cookie, language", [
    ("vision-lab-language=pt-BR", "pt-BR"), ("a=b; vision-lab-language=en; c=d", "en"),
    ("vision-lab-language=xx", "zh-CN"), ("vision-lab-language=", "zh-CN"), ("", "zh-CN"),
    ("other-vision-lab-language=pt-BR", "zh-CN"), ("vision-lab-language=pt-BRx", "zh-CN"),
])
def test_what_was_chosen_goes_before_what_a_browser_asks_for(cookie: str, language: str) -> None:
    request = gr.Request(headers={"accept-language": "zh-CN", "cookie": cookie})
    assert language_of(request) == language
    assert say("app.answer", request) == words(language)["app.answer"]
