"""The app, made once for all tests that look at it, and served once for all that talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

if TYPE_CHECKING:
    import gradio as gr

PATIENCE = 180  # seconds that a busy machine may take to start


@pytest.fixture(scope="session")
def whole_page() -> gr.Blocks:
    """The app as it is made; whoever changes it puts it back."""
    from vision.ui import create_app

    return create_app()


@pytest.fixture(scope="session")
def app_url(whole_page: gr.Blocks) -> Iterator[str]:
    """Serve the app on a free port of this machine and return its address.

    A cut is measured on a tenth of the pictures that a visitor's is. Tests begin when all is there
    that the page opens with, as what one of them replaces must not get into that.
    """
    from vision.ui import launch
    from vision.ui.server.health import WARM
    from vision.ui.tabs.pruning import shared

    app = launch(whole_page, prevent_thread_lock=True, server_name="127.0.0.1", server_port=None)
    assert WARM.wait(PATIENCE)
    with patch.object(shared, "TESTED", shared.TESTED // 10):
        yield app.local_url
    app.close(verbose=False)
