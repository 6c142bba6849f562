"""A refusal as one sentence in the language that the request asks for."""

from __future__ import annotations

from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Scope

from vision.errors import UserError
from vision.ui.text import explain


def refusal(scope: Scope, status: int, mistake: UserError) -> JSONResponse:
    """Return the answer to a request that is refused, in the two forms that clients read."""
    sentence = explain(mistake, gr.Request(Request(scope)))
    return JSONResponse({"error": sentence, "detail": sentence}, status)


def address_of(scope: Scope) -> str:
    """Return where a request comes from; a trusted proxy's word for it holds."""
    client: Any = scope.get("client")
    return str(client[0]) if client else ""
