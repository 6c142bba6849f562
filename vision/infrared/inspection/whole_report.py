"""The report of a whole inspection: every picture, one table, and trends of devices by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from vision.infrared.inspection.kept import Inspection, Kept
from vision.infrared.inspection.report import (
    HEADS,
    Translate,
    air,
    embedded,
    level_cell,
    now,
    page,
    remarks,
    row,
    shown,
    table,
)
from vision.infrared.inspection.result import Result
from vision.infrared.inspection.thermal import LEVELS
from vision.infrared.thermogram.photograph import opened

WIDE, HIGH = 360, 90  # px of a trend
PHOTO = 480  # px of a photograph's longer side
MORE = """
section { break-before: page; } section:first-of-type { break-before: auto; }
.pair { display: flex; gap: 1rem; flex-wrap: wrap; align-items: flex-start; }
.pair img { max-width: min(100%, 28rem); }
"""


@dataclass(frozen=True)
class Point:
    """A device on one day."""

    day: str
    highest: float
    rise: float  # K above the air
    level: str


def trends(inspection: Inspection, results: Sequence[Result]) -> dict[str, list[Point]]:
    """Return the devices that come again under their name on another day, in order of the days."""
    found: dict[str, list[Point]] = {}
    for entry, result in zip(inspection.kept, results, strict=True):
        for name, instance in zip(entry.called, result.instances, strict=True):
            if name and entry.day and instance.reading:
                highest = instance.reading.highest
                found.setdefault(name, []).append(Point(
                    entry.day, highest, highest - (result.air or 0.0),
                    instance.verdict.level if instance.verdict else ""))
    return {name: sorted(points, key=lambda point: point.day) for name, points in found.items()
            if len({point.day for point in points}) > 1}


def html(inspection: Inspection, results: Sequence[Result], translate: Translate = str) -> str:
    """Return the report as a page that needs nothing else."""
    t = translate
    sections = "\n".join(section(number, entry, result, t) for number, (entry, result)
                         in enumerate(zip(inspection.kept, results, strict=True), 1))
    return page(f"""<p>{now()} · {escape(t("Thermograms"))}: {len(inspection.kept)}</p>
{summary(inspection, results, t)}
{trend_part(trends(inspection, results), t)}
{sections}""", t, style=MORE)


def summary(inspection: Inspection, results: Sequence[Result], t: Translate) -> str:
    """Return all devices of all thermograms that are not normal, the gravest first."""
    found = [(LEVELS.index(each.verdict.level), number, entry, place, each)
             for number, (entry, result) in enumerate(zip(inspection.kept, results, strict=True), 1)
             for place, each in enumerate(result.instances) if each.verdict]
    grave = sorted((one for one in found if one[0]), key=lambda one: (-one[0], one[1], one[3]))
    if not grave:
        return f"<p>{escape(t('No device exceeds a limit.'))}</p>"
    rows = [
        f"<tr><td>{number} {escape(entry.name)}</td>"
        f"<td>{place + 1} {escape(each.title(t))} {escape(entry.called[place])}</td>"
        f"<td>{each.reading.highest if each.reading else 0:.1f}</td>"
        f"<td>{level_cell(each.verdict.level if each.verdict else '', t)}</td>"
        f"<td>{escape(each.verdict.reason.sentence(t)) if each.verdict else ''}</td></tr>"
        for _, number, entry, place, each in grave]
    return table(("Thermogram", "Device", "Highest °C", "Verdict", "Rule"), rows, t)


def section(number: int, entry: Kept, result: Result, t: Translate) -> str:
    """Return one thermogram with its pictures and its table."""
    facts = " · ".join(escape(part) for part in (entry.camera, entry.date[:16].replace("T", " "))
                       if part)
    rows = [row(place, each, t, entry.called[place - 1])
            for place, each in enumerate(result.instances, 1)]
    return f"""<section>
<h2>{number}. {escape(entry.name)}</h2>
<p>{facts}{air(result, t)} · ε {entry.measured.emissivity:g}</p>
<div class="pair">{shown(result, t)}{photograph(result, t)}</div>
{remarks(result, t)}
{table(HEADS, rows, t)}
</section>"""


def photograph(result: Result, t: Translate) -> str:
    """Return the photograph of the same moment, if there is one."""
    import cv2

    photo = opened(result.thermogram.recording)
    if photo is None:
        return ""
    share = min(1.0, PHOTO / max(photo.shape[:2]))
    small = cv2.resize(photo, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return f'<img src="{embedded(small)}" alt="{escape(t("Photograph"))}">'


def trend_part(found: dict[str, list[Point]], t: Translate) -> str:
    """Return the trends: for each name its days, its temperatures, and a line."""
    if not found:
        return ""
    heads = ("Device", "Date", "Highest °C", "Above the air, K", "Verdict")
    parts = []
    for name, points in found.items():
        rows = [f"<tr><td>{escape(name)}</td><td>{point.day}</td>"
                f"<td>{point.highest:.1f}</td><td>{point.rise:+.1f}</td>"
                f"<td>{level_cell(point.level, t)}</td></tr>" for point in points]
        parts.append(table(heads, rows, t) + line(name, points))
    return f"<h2>{escape(t('Trends'))}</h2>{''.join(parts)}"


def line(name: str, points: Sequence[Point]) -> str:
    """Return a device's highest temperatures over the days as a drawn line."""
    days = [datetime.fromisoformat(point.day).toordinal() for point in points]
    low, high = (edge(point.highest for point in points) for edge in (min, max))
    places = [(10 + (WIDE - 20) * (day - days[0]) / max(days[-1] - days[0], 1),
               HIGH - 15 - (HIGH - 30) * (point.highest - low) / max(high - low, 1.0))
              for day, point in zip(days, points, strict=True)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    return (f'<svg viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" role="img" '
            f'aria-label="{escape(name)}"><polyline points="{path}" fill="none" '
            f'stroke="#1d4ed8" stroke-width="2"/>{dots}</svg>')
