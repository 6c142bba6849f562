"""A zip from a stranger: looked at before it is opened, read in place, and never unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from vision.data.datasets import files_at
from vision.errors import UserError, cut

MOST_FILES, MOST_MEGABYTES, LARGEST_MEGABYTES = 4000, 400.0, 64.0
MOST_TIMES = 50  # that all files may be as large as the zip
SMALL = 1e6  # bytes that may be any number of times as large
LONGEST_NAME = 200  # characters
ENTRY = b"PK\1\2"  # begins each entry of a zip's list of files
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def checked_zip(path: Path) -> Path:
    """Return a zip if what it holds is little once unpacked, and has plain names."""
    listed = path.read_bytes().count(ENTRY)  # no more than these are there, whatever it claims
    if listed > 2 * MOST_FILES:
        raise _too_much(listed, 0)
    files_at(path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    packed = path.stat().st_size
    if (len(entries) > MOST_FILES or size > MOST_MEGABYTES * 1e6
            or size > max(MOST_TIMES * packed, SMALL)):
        raise _too_much(len(entries), size / 1e6)
    for entry in entries:
        _check(entry)
    return path


def _too_much(count: int, megabytes: float) -> UserError:
    return UserError("the zip file holds {count} files and {size:.0f} MB",
                     "up to {most} files, {largest:.0f} MB and {times} times the zip's own size "
                     "are accepted", "make it smaller", count=count, size=megabytes,
                     most=MOST_FILES, largest=MOST_MEGABYTES, times=MOST_TIMES)


def _check(entry: zipfile.ZipInfo) -> None:
    """Raise for a file that is large, locked, packed so that it has no bounds, or named oddly."""
    if entry.file_size > LARGEST_MEGABYTES * 1e6:
        raise UserError("the zip's file '{name}' has {size:.0f} MB",
                        "files up to {largest:.0f} MB are accepted", "make it smaller",
                        name=cut(entry.filename), size=entry.file_size / 1e6,
                        largest=LARGEST_MEGABYTES)
    if entry.flag_bits & 1 or entry.compress_type not in METHODS:
        raise UserError("the zip's file '{name}' is locked or packed in a rare way",
                        "plain zips are accepted", "zip it again", name=cut(entry.filename))
    name = PurePosixPath(entry.filename)
    if (len(entry.filename) > LONGEST_NAME or name.is_absolute() or ".." in name.parts
            or "\\" in entry.filename or not entry.filename.isprintable()):
        raise UserError("the zip's file '{name}' has an odd name",
                        "plain names of up to {most} characters are accepted", "zip it again",
                        name=cut(entry.filename), most=LONGEST_NAME)
