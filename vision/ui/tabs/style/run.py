"""The main action: paint, show it while it forms, and listen to sliders and buttons meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision.ui.components.friendly import friendly
from vision.ui.components.html import note
from vision.ui.components.pictures import LONGEST_SIDE, for_screen, needed
from vision.ui.server.queue_limits import others_wait
from vision.ui.shell.answers.shared import comes_along
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import BUDGET, within_memory
from vision.ui.shell.zero_gpu import ZERO
from vision.ui.tabs.style import gpu_frames
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.memory import (
    PAINTINGS,
    bytes_of,
    decoding_of,
    double_size,
    needs_of,
    new_size,
    rest_size,
    same_size,
    stays,
)
from vision.ui.tabs.style.regions import masks_of, style_path
from vision.ui.tabs.style.shared import curves, facts, needed_style
from vision.ui.tabs.style.studio import Studio

if TYPE_CHECKING:
    from vision.style.scene import Region
    from vision.style.settings import Settings
    from vision.style.transfer import Controls, Frame

EVERY = 0.45  # seconds from one frame on the page to the next
CROWD = 4  # paintings at once that are shown as often as that; more share the time
AT_ONCE = 32  # paintings that go on; they take turns, a frame each
LONGEST_PAUSE = 120  # seconds
SHORTEST_PAUSE = 3  # seconds, which is as long as it lasts when others wait
PLACES = "style"  # what paintings wait for
PAINTING: set[Studio] = set()  # what goes on
MORE = 100  # steps of "go on"
REFINING = 60  # steps at double size
Answer = tuple[Any, ...]  # picture, numbers, moment, PNG, animation, JSON


@dataclass(frozen=True, eq=False)
class Pictures:
    """What a visitor has chosen to paint, decoded."""

    content: np.ndarray  # uint8 (H, W, 3)
    styles: list[np.ndarray]
    mask: np.ndarray | None  # uint8 (H, W)
    others: tuple[Region, ...] = ()  # with styles of their own
    everybodys: bool = False  # whether all come along with the page

    @classmethod
    def of(cls, content: str | None, style: str | None, second: str | None,
           region: dict[str, Any] | None, brushes: tuple[str, ...] = (),
           longest: int = LONGEST_SIDE) -> Pictures:
        """Return the pictures of these files; a photograph is no larger than it will be painted.

        `brushes` names the styles of all brushes but the first, which paints the chosen one.
        """
        from vision.images import read_picture, upright_size
        from vision.style.data import check_shape
        from vision.style.scene import Region

        styles = [needed_style(style), *([second] if second else [])]
        for path in (needed(content), *styles):
            check_shape(*upright_size(path))
        photograph = read_picture(needed(content), longest)
        first, *masks = masks_of(region, photograph)
        others = (Region((read_picture(style_path(name), LONGEST_SIDE),), mask)
                  for name, mask in zip(brushes, masks, strict=False) if mask is not None)
        return cls(photograph, [read_picture(path, LONGEST_SIDE) for path in styles], first,
                   tuple(others), all(map(comes_along, (needed(content), *styles))))


@friendly
@low_priority
@within_memory(stays(new_size), PAINTINGS)
def stylize(studio: Studio, content: str | None, style: str | None, second_style: str | None,
            region: dict[str, Any] | None, content_power: float, style_power: float,
            tv_power: float, preset: str, size: float, steps: float, blend: float, colours: str,
            start: str, optimizer: str, learning_rate: float, content_layers: list[int],
            style_layers: list[int], style_scale: float, pooling: str, seed: float,
            extractor: str, blue: str, green: str, request: gr.Request) -> Iterator[Answer]:
    """Paint a picture in the style of another, and show it while it forms.

    Args:
        content: the picture to paint
        style: the picture whose style it gets
        second_style: another style to blend in, or nothing
        region: what an editor's layers paint, or nothing
        content_power: the content's weight as a power of ten; -3 stands for 0
        style_power: the style's weight as a power of ten; -3 stands for 0
        tv_power: the smoothness's weight as a power of ten; -3 stands for 0
        preset: fast, single or book
        size: of the longer side, in pixels
        steps: of all passes together
        blend: the second style's share, from 0 to 1
        colours: whose colours it gets
        start: what it starts from
        optimizer: adam or lbfgs
        learning_rate: of the optimizer
        content_layers: the numbers of the layers where the content is compared
        style_layers: the numbers of the layers where the style is compared
        style_scale: of the style picture
        pooling: how the network pools
        seed: of the noise
        extractor: the network that looks
        blue: the style of the blue brush
        green: the style of the green brush

    Returns:
        the picture and the numbers as they change, at the end the PNG and the animation as
        files, and the losses as JSON
    """
    chosen = Chosen(content_power, style_power, tv_power, preset, size, steps, blend, colours,
                    start, optimizer, learning_rate, content_layers, style_layers, style_scale,
                    pooling, seed, extractor, blue, green)
    with BUDGET.holding(decoding_of(content)):
        pictures = Pictures.of(content, style, second_style, region, chosen.brushes)
    yield from paint(studio, pictures, chosen.settings(), extractor, request, afresh=True)


@friendly
def painting(content: str | None, style: str | None, content_power: float, style_power: float,
             tv_power: float, size: float, steps: float, seed: float, request: gr.Request
             ) -> tuple[str, dict[str, Any]]:
    """Paint a picture in the style of another, and return the finished painting.

    Args:
        content: the picture to paint
        style: the picture whose style it gets
        content_power: the content's weight as a power of ten; -3 stands for 0
        style_power: the style's weight as a power of ten; -3 stands for 0
        tv_power: the smoothness's weight as a power of ten; -3 stands for 0
        size: of the longer side, in pixels
        steps: of all passes together
        seed: of the noise

    Returns:
        the painting as a PNG, and the losses as JSON
    """
    from vision.images import write_png

    chosen = Chosen(content_power, style_power, tv_power, size=size, steps=steps, seed=seed)
    studio = Studio()
    *_, last = stylize(studio, content, style, None, None, *vars(chosen).values(), request)
    return str(write_png(new_folder() / "painting.png", studio.painted())), last[-1]


@friendly
@low_priority
@within_memory(stays(same_size), PAINTINGS)
def go_on(request: gr.Request, studio: Studio, content: str | None, style: str | None,
          second: str | None, region: dict[str, Any] | None, *controls: Any) -> Iterator[Answer]:
    """Paint a hundred steps more."""
    chosen = Chosen(*controls)
    needs = needs_of(chosen.extractor, chosen.optimizer)
    settings = studio.longer(chosen.settings(), MORE, 1, needs)
    pictures = Pictures.of(content, style, second, region, chosen.brushes)
    yield from paint(studio, pictures, settings, chosen.extractor, request)


@friendly
@low_priority
@within_memory(stays(double_size), PAINTINGS)
def refine(request: gr.Request, studio: Studio, content: str | None, style: str | None,
           second: str | None, region: dict[str, Any] | None, *controls: Any) -> Iterator[Answer]:
    """Go on at double size, in the end as large as a print."""
    chosen = Chosen(*controls)
    needs = needs_of(chosen.extractor, chosen.optimizer)
    settings = studio.longer(chosen.settings(), REFINING, 2, needs)
    pictures = Pictures.of(content, style, second, region, chosen.brushes,
                           max(settings.sides[-1], LONGEST_SIDE))
    yield from paint(studio, pictures, settings, chosen.extractor, request)


@friendly
@low_priority
@within_memory(stays(rest_size), PAINTINGS)
def resume(request: gr.Request, studio: Studio, content: str | None, style: str | None,
           second: str | None, region: dict[str, Any] | None, *controls: Any) -> Iterator[Answer]:
    """Paint what a pause has left when it let others in."""
    chosen, rest = Chosen(*controls), studio.rest
    if rest:
        pictures = Pictures.of(content, style, second, region, chosen.brushes,
                               max(*rest.sides, LONGEST_SIDE))
        yield from paint(studio, pictures, rest, chosen.extractor, request)


def paint(studio: Studio, pictures: Pictures, settings: Settings, extractor: str,
          request: gr.Request | None, afresh: bool = False) -> Iterator[Answer]:
    """Run one transfer for a session; a page that is closed ends it and frees what it kept."""
    studio.runs += 1
    try:
        yield from painted(studio, pictures, settings, extractor, request, afresh)
    finally:
        studio.runs -= 1


def painted(studio: Studio, pictures: Pictures, settings: Settings, extractor: str,
            request: gr.Request | None, afresh: bool) -> Iterator[Answer]:
    """Run it once the one before has ended."""
    with studio.busy:
        try:
            PAINTING.add(studio)
            start = studio.begin(afresh)
            frames = frames_of(studio.controls, pictures, settings, extractor, start)
            if afresh:  # what was painted before stays until a new painting can begin
                studio.clear()
            yield from shown(studio, frames, settings, request)
        except GeneratorExit:
            studio.clear()
            raise
        finally:
            PAINTING.discard(studio)
            studio.end()


def frames_of(controls: Controls, pictures: Pictures, settings: Settings, extractor: str,
              start: np.ndarray | None) -> Iterator[Frame]:
    """Return the frames of a transfer, which others may follow if they ask for the same."""
    from vision.style.data import size_at
    from vision.ui.tabs.style import shared_run

    def begin(wanted: Settings, controls: Controls, picture: np.ndarray | None
              ) -> Iterator[Frame]:
        return gpu_frames.frames(extractor, pictures.content, pictures.styles, wanted, controls,
                                 pictures.mask, start if picture is None else picture,
                                 pictures.others)

    begins = shared_run.Beginning(begin, bytes_of(
        *size_at(pictures.content, max(settings.sides)), needs_of(extractor, settings.optimizer)))
    plain = pictures.mask is None and not pictures.others and start is None
    if ZERO or not plain or shared_run.steered(controls, settings):
        return shared_run.frames_of(begins.run(settings, to=controls))
    asked = shared_run.question(extractor, pictures.content, pictures.styles, settings)
    run = shared_run.join(asked, lambda: begins.run(settings), pictures.everybodys)
    return shared_run.follow(run, settings, controls, begins)


def shown(studio: Studio, frames: Any, settings: Settings, request: gr.Request | None
          ) -> Iterator[Answer]:
    """Show the frames of a transfer as often as a page can use them, then its files."""
    from vision.images import write_png

    past, marks, seconds, then = studio.curves, studio.marks, studio.seconds, 0.0
    frame: Frame | None = None
    alive = time.monotonic()
    try:
        for frame in frames:
            if not frame.paused:
                studio.keep(frame)
                alive = time.monotonic()
            elif time.monotonic() - alive > longest_pause():
                studio.let_go(settings, frame.step)
            studio.curves = np.concatenate([past, frame.curves])
            studio.marks = [*marks, *([len(past)] if len(past) else []),
                            *(len(past) + step for step in frame.marks)]
            studio.seconds = seconds + frame.seconds
            if time.monotonic() - then > EVERY * max(len(PAINTING) / CROWD, 1):
                then = time.monotonic()
                yield (for_screen(frame.picture), numbers(studio, frame, len(past), request),
                       *[gr.skip()] * 4)
    except Exception:
        if frame is not None:  # what failed has no time left
            told_last = numbers(studio, over(studio, frame), len(past), request)
            yield gr.skip(), told_last, *[gr.skip()] * 4
        raise
    if frame is None:
        return
    frame = over(studio, frame)
    folder = new_folder()
    png = write_png(folder / "painting.png", frame.picture)
    done = (for_screen(frame.picture), numbers(studio, frame, len(past), request),
            gr.Slider(value=1), gr.DownloadButton(value=str(png), visible=True))
    yield (*done, gr.skip(), report(studio, frame))
    film = studio.film.write(folder / "painting.gif", frame.picture)
    yield (*done, gr.DownloadButton(value=str(film), visible=True), report(studio, frame))


def longest_pause() -> float:
    """Return for how many seconds a run may be held."""
    return SHORTEST_PAUSE if others_wait(PLACES) else LONGEST_PAUSE


def over(studio: Studio, frame: Frame) -> Frame:
    """Return the last frame of a run: no time is left, and only what can go on is paused."""
    return replace(frame, seconds_left=0.0, paused=studio.rest is not None)


def numbers(studio: Studio, frame: Frame, before: int, request: gr.Request | None) -> str:
    """Return step, time left, losses and their curves."""
    return told(frame, studio.curves, studio.marks, before, request)


def told(frame: Frame, losses: np.ndarray, marks: list[int], before: int,
         request: gr.Request | None) -> str:
    """Return what is said of a frame whose run has had these losses (step, 3) so far."""
    said = note(f"style.{frame.notice}", request) if frame.notice else ""
    plot = curves(losses, marks, before + frame.total, request)
    return facts(frame, before, request) + said + plot


def report(studio: Studio, frame: Frame) -> dict[str, Any]:
    """Return how a painting ended, in plain types."""
    height, width = frame.picture.shape[:2]
    return {"height": height, "width": width, "steps": len(studio.curves),
            "seconds": studio.seconds, "losses": frame.losses, "notice": frame.notice}
