"""The colours of everything that is drawn: each can be read on light and on dark."""

from __future__ import annotations

BLUE, ORANGE, GREEN, RED, GREY = "#3b82f6", "#f97316", "#16a34a", "#ef4444", "#808793"
VIOLET, ROSE, TEAL = "#a855f7", "#e11d48", "#0d9488"  # where there are more than four
PALE = "#9aa3b2"  # of what is cut away
ACTION = "#1d4ed8"  # of buttons, and of what is chosen
