"""The app, made once for all tests that look at it, and served once for all that talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

if TYPE_CHECKING:
    import gradio as gr


@pytest.fixture(scope="session")
def whole_page() -> gr.Blocks:
    """The app as it is made; whoever changes it puts it back."""
    from vision.ui import create_app

    return create_app()


@pytest.fixture(scope="session")
def app_url(whole_page: gr.Blocks) -> Iterator[str]:
    """Serve the app on a free port of this machine and return its address.

    A cut is measured on a tenth of the pictures that a visitor's is.
    """
    from vision.ui import launch
    from vision.ui.tabs.pruning import shared

    app = launch(whole_page, prevent_thread_lock=True, server_name="127.0.0.1", server_port=None)
    with patch.object(shared, "TESTED", shared.TESTED // 10):
        yield app.local_url
    app.close(verbose=False)
