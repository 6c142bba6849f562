"""Assistants call the page's actions as tools, each from its own address and with its own state."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.routes import App
from starlette.testclient import TestClient

from tests.ui.server.small_page import API
from vision.ui import ASSETS
from vision.ui.server import http_server
from vision.ui.server.assistants import page_tools
from vision.ui.server.limits import LIMITS
from vision.ui.server.open_routes import OpenRoutes
from vision.ui.text import words

pytest.importorskip("mcp", reason="the package mcp is not installed")
MCP = f"{API}/mcp/"
HEARS = {"accept": "application/json, text/event-stream"}
SCENE = ASSETS / "segmentation" / "street-1.png"


def rpc(http: Any, method: str, language: str = "en", **params: Any) -> dict[str, Any]:
    """Return what an assistant hears when it sends one message."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    reply = http.post(MCP, json=message, headers=HEARS | {"accept-language": language})
    assert reply.status_code == 200, reply.text
    told = json.loads(reply.text.partition("data: ")[2])
    return told.get("result", told)


def call(http: Any, name: str, language: str = "en", **values: Any) -> dict[str, Any]:
    return rpc(http, "tools/call", language, name=name, arguments=values)


@pytest.fixture
def http() -> Iterator[TestClient]:
    """A small page with a state, behind its doors."""
    http_server.install()
    with gr.Blocks() as page:
        seen, text, said = gr.State([]), gr.Textbox("usual"), gr.JSON()

        def segment(seen: list[str], text: str, request: gr.Request) -> dict[str, Any]:
            """Say who asked.

            Args:
                text: anything
            Returns:
                what was seen
            """
            if text == "slow":
                time.sleep(2)
            if text == "wrong":
                raise gr.Error("that is wrong", print_exception=False)
            seen.append(text)
            return {"seen": seen, "host": request.client.host}

        text.submit(segment, [seen, text], said, api_name="segment")
    app = http_server.with_doors(App.create_app(page, mcp_server=True))
    with TestClient(app, client=("1.2.3.4", 5)) as client:
        client.get(f"{API}/startup-events")  # which lets the queue begin
        yield client


def test_a_call_is_one_of_the_address_it_comes_from_with_a_state_of_its_own(http: TestClient
                                                                           ) -> None:
    http.headers["x-forwarded-for"] = "9.9.9.9"
    for text in ("a", "b"):
        told = call(http, "segment", text=text)
        assert told["structuredContent"] == {"seen": [text], "host": "1.2.3.4"}


def test_what_a_tool_is_comes_from_its_docstring(http: TestClient) -> None:
    tool, = rpc(http, "tools/list")["tools"]
    assert tool["name"] == "segment" and tool["description"].startswith("Say who asked.")
    value = tool["inputSchema"]["properties"]["text"]
    assert value["description"] == "anything" and value["default"] == "usual"
    assert call(http, "segment")["structuredContent"]["seen"] == ["usual"]
    schema, = http.get(f"{API}/mcp/schema").json()
    assert schema["inputSchema"] == tool["inputSchema"]


def test_refusals_are_sentences(http: TestClient) -> None:
    told = call(http, "segment", text="wrong")
    assert told["isError"] and told["content"][0]["text"] == "that is wrong"
    told = call(http, "segment", colour="red")
    assert told["isError"] and "colour" in told["content"][0]["text"]
    assert call(http, "other")["isError"]


def test_an_answer_that_takes_too_long_is_not_waited_for(
        http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_tools, "PATIENCE", 0.3)
    told = call(http, "segment", "pt-BR", text="slow")
    assert told["isError"] and "não chegou em" in told["content"][0]["text"]


def test_many_calls_of_one_address_do_not_wait_for_each_other_for_ever(http: TestClient) -> None:
    answers: list[Any] = []
    calls = [threading.Thread(target=lambda: answers.append(call(http, "segment", text="a")))
             for _ in range(2 * LIMITS.calls_at_once)]
    for each in calls:
        each.start()
    for each in calls:
        each.join(60)
    assert [told["structuredContent"]["seen"] for told in answers] == [["a"]] * len(calls)


