"""Fixtures of the tests that look at the app or call its endpoints."""

from tests.ui.running import app_url, whole_page  # noqa: F401
