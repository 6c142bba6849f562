"""Where a visitor's inspection lies on this server: a folder that only its browser can name."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vision.errors import UserError
from vision.ui.shell.files.quota import TEMPORARY
from vision.ui.shell.files.uploads import new_folder

if TYPE_CHECKING:
    from vision.infrared.inspection.kept import Inspection

KEY = re.compile(r"[0-9a-f]{32}")


def fresh() -> Inspection:
    """Return an empty inspection in a folder of its own, whose name nobody can guess."""
    from vision.infrared.inspection.kept import Inspection

    made = new_folder()  # which also makes room, or says that there is none
    folder = made.with_name(f"{TEMPORARY}kept-{secrets.token_hex(16)}")
    made.rename(folder)
    return Inspection(folder)


def key_of(inspection: Inspection | None) -> str:
    """Return what the browser keeps of an inspection."""
    return inspection.folder.name.rpartition("-")[2] if inspection else ""


def found(key: Any) -> Inspection | None:
    """Return the inspection behind what a browser kept, if it is still there."""
    from vision.infrared.inspection.kept_reader import read_folder

    if not isinstance(key, str) or not KEY.fullmatch(key):
        return None
    folder = Path(tempfile.gettempdir()) / f"{TEMPORARY}kept-{key}"
    try:
        inspection = read_folder(folder)
    except UserError:
        return None
    used(inspection)
    return inspection


def used(inspection: Inspection) -> None:
    """Note that an inspection was used: an hour after its last use it goes."""
    if inspection.folder.is_dir():
        os.utime(inspection.folder)
