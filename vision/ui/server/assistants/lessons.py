"""What an assistant reads: the lessons, and how to teach with the tools."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.text import language_of, say, words

LESSON = "lab://lesson/"
PROMPT = "ask-before-you-tell"


def topics() -> list[str]:
    """Return the names of the tabs that have a lesson."""
    return [key.removesuffix(".lesson") for key in words("en") if key.endswith(".lesson")]


def resources(request: gr.Request, types: Any) -> list[Any]:
    """Return the lessons in the reader's language."""
    table = words(language_of(request))
    return [types.Resource(uri=LESSON + tab, name=table[f"{tab}.title"], mimeType="text/markdown",
                           description=table[f"{tab}.lesson"].partition("\n")[0].lstrip("# "))
            for tab in topics()]


def text_of(uri: str, request: gr.Request) -> str:
    """Return the text of a lesson in the reader's language."""
    tab = uri.removeprefix(LESSON)
    if not uri.startswith(LESSON) or tab not in topics():
        raise ValueError(f"there is no such lesson; known are {', '.join(topics())}")
    return words(language_of(request))[f"{tab}.lesson"]


def prompts(request: gr.Request, types: Any) -> list[Any]:
    """Return the one prompt there is."""
    tab = types.PromptArgument(name="tab", description=", ".join(topics()), required=False)
    return [types.Prompt(name=PROMPT, arguments=[tab],
                         description=say("assistants.about", request))]


def prompt(name: str, arguments: dict[str, str] | None, request: gr.Request, types: Any) -> Any:
    """Return how to teach: ask for a guess before a number is told."""
    tab = (arguments or {}).get("tab") or topics()[0]
    if name != PROMPT or tab not in topics():
        raise ValueError(f"there is no such prompt; known is {PROMPT} for {', '.join(topics())}")
    title = words(language_of(request))[f"{tab}.title"]
    text = say("assistants.ask", request, tab=title, lesson=LESSON + tab)
    message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
    return types.GetPromptResult(messages=[message])
