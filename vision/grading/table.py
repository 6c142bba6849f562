"""A ranking as rows and as lines."""

from __future__ import annotations

from typing import Any

from vision.grading.graded import Graded


def row_of(rank: int | None, graded: Graded) -> dict[str, Any]:
    """Return a file's line of the table."""
    if rank is None:
        return {"rank": None, "file": graded.file, "refused": str(graded.refused or "no score")}
    interval = graded.interval
    return {"rank": rank, "file": graded.file, "measure": graded.measure,
            "score": interval.value, "low": interval.low, "high": interval.high,
            "architecture": graded.arch, "data": " ".join(graded.data), "steps": graded.steps,
            "weights": graded.weights, "bytes": graded.bytes,
            "same weights as": " ".join(graded.same), "digest": graded.digest}


def line_of(rank: int | None, graded: Graded) -> str:
    """Return a file's line as text."""
    if rank is None:
        return f"   -  {graded.file}: {graded.refused or 'no score'}"
    same = f"  same weights as {', '.join(graded.same)}" if graded.same else ""
    return f"{rank:4}  {graded.file:32}  {graded.measure} {graded.interval}{same}"
