"""The command line: python -m vision SYSTEM VERB [flags]."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Sequence

import vision
from vision.errors import UserError, tell, unknown
from vision.files.atomic_files import refusal
from vision.files.jsonable import jsonable
from vision.gpu_fallback import lacks_memory, too_little_memory
from vision.malloc_tuning import keep_little
from vision.options import Verb, parse


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 for a mistake of the user."""
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except UserError as error:
        return tell(error)
    except KeyboardInterrupt:
        print("Stopped; run the same command again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        return tell(refusal(error))
    except (RuntimeError, MemoryError) as error:
        if not lacks_memory(error):
            raise
        return tell(too_little_memory())
    finally:
        if "RANK" in os.environ:  # one of several processes
            importlib.import_module("vision.training.distributed").leave()


def systems() -> list[str]:
    """Return the packages below `vision` that list verbs; the page is not asked, it is slow."""
    found = [module.name for module in pkgutil.iter_modules(vision.__path__)
             if module.ispkg and module.name != "ui"]
    return [name for name in found if hasattr(importlib.import_module(f"vision.{name}"), "VERBS")]


def _run(words: list[str]) -> int:
    flags = ("-h", "--help")
    if not words or words[0] in flags:
        return _list("python -m vision SYSTEM VERB [flags]", _summaries())
    system = _choose("system", words[0], systems())
    package = importlib.import_module(f"vision.{system}")
    if len(words) == 1 or words[1] in flags:
        return _list(f"python -m vision {system} VERB [flags]",
                     {verb: summary for verb, (_, summary) in package.VERBS.items()})
    name = _choose("verb", words[1], list(package.VERBS))
    module = importlib.import_module(f"vision.{system}.{package.VERBS[name][0]}")
    return _answer(module.VERB, f"python -m vision {system} {name}", words[2:])


def _summaries() -> dict[str, str]:
    return {name: (importlib.import_module(f"vision.{name}").__doc__ or "").splitlines()[0]
            for name in systems()}


def _choose(kind: str, name: str, known: list[str]) -> str:
    if name not in known:
        raise unknown(kind, name, known)
    return name


def _list(usage: str, lines: dict[str, str]) -> int:
    print(f"usage: {usage}\n")
    width = max(map(len, lines))
    for name, summary in lines.items():
        print(f"  {name:{width}}  {summary}")
    return 0


def _answer(verb: Verb, program: str, flags: list[str]) -> int:
    config, as_json = parse(verb, program, flags)
    answer = verb.run(config)
    if os.environ.get("RANK", "0") == "0":  # of several processes the first one speaks
        print(json.dumps(jsonable(answer), ensure_ascii=False) if as_json else answer, flush=True)
    return 0


if __name__ == "__main__":
    keep_little()
    sys.exit(main())
