"""The report of an inspection: one HTML file with picture, table and rules, ready to print."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from html import escape
from pathlib import Path

import cv2
import numpy as np

from vision.errors import UserError
from vision.files.atomic_files import write_atomically
from vision.infrared.inspection.drawing import COLOURS, marked
from vision.infrared.inspection.result import Instance, Result
from vision.infrared.inspection.thermal import SOURCE

HEADS = ("No.", "Device", "Score", "Highest °C", "Mean °C", "95th percentile °C",
         "Hottest point", "Verdict", "Rule")
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1d2330; background: #fff; }
img { max-width: 100%; image-rendering: auto; border: 1px solid #c8ccd4; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: 14px; }
th, td { border: 1px solid #c8ccd4; padding: .35rem .5rem; text-align: left; vertical-align: top; }
th { background: #eef0f4; }
tr { break-inside: avoid; }
.level { border-left: .5rem solid; padding-left: .5rem; }
@media print { body { margin: 0; max-width: none; } }
"""

Translate = Callable[[str], str]


def html(result: Result, name: str, translate: Translate = str) -> str:
    """Return the report of one thermogram as a page that needs nothing else."""
    t = translate
    rows = [row(number, instance, t) for number, instance in enumerate(result.instances, 1)]
    return page(f"""<p>{escape(name)} · {now()}{air(result, t)}</p>
{shown(result, t)}
{remarks(result, t)}
{table(HEADS, rows, t)}""", t, f": {name}")


def page(body: str, t: Translate, named: str = "", style: str = "") -> str:
    """Return a report's body as a whole page, between its title and the source of its limits."""
    title = escape(t("Thermographic inspection"))
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}{escape(named)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{STYLE}{style}</style></head>
<body>
<h1>{title}</h1>
{body}
<p>{escape(t("Limits"))}: {escape(t(SOURCE))}. \
{escape(t("A finding, not a decision: the rules of the operator come first."))}</p>
</body></html>
"""


def now() -> str:
    """Return the minute in which the report is made."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def shown(result: Result, t: Translate) -> str:
    """Return the thermogram as a picture with what was found in it."""
    picture = embedded(marked(result.thermogram.picture, result.instances))
    alt = escape(t("The thermogram with the devices that were found"))
    return f'<img src="{picture}" alt="{alt}">'


def remarks(result: Result, t: Translate) -> str:
    """Return what should be said about a result as a list."""
    said = "".join(f"<li>{escape(remark.sentence(t))}</li>" for remark in result.remarks())
    return f"<ul>{said}</ul>"


def table(heads: Sequence[str], rows: Sequence[str], t: Translate) -> str:
    """Return rows as a table below their heads."""
    cells = "".join(f"<th scope='col'>{escape(t(head))}</th>" for head in heads)
    lines = "\n".join(rows)
    return f"<table><thead><tr>{cells}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"


def row(number: int, instance: Instance, t: Translate, called: str = "") -> str:
    """Return one device as a row of the table, and how somebody calls it."""
    reading, verdict = instance.reading, instance.verdict
    degrees = [f"{value:.1f}" for value in (reading.highest, reading.mean, reading.p95)
               ] if reading else ["–"] * 3
    place = f"{reading.hottest[0]}, {reading.hottest[1]}" if reading else "–"
    title = f"{instance.title(t)} {called}".strip()
    cells = [str(number), title, f"{instance.score:.2f}", *degrees, place]
    plain = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    rule = escape(verdict.reason.sentence(t)) if verdict else "–"
    return (f"<tr>{plain}<td>{level_cell(verdict.level if verdict else '', t)}</td>"
            f"<td>{rule}{doubt(instance, t)}</td></tr>")


def level_cell(level: str, t: Translate) -> str:
    """Return a level beside its colour; "" is none."""
    colour = "#{:02x}{:02x}{:02x}".format(*COLOURS[level])
    name = escape(t(level)) if level else "–"
    return f"<span class='level' style='border-color:{colour}'>{name}</span>"


def doubt(instance: Instance, t: Translate) -> str:
    """Return how sure a verdict is, if that is known."""
    if instance.certainty is None:
        return ""
    shares = "; ".join(t("{level} in {share} of the draws").format(
        level=t(level), share=f"{100 * share:.0f}%")
        for level, share in instance.certainty.shares.items())
    decides = instance.certainty.decides
    more = "; " + t("what decides it: {factor}").format(factor=t(decides)) if decides else ""
    return f"<br><small>{escape(shares + more)}</small>"


def air(result: Result, t: Translate) -> str:
    """Return the temperature of the air as the report mentions it."""
    return "" if result.air is None else f" · {escape(t('air'))} {result.air:.1f} °C"


def embedded(picture: np.ndarray) -> str:
    """Return a picture (H, W, 3) as an address that holds it whole."""
    _, png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"


def write_report(path: Path, result: Result, name: str) -> Path:
    """Write the report of one thermogram."""
    if path.suffix.lower() not in (".html", ".htm") or path.is_dir():
        raise UserError("'{file}' cannot be written as a report",
                        "a file name that ends in .html is accepted", "change the name",
                        file=path.name)
    write_atomically(path, html(result, name).encode())
    return path
