"""The page as the tools of an assistant (MCP): what it calls goes through the page's own doors.

Gradio would let the server call itself, as one visitor for all assistants: their paintings would
share a state and their calls one address. Here each call is one of the address it comes from, with
a state of its own, under the limits that hold for every program.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import gradio as gr
import httpx
from gradio.mcp import GradioMCPServer
from gradio.utils import get_function_description
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from vision.errors import UserError
from vision.ui.server.assistants import files, lessons
from vision.ui.server.limits import LIMITS
from vision.ui.server.open_routes import API
from vision.ui.server.replies import address_of
from vision.ui.text import explain, say

TOOLS = ("segment", "paint", "sample", "prune", "detect")
log = logging.getLogger("vision.ui")
PATIENCE = 600.0  # seconds for one call, which may wait for others
TOLD = ("accept-language", "x-forwarded-host", "x-forwarded-proto")  # headers that go on


def available() -> bool:
    """Return whether the page can be, and shall be, the tools of an assistant."""
    return bool(LIMITS.mcp) and importlib.util.find_spec("mcp") is not None


class Assistants(GradioMCPServer):
    """Gradio's server for assistants with tools, lessons and a prompt of ours."""

    doors: ASGIApp  # all that stands before the page

    def create_mcp_server(self) -> Any:
        """Return the server that hears what assistants ask for."""
        server = super().create_mcp_server()
        server.list_tools()(self.tools)
        server.call_tool()(self.call)
        server.list_resources()(self.lessons)
        server.read_resource()(self.lesson)
        server.list_prompts()(self.prompts)
        server.get_prompt()(self.prompt)
        return server

    def get_tool_to_endpoint(self) -> dict[str, str]:
        """Return the address of each tool that this page has."""
        known = self.api_info["named_endpoints"]
        return {name: f"/{name}" for name in TOOLS if f"/{name}" in known}

    def warn_about_state_inputs(self) -> None:
        """Say nothing, for here each call has a state of its own."""

    @property
    def asking(self) -> Request:
        """The request that is being answered."""
        return self.mcp_server.request_context.request  # type: ignore[return-value]

    async def tools(self) -> list[Any]:
        """Return what an assistant may call."""
        return [self.types.Tool(name=name, description=self.told_of(name),
                                inputSchema=self.schema(name)) for name in self.tool_to_endpoint]

    async def get_complete_schema(self, request: Request) -> JSONResponse:
        """Return the tools as the page's API description shows them."""
        return JSONResponse([
            {"name": name, "description": self.told_of(name), "inputSchema": self.schema(name),
             "meta": {"mcp_type": "tool", "file_data_present": False, "endpoint_name": name}}
            for name in self.tool_to_endpoint])

    def told_of(self, name: str) -> str:
        """Return what a tool does, from its docstring."""
        function = self.get_block_fn_from_endpoint_name(f"/{name}")
        what, _, answers = get_function_description(function.fn)  # type: ignore
        return f"{what} Returns {' '.join(answers)}."

    def values_of(self, name: str) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Yield the control behind each value of a tool, with what is known of the value."""
        function = self.get_block_fn_from_endpoint_name(f"/{name}")
        controls = [control for control in function.inputs  # type: ignore[union-attr]
                    if not control.skip_api]
        known = self.api_info["named_endpoints"][f"/{name}"]["parameters"]
        return zip(controls, known, strict=True)

    def schema(self, name: str) -> dict[str, Any]:
        """Return the values that a tool takes; all may be left out."""
        function = self.get_block_fn_from_endpoint_name(f"/{name}")
        _, told, _ = get_function_description(function.fn)  # type: ignore
        found = {}
        for control, value in self.values_of(name):
            kind, text = value["type"], told[value["parameter_name"]]
            if isinstance(control, gr.Image):
                kind, text = {"type": "string"}, f"{text}; {files.how(name)}"
            usual = value.get("parameter_default") if not isinstance(control, gr.Image) else None
            found[value["parameter_name"]] = {
                "description": text, **({**kind, "default": usual} if usual is not None
                                        else {"anyOf": [kind, {"type": "null"}]})}
        return {"type": "object", "properties": found, "additionalProperties": False}

    async def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Return what a tool answers: its numbers, and its pictures to look at."""
        request = gr.Request(self.asking)
        try:
            return await asyncio.wait_for(self.answered(name, arguments), PATIENCE)
        except (TimeoutError, asyncio.TimeoutError):
            return self.refused(explain(too_late(), request))
        except UserError as mistake:
            return self.refused(explain(mistake, request))
        except files.Refused as refusal:
            return self.refused(str(refusal))
        except Exception:
            log.exception("unexpected")
            return self.refused(say("app.unexpected", request))

    async def answered(self, name: str, arguments: dict[str, Any]) -> Any:
        """Return what the page answers, however long that takes."""
        async with self.visitor() as http:
            values = await self.filled(http, name, arguments)
            outputs = await answer_of(http, name, values)
            function = self.get_block_fn_from_endpoint_name(f"/{name}")
            return await self.shown(http, function.outputs, outputs)  # type: ignore

    def refused(self, sentence: str) -> Any:
        """Return an answer that says why there is none."""
        return self.types.CallToolResult(
            content=[self.types.TextContent(type="text", text=sentence)], isError=True)

    def visitor(self) -> httpx.AsyncClient:
        """Return a client that stands before the doors where the assistant stands."""
        asking = self.asking
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.doors, client=(address_of(asking.scope), 0)),
            base_url=f"{asking.url.scheme}://{asking.url.netloc}",
            headers={name: asking.headers[name] for name in TOLD if name in asking.headers})

    async def filled(self, http: httpx.AsyncClient, name: str, arguments: dict[str, Any]
                     ) -> dict[str, Any]:
        """Return the values of a call: those that are given, pictures sent, the others as usual."""
        values = {}
        for control, known in self.values_of(name):
            picture = isinstance(control, gr.Image)
            usual = None if picture else known.get("parameter_default")
            value = arguments.get(known["parameter_name"], usual)
            values[known["parameter_name"]] = (
                await files.sent(http, name, value) if picture and value else value)
        return values

    async def shown(self, http: httpx.AsyncClient, controls: list[Any], outputs: list[Any]) -> Any:
        """Return outputs as an assistant reads them; what is made for the page alone is left out.
        """
        content, numbers = [], None
        for control, value in zip(controls, outputs, strict=True):
            if isinstance(control, gr.JSON):
                numbers = value
                text = json.dumps(value, ensure_ascii=False)
                content.append(self.types.TextContent(type="text", text=text))
            elif file := files.file_of(value):
                content += await files.fetched(http, file, self.types)
        return self.types.CallToolResult(content=content, structuredContent=numbers)

    async def lessons(self) -> list[Any]:
        """Return the lessons of the tabs."""
        return lessons.resources(gr.Request(self.asking), self.types)

    async def lesson(self, uri: Any) -> Any:
        """Return the text of a lesson."""
        text = lessons.text_of(str(uri), gr.Request(self.asking))
        return [self.ReadResourceContents(content=text, mime_type="text/markdown")]

    async def prompts(self) -> list[Any]:
        """Return what may be asked of the assistant."""
        return lessons.prompts(gr.Request(self.asking), self.types)

    async def prompt(self, name: str, arguments: dict[str, str] | None) -> Any:
        """Return the words of a prompt."""
        return lessons.prompt(name, arguments, gr.Request(self.asking), self.types)


async def answer_of(http: httpx.AsyncClient, name: str, values: dict[str, Any]) -> list[Any]:
    """Return the last answer of an action, which is asked as any program asks."""
    reply = await http.post(f"{API}/call/v2/{name}", json=values)
    asked = reply.json()
    if "event_id" not in asked:
        raise files.Refused(asked.get("detail") or asked.get("error"))
    told = await http.get(f"{API}/call/v2/{name}/{asked['event_id']}")
    *_, (event, data) = re.findall(r"^event: (\w+)\ndata: (.*)$", told.text, re.MULTILINE)
    if event != "complete":
        raise files.Refused((json.loads(data) or {}).get("error"))
    return list(json.loads(data))


def too_late() -> UserError:
    """Return what is told of a call whose answer takes too long."""
    return UserError("the answer did not come within {seconds:.0f} s", "", "try again in a minute",
                     seconds=PATIENCE)