def test_the_doors_hold_for_assistants_too(http: TestClient) -> None:
    assert http.post(MCP, content=bytes(8 * 2**20 + 1)).status_code == 413
    assert http.post(MCP, content=b"[" * 60).status_code == 413
    assert http.post(MCP, json={}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert http.get(MCP, headers=HEARS).status_code == 405
    assert http.post(MCP + "messages/").status_code == http.get(MCP + "sse").status_code == 404
    assert "content-security-policy" in http.post(MCP, json={}).headers


def test_it_can_be_switched_off() -> None:
    assert OpenRoutes(http_server.with_doors, LIMITS).is_open("POST", MCP)
    shut = OpenRoutes(http_server.with_doors, dataclasses.replace(LIMITS, mcp=0))
    assert not shut.is_open("POST", MCP) and not shut.is_open("GET", MCP + "schema")


Work = Callable[[Any], Any]


def with_client(address: str, work: Work) -> Any:
    """Return what is done with a client of the official package."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def run() -> Any:
        async with streamablehttp_client(address.rstrip("/") + MCP) as (reads, writes, _):
            async with ClientSession(reads, writes) as session:
                await session.initialize()
                return await work(session)

    return asyncio.run(run())


def test_an_assistant_finds_tools_lessons_and_a_prompt(app_url: str) -> None:
    async def work(session: Any) -> None:
        tools = (await session.list_tools()).tools
        assert tuple(tool.name for tool in tools) == page_tools.TOOLS
        assert "/" + str(ASSETS).strip("/") not in str(tools), "no path of the server"
        lessons = (await session.list_resources()).resources
        text = (await session.read_resource(lessons[0].uri)).contents[0].text
        assert text == words("en")["gan.lesson"] or text.startswith("### ")
        prompt, = (await session.list_prompts()).prompts
        asked = await session.get_prompt(prompt.name, {"tab": "gan"})
        told = asked.messages[0].content.text
        assert "lab://lesson/gan" in told and "guess" in told

    with_client(app_url, work)


def test_an_assistant_sees_what_it_has_asked_for(app_url: str) -> None:
    data = "data:image/png;base64," + base64.b64encode(SCENE.read_bytes()).decode()

    async def work(session: Any) -> None:
        by_name = await session.call_tool("segment", {"picture": "street-1",
                                                      "truth": "street-1-labels"})
        assert not by_name.isError, by_name.content
        assert by_name.structuredContent["overall"]["mIoU"] > 0.3
        kinds = [each.type for each in by_name.content]
        assert kinds.count("image") == 4 and "<" not in by_name.content[-1].text
        by_text = await session.call_tool("segment", {"picture": data})
        assert by_text.structuredContent["shares"] == by_name.structuredContent["shares"]
        drawn = await session.call_tool("sample", {"labels": [3], "count": 2, "seed": 1})
        assert drawn.structuredContent["labels"] == [3, 3]
        link = next(each.text for each in drawn.content if each.type == "text")
        assert httpx.get(link).content.startswith(b"\x89PNG")

    with_client(app_url, work)


def test_a_picture_that_is_none_is_refused_in_the_readers_language(app_url: str) -> None:
    with httpx.Client(base_url=app_url, timeout=60, follow_redirects=True) as http:
        for picture in ("street-99", "/etc/passwd", "http://127.0.0.1/a.png", "data:;base64,%%%",
                        "/vision-lab-files/../../../etc/passwd"):
            told = call(http, "segment", "pt-BR", picture=picture)
            sentence = told["content"][0]["text"]
            assert told["isError"] and sentence.endswith((".", "?")), sentence
            assert "root:" not in sentence and "picture" not in sentence
