"""The app, served once for all tests that talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """Serve the app on a free port of this machine and return its address."""
    from vision.ui import create_app, launch

    app = launch(create_app(), prevent_thread_lock=True, server_name="127.0.0.1",
                 server_port=None)
    yield app.local_url
    app.close(verbose=False)
