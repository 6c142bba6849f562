"""Any result in JSON's own types."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any


def jsonable(value: Any) -> Any:
    """Return a value as dicts, lists, strings and finite numbers; NaN and infinity become None."""
    if hasattr(value, "as_json"):
        return jsonable(value.as_json())
    if isinstance(value, dict):
        return {str(key): jsonable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.as_posix() if isinstance(value, Path) else value
