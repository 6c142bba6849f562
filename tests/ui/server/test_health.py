"""Who runs the page can ask whether it lives, whether it is warm, and what its queue has done."""

from __future__ import annotations

import dataclasses
import re
import threading
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from starlette.testclient import TestClient

from tests.ui.server.small_page import API
from vision.ui.server import ending, health, open_routes
from vision.ui.server.http_server import with_doors
from vision.ui.server.limits import LIMITS


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page serve its measures."""
    defaults = open_routes.OpenRoutes.__init__.__defaults__
    assert defaults == (LIMITS,)
    monkeypatch.setattr(open_routes.OpenRoutes.__init__, "__defaults__",
                        (dataclasses.replace(LIMITS, metrics=1),))


def measures(http: TestClient) -> dict[str, float]:
    """Return what a page tells of its calls."""
    reply = http.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert len(re.findall(r"^# TYPE vision_calls_\w+ (?:gauge|counter)$", reply.text, re.M)) == 5
    return {name: float(value) for name, value
            in re.findall(r'^vision_calls_(\w+\{action="\w+"\}) (\S+)$', reply.text, re.M)}


def busy_page(go_on: threading.Event) -> gr.Blocks:
    """Return a page with an action that waits, one that fails, and a private one."""
    def wait(text: str) -> str:
        go_on.wait(30)
        if text == "wrong":
            raise gr.Error("that is wrong", print_exception=False)
        return text

    with gr.Blocks() as page:
        text = gr.Textbox()
        text.submit(wait, text, text, api_name="segment", concurrency_limit=1)
        text.change(wait, text, text, api_visibility="undocumented", api_name="aside")
        text.blur(wait, text, text, api_visibility="undocumented", api_name="learn",
                  concurrency_id="train")
    return page


def test_it_tells_what_waits_works_and_has_ended(metrics: None) -> None:
    go_on = threading.Event()
    with TestClient(with_doors(App.create_app(busy_page(go_on)))) as http:
        http.get(f"{API}/startup-events")

        def join(action: str, text: str) -> Any:
            sent = http.post(f"{API}/call/{action}", json={"data": [text]})
            return f"{API}/call/{action}/{sent.json()['event_id']}"

        asked = [join("segment", "right"), join("segment", "wrong"), join("aside", "right"),
                 join("learn", "right")]
        for _ in range(2000):
            if str(now := measures(http)).count("running") == 2:
                break
        assert now == {'running{action="segment"}': 1, 'waiting{action="segment"}': 1,
                       'waiting{action="other"}': 1, 'running{action="train"}': 1}
        go_on.set()
        for each in asked:
            assert "event: " in http.get(each).text
        ended = measures(http)
        assert ended['done_total{action="segment"}'] == ended['failed_total{action="segment"}'] == 1
        assert ended['done_total{action="train"}'] == ended['done_total{action="other"}'] == 1
        assert ended['seconds_total{action="segment"}'] > 0
        assert not any(name.startswith("waiting") for name in ended)


def test_a_counter_goes_on_beyond_a_million() -> None:
    told = "".join(health.lines({name: {"segment": 1_234_567.5} for name in health.TOLD}))
    assert told.count('{action="segment"} 1234567.5\n') == len(health.TOLD)


def test_measures_are_told_only_when_that_is_wished() -> None:
    with TestClient(with_doors(App.create_app(busy_page(threading.Event())))) as http:
        assert http.get("/metrics").status_code == 404


def test_it_lives_before_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    warm, ends = threading.Event(), threading.Event()
    monkeypatch.setattr(health, "WARM", warm)
    monkeypatch.setattr(ending, "ENDING", ends)
    with TestClient(with_doors(App.create_app(busy_page(threading.Event())))) as http:
        assert http.get("/healthz").text == "alive\n"
        assert http.get("/readyz").status_code == 503
        warm.set()
        assert (http.get("/readyz").status_code, http.get("/readyz").text) == (200, "ready\n")
        ends.set()
        assert http.get("/readyz").status_code == 503 and http.get("/healthz").status_code == 200
