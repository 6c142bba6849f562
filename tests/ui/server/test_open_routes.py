"""The page answers where it and its clients ask, and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest
from gradio import Blocks
from gradio.components import FileExplorer
from starlette.testclient import TestClient

from tests.ui.server.small_page import API, body
from vision.ui.server.limits import LIMITS
from vision.ui.server.open_routes import OpenRoutes
from vision.ui.text import error_templates


@pytest.mark.parametrize("path", [
    "/openapi.json", f"{API}/openapi.json", "/monitoring", "/monitoring/summary",
    f"{API}/dev/reload", f"{API}/deep_link?session_hash=a", f"{API}/run-history/buckets",
    f"{API}/proxy=https://a.hf.space/", "/pwa_icon/90000", "/docs", f"{API}/vibe-code/", "/x",
    f"{API}/stream/a/b/1/playlist.m3u8", f"{API}/custom_component/a/client/b/c"])
def test_what_nobody_needs_is_not_there(http: TestClient, path: str) -> None:
    reply = http.get(path, headers={"accept-language": "pt-BR"})
    assert reply.status_code == 404 and "{" not in reply.json()["detail"]
    assert reply.json()["error"].startswith("Não há nada neste endereço")


def test_a_diary_of_runs_is_kept_only_where_it_is_wanted() -> None:
    closed, wanted = (OpenRoutes(lambda *_: None, dataclasses.replace(LIMITS, history=history))
                      for history in (0, 1))
    assert wanted.is_open("GET", f"{API}/runs") and not closed.is_open("GET", f"{API}/runs")
    assert not wanted.is_open("GET", f"{API}/run-history/buckets"), "it stays in the browser"


@pytest.mark.parametrize("path", ["/config", "/config/", f"{API}/info", f"{API}/app_id",
                                  f"{API}/startup-events", f"{API}/queue/status"])
def test_what_the_page_and_its_clients_need_is_there(http: TestClient, path: str) -> None:
    assert http.get(path).status_code == 200


def test_of_all_components_only_the_painted_layers_have_a_function_for_the_page(
        whole_page: Blocks) -> None:
    serving = {type(block).__name__ for block in whole_page.blocks.values()
               if getattr(block, "server_fns", [])}
    assert serving <= {"PaintedLayers"} and FileExplorer().server_fns


def test_a_method_is_open_only_where_it_is_used(http: TestClient) -> None:
    assert http.put("/config").status_code == http.post("/config").status_code == 404
    assert http.get(f"{API}/run/predict").status_code == 404
    assert http.post(f"{API}/run/predict", json=body(["a"])).json()["data"] == ["a"]


@pytest.mark.parametrize("path, call", [
    ("run/predict", body([1], 999)), ("queue/join", body([1], 999)), ("call/unknown", body([1])),
    ("component_server", {"data": 1, "component_id": 999, "session_hash": "a", "fn_name": "x"}),
    ("call/v2/unknown", {"a": 1})])
def test_what_makes_no_sense_gets_a_sentence(http: TestClient, path: str, call: dict[str, object]
                                             ) -> None:
    reply = http.post(f"{API}/{path}", json=call, headers={"accept-language": "pt"})
    assert reply.status_code >= 400 and "{" not in reply.json()["detail"]
    assert reply.json()["detail"].startswith("A requisição não foi entendida")


def test_below_a_proxys_path_the_same_is_open() -> None:
    routes = OpenRoutes(None, dataclasses.replace(LIMITS, schema=1))  # type: ignore[arg-type]
    assert routes.is_open("GET", "/openapi.json") and not routes.is_open("POST", "/openapi.json")
    assert error_templates("zh-CN")["there is nothing at this address"]
