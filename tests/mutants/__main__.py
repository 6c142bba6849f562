"""Count how many small changes of the files that teach the tests notice: `make mutants`."""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # forks are safe, and do not fight for the cores

from tests.mutants.mutations import Mutant, mutants
from tests.mutants.swap import REPOSITORY
from tests.mutants.targets import TARGETS, Target
from tests.mutants.warm import FOREIGN, bring, try_mutants

LEAST = 0.9  # of the mutants of each file
REASONS = Path(__file__).with_name("survivors.txt")


def main() -> int:
    """Mutate the chosen files; 1 if too few mutants of one of them are noticed."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of file names; none is all")
    parser.add_argument("--lines", type=int, nargs="*", help="only the mutants of these lines")
    parser.add_argument("--most", type=int, default=1000, help="mutants a file, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    given = parser.parse_args()
    chosen = dict.fromkeys(target for part in given.files or [""] for target in TARGETS
                           if part in target.file)
    bring(FOREIGN)  # once, not for each file
    rows = [noticed(target, given) for target in chosen]
    print("\n| file | mutants | killed | survivors |\n| --- | --- | --- | --- |")
    for target, made, alive in rows:
        print(f"| `{target.file}` | {made} | {1 - alive / max(made, 1):.1%} | {alive} |")
    return 0 if rows and all(alive <= (1 - LEAST) * made for _, made, alive in rows) else 1


def noticed(target: Target, given: argparse.Namespace) -> tuple[Target, int, int]:
    """Return how many mutants a file has and how many no test notices, and print those."""
    start = processor_seconds()
    made = [mutant for mutant in mutants(REPOSITORY / "vision" / target.file, target.only)
            if not given.lines or mutant.line in given.lines]
    if len(made) > given.most:
        made = random.Random(given.seed).sample(made, given.most)
    name = ".".join(("vision", *Path(target.file).with_suffix("").parts))
    ends = try_mutants(name, REPOSITORY / "vision" / target.file,
                       [str(REPOSITORY / "tests" / test) for test in target.tests], made,
                       given.jobs)
    alive = [mutant for mutant, end in zip(made, ends, strict=True) if end == 0]
    share = 1 - len(alive) / max(len(made), 1)
    print(f"{'ok ' if share >= LEAST else 'LOW'} {share:6.1%} of {len(made):3} in {target.file}, "
          f"{processor_seconds() - start:.0f} s of one core", flush=True)
    tell(target, alive)
    if not given.lines and len(made) < given.most:
        tell_outdated(target, alive)
    return target, len(made), len(alive)


def processor_seconds() -> float:
    """Return for how long the forks that have ended kept a core busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(target: Target, alive: list[Mutant]) -> None:
    """Print the mutants that no test notices, each with the reason why it may live."""
    reasons = read_reasons()
    for mutant in alive:
        key = f"{target.file} | {mutant.function} | {mutant.change}"
        print(f"  line {mutant.line}: {key}\n      {reasons.get(key, 'NO REASON GIVEN')}",
              flush=True)


def tell_outdated(target: Target, alive: list[Mutant]) -> None:
    """Print the reasons whose mutant is gone or is noticed by now."""
    lives = {f"{target.file} | {mutant.function} | {mutant.change}" for mutant in alive}
    for key in read_reasons().keys() - lives:
        if key.startswith(f"{target.file} |"):
            print(f"  no longer needed: {key}", flush=True)


def read_reasons() -> dict[str, str]:
    """Return why survivors may live, by file, function and change."""
    blocks = REASONS.read_text("utf-8").strip().split("\n\n")
    return {key: "\n".join(lines[1:]).strip() for block in blocks
            for lines in [block.splitlines()] for key in lines[:1]}


if __name__ == "__main__":
    sys.exit(main())
