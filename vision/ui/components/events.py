"""How events run that are the page's own: unseen, live, or with a short sign of progress."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
LIVE = {**QUIET, "trigger_mode": "always_last"}  # of many values in a row, the last one counts
BRIEF: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private"}
