"""Pictures to and from an assistant, which has no folder: by name, within a text, and to look at.
"""

from __future__ import annotations

import base64
import binascii
import functools
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import httpx

from vision.errors import UserError, unknown
from vision.ui.server.hidden_paths import OUTSIDE
from vision.ui.server.open_routes import API
from vision.ui.shell.files.own import ASSETS, photograph_folders

FOLDERS = {"segment": "segmentation", "paint": "style", "prune": "pruning", "detect": "infrared"}
PICTURES = (".png", ".jpg")
LARGEST = 2**20  # bytes of a picture that an assistant gets to look at; of others it gets the place


class Refused(Exception):
    """What the page has said instead of an answer."""


@functools.cache
def examples(tool: str) -> dict[str, Path]:
    """Return the pictures that come along for a tool, by their names."""
    folders = [ASSETS / FOLDERS[tool]]
    if tool in ("paint", "prune"):
        folders += map(Path, photograph_folders())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*"))
            if path.suffix in PICTURES}


def how(tool: str) -> str:
    """Return how an assistant names a picture."""
    return (f"as the name of an example ({', '.join(examples(tool))}), as a data: address in "
            f"base64, or as the path that POST {API}/upload has returned")


async def sent(http: httpx.AsyncClient, tool: str, picture: str) -> dict[str, Any]:
    """Return what stands for a picture in a call, after sending it if it comes as a text."""
    path = picture
    if not picture.startswith(OUTSIDE):
        files = {"files": ("picture.png", content_of(tool, picture))}
        reply = await http.post(f"{API}/upload", files=files)
        if reply.status_code != 200:
            raise Refused(reply.text)
        path = reply.json()[0]
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def content_of(tool: str, picture: str) -> bytes:
    """Return the bytes of a picture that is an example, or within its address."""
    known = examples(tool)
    if picture in known:
        return known[picture].read_bytes()
    if picture.startswith("data:"):
        return decoded(picture)
    near = unknown("", picture, list(known))
    raise UserError("there is no example picture '{name}'", *near.parts[1:], **near.values)


def decoded(address: str) -> bytes:
    """Return the bytes in a data: address."""
    head, _, content = address.partition(",")
    try:
        plain = unquote_to_bytes(content)
        return base64.b64decode(plain, validate=True) if head.endswith(";base64") else plain
    except binascii.Error as error:
        raise UserError("this picture is not readable base64", "",
                        "send it again as a data: address") from error


def file_of(output: Any) -> dict[str, Any] | None:
    """Return the file in an action's output, if it is one."""
    file = output.get("value", output) if isinstance(output, dict) else None
    return file if isinstance(file, dict) and file.get("path") else None


async def fetched(http: httpx.AsyncClient, file: dict[str, Any], types: Any) -> list[Any]:
    """Return a file as an assistant gets it: where it is, and what is to be seen."""
    found = [types.TextContent(type="text", text=str(file.get("url") or file["path"]))]
    reply = await http.get(f"{API}/file={quote(file['path'])}")
    kind = reply.headers.get("content-type", "")
    if reply.status_code == 200 and kind.startswith("image/") and len(reply.content) <= LARGEST:
        text = base64.b64encode(reply.content).decode()
        found.insert(0, types.ImageContent(type="image", data=text, mimeType=kind))
    return found
