"""Every word that the page shows, in each language, through one mechanism.

`PART.LANGUAGE.json` holds the words of a part; its keys get the part as their prefix.
`lessons/PART.LANGUAGE.md` is the key `PART.lesson`. `errors.LANGUAGE.json`, and for one system
`errors-PART.LANGUAGE.json`, translate the templates of `UserError`, whose English is in the code.
Numbers that were measured stand in no text: `card_numbers.py` fills them from the models' cards.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from vision.errors import UserError
from vision.ui.text.card_numbers import fill
from vision.ui.text.numerals import Template

LANGUAGES = ("en", "zh-CN", "pt-BR")
PUNCTUATION = {"zh-CN": ("；", "。")}  # between the parts of a sentence, and at its end
BETWEEN = {"zh-CN": "、"}  # between the names of a list, where it is not the usual one
ALSO = {  # what browsers call these languages too, and what is nearer to them than English
    "en": (),
    "zh-CN": ("zh", "zh-Hans", "zh-Hans-CN", "zh-SG", "zh-TW", "zh-HK", "zh-Hant", "zh-Hant-TW"),
    "pt-BR": ("pt", "pt-PT"),
}
COOKIE = "vision-lab-language"  # holds the language that was chosen on the page
CHOSEN = re.compile(rf"(?:^|;)\s*{COOKIE}=([\w-]+)")
BY_SCRIPTS = ("app.queue", "app.processing")  # what Gradio's mended scripts say
IN_LISTS = re.compile(r"^names\.(model|data)_")  # of models and data that come while one visits
HERE = Path(__file__).parent


_shown: set[str] = set(BY_SCRIPTS)  # the keys that the page holds


def t(key: str) -> Any:
    """Return a text that the browser shows in the reader's language, for building the page.

    An answer uses `say`: its texts need not come with the page.
    """
    if key not in words("en"):
        raise KeyError(f"no text '{key}'")
    _shown.add(key)
    return I18nData(key)


def say(key: str, request: gr.Request | None, **values: Any) -> str:
    """Return a text in the language of a request, with values filled in."""
    language = language_of(request)
    return Template(words(language)[key], language).format(**values)


def say_list(names: Iterable[str], request: gr.Request | None) -> str:
    """Return names one after another, as the language of a request lists them."""
    return BETWEEN.get(language_of(request), ", ").join(names)


def explain(error: UserError, request: gr.Request | None) -> str:
    """Return a user's mistake in the language of a request."""
    language = language_of(request)
    table = error_templates(language)
    return error.sentence(lambda template: Template(table.get(template, template), language),
                          *PUNCTUATION.get(language, ()))


def chosen_language(request: gr.Request | None) -> str | None:
    """Return the language that was chosen on the page, None if there is none that we speak."""
    cookie = CHOSEN.search(request.headers.get("cookie", "")) if request else None
    return cookie[1] if cookie and cookie[1] in LANGUAGES else None


def language_of(request: gr.Request | None) -> str:
    """Return the chosen language, else the browser's first that we speak, else English."""
    if chosen := chosen_language(request):
        return chosen
    header = request.headers.get("accept-language", "") if request else ""
    for wish in header.split(","):
        tag = wish.split(";")[0].strip().lower()
        for language in LANGUAGES:
            if tag and tag.split("-")[0] == language.split("-")[0].lower():
                return language
    return "en"


@functools.cache
def words(language: str) -> dict[str, str]:
    """Return all texts of one language by their keys."""
    found: dict[str, str] = {}
    for file in sorted(HERE.glob(f"*.{language}.json")):
        part = file.name.split(".")[0]
        if not part.startswith("errors"):
            table = json.loads(file.read_text("utf-8"))
            found |= {f"{part}.{key}": fill(text, language) for key, text in table.items()}
    for file in sorted((HERE / "lessons").glob(f"*.{language}.md")):
        found[f"{file.name.split('.')[0]}.lesson"] = fill(file.read_text("utf-8"), language)
    return found


@functools.cache
def error_templates(language: str) -> dict[str, str]:
    """Return the translations of the templates of `UserError`."""
    found: dict[str, str] = {}
    for file in sorted(HERE.glob(f"errors*.{language}.json")):
        found |= json.loads(file.read_text("utf-8"))
    return found


def catalogs() -> dict[str, dict[str, str]]:
    """Return the texts that the page built so far shows by key, in the form `gr.I18n` takes."""
    return {language: {key: text for key, text in words(language).items()
                       if key in _shown or IN_LISTS.search(key)}
            for language in LANGUAGES}
