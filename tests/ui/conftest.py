"""Fixtures of the tests that call the app's endpoints."""

from tests.ui.running import app_url  # noqa: F401
