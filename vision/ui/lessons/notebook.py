"""A tab's script as a Jupyter notebook: its cells, with the lesson's sections between them.

The script is that of *Show the code*; it runs in any folder once Python finds `vision`. What comes
out lies beside the notebook, and each picture is shown under the cell that names its file.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator, Sequence

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from vision import __version__, checkpoints
from vision.errors import UserError

Tell = Callable[..., str]  # from the name of a text, and its values, to the reader's language
OURS = re.compile(  # how a script names a file of the project
    r"""Path\((["'])((?:assets|checkpoints)/[^"']+)\1\)|(["'])((?:assets|checkpoints)/[^"']+)\3""")
CHECKPOINT = re.compile(r"checkpoints/[\w./-]+\.safetensors")
SHOWN = re.compile(r"""(?:LAB / "|"runs/)[^"]+\.(png|jpg|html)\"""")
LOOKS = {"png": "Image(filename={})", "jpg": "Image(filename={})", "html": "FileLink({})"}
SPACES = "https://huggingface.co/spaces"
PYTHON = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(script: str, lesson: str, chapters: Sequence[str], tell: Tell) -> str:
    """Return a script as the text of a notebook.

    `chapters` names, for each section of the lesson, the call before whose cell it stands.
    """
    known = {file: digest for file in sorted(set(CHECKPOINT.findall(script)))
             if (digest := shipped_digest(file))}
    cells = [new_markdown_cell(head(script, known, tell)), new_code_cell(setup()),
             *([new_code_cell(check(known))] if known else []),
             *body(script, sections(lesson), chapters)]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"  # the same settings give the same file
    made = new_notebook(cells=cells, metadata={"kernelspec": PYTHON})
    nbformat.validate(made)
    return nbformat.writes(made)


def head(script: str, known: dict[str, str], tell: Tell) -> str:
    """Return the first words: what this is, how to get the project, the seed, the models."""
    seed = re.search(r"\bseed=(\d+)", script)
    parts = [tell("head"), tell("fetch" if address() else "bring"),
             tell("seed", seed=seed[1]) if seed else tell("no_seed"),
             tell("version", version=__version__)]
    return "\n\n".join([*parts, tell("models"), models(known, tell)] if known else parts)


def models(known: dict[str, str], tell: Tell) -> str:
    """Return a table of the models: file, digest, and with which seed each was trained."""
    rows = [[f"`{file}`", f"`{digest[:16]}…`", str(checkpoints.read_card(place(file)).seed)]
            for file, digest in known.items()]
    top = [tell(name) for name in ("file", "digest", "trained")]
    return "\n".join(f"| {' | '.join(row)} |" for row in [top, ["---"] * len(top), *rows])


def setup() -> str:
    """Return the cell that finds or installs the project, and says where its files lie."""
    clone = f"    !git clone --depth 1 {address()} vision-lab\n" if address() else ""
    return f"""import importlib.util
import sys
from pathlib import Path

from IPython.display import FileLink, Image, display

if importlib.util.find_spec("vision") is None:
{clone}    %pip install --quiet --requirement vision-lab/requirements.txt
    sys.path.insert(0, str(Path("vision-lab").resolve()))

import vision

LAB = Path(vision.__file__).resolve().parents[1]"""


def address() -> str:
    """Return where the project may be fetched from, if it is known."""
    space = os.environ.get("SPACE_ID")
    return f"{SPACES}/{space}" if space else ""


def check(known: dict[str, str]) -> str:
    """Return the cell that compares the models here with those of the page."""
    table = "\n".join(f'    "{file}":\n        "{digest}",' for file, digest in known.items())
    return f"""from vision.checkpoints import digest_of

digests = {{
{table}
}}
{{file: digest_of(LAB / file) == digest for file, digest in digests.items()}}"""


def shipped_digest(file: str) -> str | None:
    """Return the digest of a checkpoint that ships."""
    try:
        return checkpoints.digest_of(place(file))
    except UserError:
        return None


def place(file: str) -> checkpoints.Path:
    """Return where a file of the project lies."""
    return checkpoints.FOLDER.parent / file


def sections(lesson: str) -> list[str]:
    """Return the parts of a lesson, each with its title."""
    return [part.strip() for part in re.split(r"(?m)^(?=### )", lesson) if part.strip()]


def body(script: str, told: Sequence[str], chapters: Sequence[str]) -> Iterator[NotebookNode]:
    """Yield the script's cells, cut where a section of the lesson stands."""
    waiting: list[str] = []
    code = statements(script)
    places = [place_of(call, code) for call in [*chapters, *[""] * len(told)][: len(told)]]
    for number, line in enumerate([*code, ""]):
        here = [text for text, place in zip(told, places, strict=True) if place == number]
        begins = number > 0 and is_import(code[number - 1]) and not is_import(line)
        if waiting and (here or begins or number == len(code)):
            yield new_code_cell(with_pictures("\n".join(waiting)))
            waiting = []
        yield from map(new_markdown_cell, here)
        waiting.append(line)


def statements(script: str) -> list[str]:
    """Return the statements of a script as they are written, each with what stands above it."""
    lines, found, begun = script.splitlines(), [], 0
    for node in ast.parse(script).body:
        found.append("\n".join(lines[begun : node.end_lineno]).rstrip())
        begun = node.end_lineno or begun
    return [found[0], *(each.lstrip("\n") if not is_import(each) else each for each in found[1:])]


def is_import(statement: str) -> bool:
    """Return whether a statement only brings names in."""
    return statement.lstrip().startswith(("import ", "from "))


def place_of(call: str, code: Sequence[str]) -> int:
    """Return the number of the first statement that makes a call; past the end if none does."""
    made = re.compile(rf"\b{re.escape(call)}\(")
    return next((number for number, statement in enumerate(code)
                 if call and made.search(statement)), len(code))


def with_pictures(cell: str) -> str:
    """Return a cell that finds the project's files anywhere, and shows the pictures it names."""
    found = OURS.sub(lambda match: f'LAB / "{match[2] or match[4]}"', cell)
    shown = [f"display({LOOKS[match[1]].format(match[0])})" for match in SHOWN.finditer(found)]
    return "\n".join([found, *dict.fromkeys(shown)])
