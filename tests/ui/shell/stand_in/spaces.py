"""A stand-in for Hugging Face's `spaces` on ZeroGPU: each call runs in a fork of this process.

Like the real one it pickles arguments and results, streams generators, takes any duration, and
of what a call raises hands on `gr.Error` alone; of everything else it tells the name.
"""

from __future__ import annotations

import functools
import inspect
import multiprocessing
from collections.abc import Callable, Iterator
from typing import Any

FORK = multiprocessing.get_context("fork")
DECORATED: dict[str, Callable[..., Any]] = {}
FORKS: dict[int, str] = {}  # process ids of the calls so far, and whose they are


def GPU(duration: int = 60) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that lets a function run in a fork."""
    assert 0 < duration <= 120

    def decorate(work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def stream(*values: Any) -> Iterator[Any]:
            yield from results(work, values)

        @functools.wraps(work)
        def call(*values: Any) -> Any:
            return next(results(work, values))

        DECORATED[named(work)] = work
        return stream if inspect.isgeneratorfunction(work) else call

    return decorate


def named(work: Callable[..., Any]) -> str:
    """Return a function's name with its module's."""
    return f"{work.__module__}.{work.__qualname__}"


def results(work: Callable[..., Any], values: tuple[Any, ...]) -> Iterator[Any]:
    """Yield what a function returns or yields in a fork; what it raises is raised here."""
    asked, answers = FORK.Queue(), FORK.Queue()
    process = FORK.Process(target=answer, args=(work, asked, answers), daemon=True)
    process.start()
    FORKS[process.pid or 0] = named(work)
    asked.put(values)
    try:
        while True:
            kind, content = answers.get(timeout=120)
            if kind == "end":
                return
            if kind == "error":
                import gradio as gr

                raise content if isinstance(content, gr.Error) else gr.Error(
                    type(content).__name__)
            yield content
    finally:
        process.kill()
        process.join()


def answer(work: Callable[..., Any], asked: Any, answers: Any) -> None:
    """Run in the fork: take the arguments, put results."""
    import torch

    torch.set_num_threads(1)
    try:
        found = work(*asked.get())
        for one in found if inspect.isgenerator(found) else [found]:
            answers.put(("value", one))
    except Exception as error:
        answers.put(("error", error))
    answers.put(("end", None))
