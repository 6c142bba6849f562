"""Files that appear whole or not at all, and what is said when a disk refuses."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vision.errors import UserError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
WRITERS = ("SafetensorError", "PytorchStreamWriter", "inline_container")  # in what they raise then


def write_atomically(path: Path, content: bytes, lasting: bool = True) -> None:
    """Write a file so that a crash at any moment leaves either the old one or the new one.

    Only what is `lasting` waits until the disk has it.
    """
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def saving(path: Path) -> Iterator[None]:
    """Say in one sentence that a file could not be saved, if the disk is why."""
    try:
        yield
    except OSError as error:
        raise refusal(error, path.name) from error
    except Exception as error:
        if not any(word in f"{type(error).__name__} {error}" for word in WRITERS):
            raise
        raise refusal(OSError(errno.ENOSPC, str(error)), path.name) from error


def refusal(error: OSError, file: str = "") -> UserError:
    """Return in one sentence why the disk did not do what it was asked to."""
    if error.errno in FULL:
        return UserError("the disk is full, so '{file}' could not be saved" if file
                         else "the disk is full",
                         "what was saved before is still there",
                         "free some space and start again", file=file)
    return UserError("'{file}' cannot be read or written ({reason})",
                     "a place where you may read and write is accepted", "choose another",
                     file=file or error.filename, reason=error.strerror)
