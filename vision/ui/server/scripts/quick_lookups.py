"""Gradio's page finds its parts in tables, where its script searches a tree of a thousand.

The script that holds the tree asks for each part which of all dependencies begin with it, and
walks through the whole tree for each value that an event sends: most of what a browser computes
while this page loads. It is served with these two searches replaced by ones of the same meaning.
The script of another Gradio, which says them in other words, is served as it is.
"""

from __future__ import annotations

import re

from vision.ui.components.page_files import beside

TABLES = f"const {{ partWithId, attachEvents }} = ({beside(__file__, 'quick_lookups.js')})();"
SEARCHES = {  # as the script says them, and what is said instead
    r"function (\w+)\((\w+),(\w+)\)\{if\(\2\.id===\3\)return \2;if\(\2\.children\)"
    r"for\(let (\w+) of \2\.children\)\{let \2=\1\(\4,\3\);if\(\2\)return \2\}return null\}":
        r"function \1(\2,\3){return partWithId(\2,\3)}",
    r"find_attached_events\((\w+),(\w+)\)\{let [^{}]*(?:\{[^{}]*\}[^{}]*)*?,\1\}":
        r"find_attached_events(\1,\2){return attachEvents(\1,\2)}",
}


def with_tables(script: str) -> str:
    """Return a script with tables, or as it is unless it has each search just once."""
    found = [list(re.finditer(search, script)) for search in SEARCHES]
    if any(len(places) != 1 for places in found):
        return script
    for search, instead in SEARCHES.items():
        script = re.sub(search, instead, script)
    return f"{script}\n{TABLES}\n"
