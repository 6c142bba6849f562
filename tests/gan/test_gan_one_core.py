"""Small games have one core, and leave the number of threads of all others as it was."""

from __future__ import annotations

import threading

import pytest
import torch

from vision.gan.lab.one_core import on_one_core


def test_only_the_worker_is_held_to_one_core() -> None:
    usual = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert on_one_core(torch.get_num_threads) == 1
        seen: list[int] = []
        other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        other.start()
        other.join()
        assert [torch.get_num_threads(), *seen] == [3, 3]
        assert on_one_core(torch.get_num_threads) == 1
    finally:
        torch.set_num_threads(usual)


def test_answers_and_mistakes_come_back() -> None:
    assert on_one_core(divmod, 7, 3) == (2, 1)
    with pytest.raises(ZeroDivisionError):
        on_one_core(divmod, 1, 0)
