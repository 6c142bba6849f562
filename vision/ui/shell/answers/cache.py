"""Answers that are kept for the next who asks: computed once at a time, bounded in bytes.

What belongs to somebody is kept as long as a page of somebody who asked for it is open, and an hour
after it was last given at most.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from typing import Any, TypeVar

from vision.ui.shell.answers.parts import freeze, size_of
from vision.ui.shell.files.uploads import KEPT_SECONDS

MOST = 128 * 2**20  # bytes of all answers that are kept
PATIENCE = 30.0  # seconds that somebody else's answer is waited for
Answer = TypeVar("Answer")


@dataclass(eq=False)
class Kept:
    """An answer: its size, whose it is if not everybody's, and when it was last given."""

    value: Any
    size: int
    owners: set[str] | None
    used: float = field(default_factory=time.monotonic)


class AnswerCache:
    """Answers by their questions, so many bytes of them; those not given for longest go first.

    Who asks what is being computed waits for that answer, or for its error, which is not kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most, self.used = most, 0
        self.kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self.coming: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    def ask(self, question: Hashable, compute: Callable[[], Answer], owner: str | None = None
            ) -> Answer:
        """Return the answer that is known, that somebody computes just now, or that is computed.

        With an `owner` it is kept only as long as those sessions last; "" is nobody who lasts.
        """
        with self._lock:
            if (known := self._known(question, owner)) is not None:
                return known.value
            coming = self.coming.get(question)
            if coming is None:
                mine = self.coming[question] = Future()
        if coming is None:
            return self._computed(question, compute, owner, mine)
        try:
            answer: Answer = coming.result(PATIENCE)
        except Late:
            return compute()
        with self._lock:
            self._known(question, owner)
        return answer

    def known(self, question: Hashable, owner: str | None = None) -> Any:
        """Return an answer if it is known already, None if not."""
        with self._lock:
            return one.value if (one := self._known(question, owner)) else None

    def forget(self, session: str) -> None:
        """Let go of what nobody else but this session has asked for."""
        with self._lock:
            for question, one in list(self.kept.items()):
                if one.owners is not None:
                    one.owners.discard(session)
                    if not one.owners:
                        self._drop(question)

    def _known(self, question: Hashable, owner: str | None) -> Kept | None:
        for old in [name for name, one in self.kept.items() if one.owners is not None
                    and time.monotonic() - one.used > KEPT_SECONDS]:
            self._drop(old)
        if known := self.kept.get(question):
            self.kept.move_to_end(question)
            known.used = time.monotonic()
            if known.owners is not None and owner:
                known.owners.add(owner)
        return known

    def _computed(self, question: Hashable, compute: Callable[[], Answer], owner: str | None,
                  mine: Future[Any]) -> Answer:
        try:
            answer = compute()
            freeze(answer)
            self._keep(question, answer, owner)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(answer)
            return answer
        finally:
            with self._lock:
                del self.coming[question]

    def _keep(self, question: Hashable, answer: Any, owner: str | None) -> None:
        size = size_of(answer)
        if size > self.most or owner == "":
            return
        with self._lock:
            self.kept[question] = Kept(answer, size, None if owner is None else {owner})
            self.used += size
            while self.used > self.most:
                self._drop(next(iter(self.kept)))

    def _drop(self, question: Hashable) -> None:
        self.used -= self.kept.pop(question).size
