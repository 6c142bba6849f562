"""What browsers may do with the page: load nothing from elsewhere, serve no other site."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.ui.server.small_page import API, body
from vision.ui.server.limits import Limits
from vision.ui.server.scripts.languages import scripts
from vision.ui.server.security_headers import SecurityHeaders, page_policy

ELSEWHERE = {"origin": "https://evil.example", "host": "lab.example"}
CALL = f"{API}/run/predict"


@pytest.mark.parametrize("path", ["/config", f"{API}/info", "/nowhere", f"{API}/file=/etc/passwd"])
def test_every_answer_tells_browsers_to_be_careful(http: TestClient, path: str) -> None:
    headers = http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff" and "server" not in headers
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "sandbox" in policy if "file=" in path else "default-src 'self'" in policy


def test_gradios_scripts_come_with_few_words(http: TestClient) -> None:
    script = next(iter(scripts()))
    headers = http.get(f"/assets/plain/{script}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in headers and "etag" not in headers


def test_the_page_may_be_shown_in_frames_of_spaces_and_of_those_named() -> None:
    assert page_policy(Limits().frames).endswith(
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space")
    assert page_policy("https://school.example").endswith(
        "frame-ancestors 'self' https://school.example")


def test_a_space_may_ask_how_it_fares(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "huggingface" not in page_policy("").split("frame-ancestors")[0]
    monkeypatch.setenv("SPACE_ID", "lab/vision")
    assert "connect-src 'self' data: blob: https://huggingface.co" in page_policy("")


def test_scripts_of_other_sites_read_nothing_and_send_nothing(http: TestClient) -> None:
    reply = http.get("/config", headers=ELSEWHERE)
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]
    asked_first = http.options(CALL, headers={**ELSEWHERE,
                                              "access-control-request-method": "POST"})
    assert not [name for name in asked_first.headers if name.startswith("access-control")]
    sent = http.post(CALL, json=body(["a"]), headers={**ELSEWHERE,
                                                      "sec-fetch-site": "cross-site"})
    assert sent.status_code == 403 and "another site" in sent.json()["error"]
    own = http.post(CALL, json=body(["a"]), headers={"sec-fetch-site": "same-origin"})
    assert own.json()["data"] == ["a"]


def test_a_site_that_is_named_may_call() -> None:
    from gradio.routes import App
    from starlette.testclient import TestClient

    from tests.ui.server.small_page import small_page

    door = SecurityHeaders(App.create_app(small_page()), Limits(origins="https://evil.example"))
    with TestClient(door) as http:
        sent = http.post(CALL, json=body(["a"]), headers={**ELSEWHERE,
                                                          "sec-fetch-site": "cross-site"})
        assert sent.json()["data"] == ["a"]
        assert sent.headers["access-control-allow-origin"] == "https://evil.example"
