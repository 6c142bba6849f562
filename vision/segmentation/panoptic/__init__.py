"""Things and stuff in one picture: its segments, their quality, and what streets give."""
