"""The oldest libraries that requirements.txt allows, on the oldest and the newest Python.

`make matrix` makes an environment for each version below `.matrix`, imports the app there and runs
`make check`. A Python that is not on this machine is left out with a sentence. With `--resolve`
nothing is downloaded but what pip needs to say whether the versions fit together.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / ".matrix"
VERSIONS = ("3.10", "3.13")
OLDEST = ("torch", "torchvision", "gradio")


def main() -> int:
    """Check every version that is here; 1 if one of them fails."""
    FOLDER.mkdir(exist_ok=True)
    constraints = FOLDER / "oldest.txt"
    constraints.write_text("".join(f"{line}\n" for line in oldest()))
    failed = []
    for version in VERSIONS:
        python = interpreter(version)
        if python is None:
            print(f"Python {version} is left out, since it is not here: install it with "
                  f"'apt-get install python{version}', 'uv python install {version}' or "
                  f"'pyenv install {version}', then run this again.")
        elif not works(version, python, constraints, "--resolve" in sys.argv):
            failed.append(version)
    print(f"failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def oldest() -> list[str]:
    """Return pip's constraints: the first versions that requirements.txt allows."""
    text = (REPOSITORY / "requirements.txt").read_text("utf-8")
    found = dict(re.findall(r"^([a-z-]+)>=([\d.]+)", text, re.MULTILINE))
    return [f"{name}=={found[name]}.*" for name in OLDEST]


def interpreter(version: str) -> str | None:
    """Return a Python of this version that starts: on the path, of pyenv, or of uv."""
    candidates = [f"python{version}", *sorted(map(str, Path.home().glob(
        f".pyenv/versions/{version}.*/bin/python")))]
    if shutil.which("uv"):
        done = subprocess.run(["uv", "python", "find", version], capture_output=True, text=True,
                              check=False)
        candidates.append(done.stdout.strip())
    return next((python for python in candidates if python and shutil.which(python)
                 and subprocess.run([python, "--version"], capture_output=True,
                                    check=False).returncode == 0), None)


def works(version: str, python: str, constraints: Path, only_resolve: bool) -> bool:
    """Return whether the app can be imported, and `make check` passes, with the oldest versions."""
    folder = FOLDER / version
    print(f"Python {version}: {', '.join(constraints.read_text().split())}", flush=True)
    if only_resolve:
        return passed(python, "-m", "venv", folder) and passed(
            folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--dry-run",
            "--ignore-installed", "-r", "requirements-dev.txt", "-c", constraints)
    make = ("make", f"VENV={folder}", f"PYTHON={python}",
            f"PIP={folder}/bin/python -m pip install --quiet --constraint {constraints}")
    return (passed(*make, f"{folder}/.installed-dev")
            and passed(folder / "bin" / "python", "-c", "import app; app.create_app()")
            and passed(*make, "check"))


def passed(*words: object) -> bool:
    """Run a command in the repository and return whether it went well."""
    done = subprocess.run([str(word) for word in words], cwd=REPOSITORY, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
