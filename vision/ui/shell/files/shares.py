"""How much each address has sent within the hour that uploads stay, so that none takes all room."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from vision.ui.server.limits import LIMITS

MB = 2**20
MINUTES = 60  # as long as what was sent is kept


@dataclass
class Shares:
    """The bytes that each address has sent in each of the last minutes."""

    most: float = LIMITS.sent_mb_per_address * MB
    sent: dict[int, Counter[str]] = field(default_factory=dict)  # by minute

    def add(self, address: str, size: int) -> None:
        """Count what an address has just sent."""
        self.sent.setdefault(minute(), Counter())[address] += size

    def spent(self, address: str) -> bool:
        """Return whether an address has sent more than its share; what is old does not count."""
        first = minute() - MINUTES
        for old in [each for each in self.sent if each < first]:
            del self.sent[old]
        return sum(each[address] for each in self.sent.values()) > self.most


def minute() -> int:
    """Return which minute it is."""
    return int(time.monotonic() // 60)


SHARES = Shares()
