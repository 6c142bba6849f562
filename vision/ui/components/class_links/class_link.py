"""Class links: an address that opens the page with a tab, its settings, its example and its seed.

A tab ends its `build` with `return share("name", {"seed": seed, ...})`; the rest happens here. The
controls of its parts come by themselves: a link holds those that are not as at first.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from re import fullmatch, search
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from gradio.context import Context

from vision.errors import UserError, cut, listed, unknown
from vision.ui.components import lab_sheet, steps
from vision.ui.components.class_links.parts import controls_in, places_in
from vision.ui.components.class_links.values import at_first, decode, encode
from vision.ui.components.friendly import friendly
from vision.ui.components.html import label_of, note
from vision.ui.components.page_files import SCROLL, beside, call
from vision.ui.text import chosen_language, explain, say, say_list, t

AGAIN = "copy it again from the page"
LANGUAGE = "lang"  # in a link; the page reads it before anything else
OPEN = "open"  # in a link: the step, the part or the exercise that is to be seen
Changes = dict[gr.components.Component, dict[str, Any]]
KEPT_BACK: dict[str, dict[str, Any]] = {  # what a teacher may write behind a link, by hand
    "lock": {"interactive": False}, "hide": {"visible": False}}
LONGEST = 2000  # characters of a link's state
ADDRESS = beside(__file__, "address.js")
STATE = beside(__file__, "state.js")
COPY = beside(__file__, "copy.js")
PLACE = f"(tab) => ({beside(__file__, 'place.js')})(({steps.STATE})(tab))"
GO_TO = beside(__file__, "open.js")


@dataclass(frozen=True)
class Shared:
    """What a link holds of one tab: controls by short names, and the pictures some may show.

    Of those named `inner`, which belong to parts, it holds what is not as at first. `places` may be
    opened. `arrived` changes when a link has set the other controls.
    """

    tab: str
    controls: Mapping[str, gr.components.Component]
    pictures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    arrived: gr.State | None = None
    inner: frozenset[str] = frozenset()
    places: Sequence[str] = ()

    def encode(self, values: Sequence[Any], place: str = "", usual: Iterable[str] | None = None
               ) -> tuple[str, list[gr.components.Component]]:
        """Return the values as a link's state, and the controls whose values it cannot hold.

        The `usual` ones, else those of parts, are no part of it where they are as at first.
        """
        texts, at_start = self.texts(values), self.at_first(self.inner if usual is None else usual)
        told = {name: text for name, text in texts.items() if at_start.get(name, ...) != text}
        left_out = [self.controls[name] for name, text in told.items() if text is None]
        held = {name: text for name, text in told.items() if text is not None}
        opened = {OPEN: place} if place in self.places else {}
        return urlencode({"tab": self.tab, **opened, **held}, safe=","), left_out

    def texts(self, values: Sequence[Any]) -> dict[str, str | None]:
        """Return each value as text, None for what a link cannot hold."""
        return {name: encode(control, value, self.pictures.get(name, ()))
                for (name, control), value in zip(self.controls.items(), values, strict=True)}

    def at_first(self, names: Iterable[str]) -> dict[str, str | None]:
        """Return what controls are set to on a fresh page, as texts."""
        return {name: encode(self.controls[name], at_first(self.controls[name]),
                             self.pictures.get(name, ())) for name in names}

    def changes(self, values: Sequence[Any], place: str = ""
                ) -> tuple[str, list[gr.components.Component]]:
        """Return only what differs from the first values as a link's state, and what it lacks."""
        return self.encode(values, place, self.controls)

    def main(self) -> Shared:
        """Return the same without what belongs to parts."""
        return replace(self, inner=frozenset(), places=(), controls={
            name: control for name, control in self.controls.items() if name not in self.inner})

    def decode(self, texts: Mapping[str, str]) -> dict[gr.components.Component, Any]:
        """Return the value of each control that a link sets."""
        for name in texts:
            if name not in self.controls:
                raise UserError("this class link sets '{name}', which '{tab}' does not have",
                                "known are {known}", AGAIN, name=cut(name), tab=self.tab,
                                known=", ".join(self.controls))
        return {self.controls[name]: decode(name, self.controls[name], text,
                                            self.pictures.get(name, ()))
                for name, text in texts.items()}


def share(tab: str, controls: Mapping[str, gr.components.Component],
          pictures: Mapping[str, Sequence[str]] | None = None, arrived: gr.State | None = None
          ) -> Shared:
    """Add the button that copies a link to these controls as they are; return them for the page."""
    inner = controls_in(Context.block, tab, controls)
    shared = Shared(tab, {**controls, **inner}, pictures or {}, arrived, frozenset(inner),
                    places_in(Context.block, tab))
    with gr.Row(elem_classes=["lab-extra"]):
        button = gr.Button(t("app.link_copy"), size="sm", scale=0, min_width=200,
                           elem_id=f"{tab}-link-copy")
        box = gr.Textbox(label=t("app.link"), info=t("app.link_info"), interactive=False,
                         visible=False, elem_id=f"{tab}-link")
    left_out = gr.HTML(elem_id=f"{tab}-link-said", min_height=0)

    @friendly
    def compose(request: gr.Request, address: str | None, *values: Any) -> tuple[Any, str]:
        page, _, place = (address or "").partition("#")
        state, missing = shared.encode(values, place)
        if len(state) > LONGEST:
            raise too_long(state)
        names = say_list((label_of(control, request) for control in missing), request)
        said = note("app.link_left_out", request, names=names) if names else ""
        spoken = chosen_language(request)
        end = f"&{LANGUAGE}={spoken}" if spoken else ""
        return gr.Textbox(value=f"{page}#{state}{end}", visible=True), said

    button.click(compose, [box, *shared.controls.values()], [box, left_out],
                 js=f"(...given) => ({ADDRESS})({call(PLACE, tab)}, ...given)",
                 concurrency_limit=None, show_progress="hidden", api_visibility="private").success(
        None, box, None, js=COPY, queue=False)
    main = shared.main()
    lab_sheet.build(main, lambda state: read(state, {tab: main})[1])
    return shared


def connect(app: gr.Blocks, tabs: gr.Tabs, parts: Sequence[Shared]) -> None:
    """Let the page open as the link says by which it is reached."""
    state, goal = gr.Textbox(visible=False), gr.Textbox(visible=False)
    known = {part.tab: part for part in parts}

    @friendly
    def restore(state: str, request: gr.Request) -> Any:
        if not state or fullmatch(rf"{LANGUAGE}=[^&]*", state):
            return gr.skip()
        try:
            part, texts = read(state, known)
        except UserError as error:
            warn(explain(error, request))
            tab = tab_in(state)
            return {tabs: gr.Tabs(selected=tab)} if tab in known else gr.skip()
        place, changes, wrong = taken(part, texts)
        if wrong:
            warn(say("app.link_partly", request, names=listed([*wrong.values()])))
        done = texts.keys() - wrong.keys() - part.inner - KEPT_BACK.keys() - {OPEN}
        signs = {part.arrived: 1} if part.arrived and done else {}
        return {tabs: gr.Tabs(selected=part.tab), goal: f"{part.tab} {place}", **signs,
                **{control: gr.update(**change) for control, change in changes.items()}}

    controls = [control for part in parts for control in part.controls.values()]
    signs = [part.arrived.render() for part in parts if part.arrived]
    app.load(restore, state, [tabs, goal, *controls, *signs], js=STATE, concurrency_limit=None,
             show_progress="hidden", api_visibility="private").success(
        None, goal, None, js=f"(goal) => ({GO_TO})(goal, {SCROLL})", queue=False)


def warn(sentence: str) -> None:
    """Say in one line of the page what is wrong with a link."""
    gr.Warning(html.escape(sentence, quote=False), duration=20)


def tab_in(state: str) -> str | None:
    """Return the tab that a link names, though the rest of it cannot be read."""
    found = search(r"(?:^|&)tab=(\w+)", state[:LONGEST])
    return found[1] if found else None


def taken(part: Shared, texts: Mapping[str, str]) -> tuple[str, Changes, dict[str, str]]:
    """Return what a link opens, what it changes of each control, and what of it is left out.

    A setting of another version, a value that is not accepted and a file that is gone stay as
    they are on a fresh page.
    """
    place, wrong = "", {}
    changes: Changes = {}
    for name, text in texts.items():
        found: Changes = {}
        try:
            if name == OPEN:
                place = place_of(part, {name: text})
            elif name in KEPT_BACK:
                found = kept_back(part, {name: text})
            else:
                found = {control: {"value": value}
                         for control, value in part.decode({name: text}).items()}
        except UserError:
            wrong[name] = f"{cut(name)}={cut(text)}"
        for control, change in found.items():
            changes.setdefault(control, {}).update(change)
    return place, changes, wrong


def place_of(part: Shared, texts: dict[str, str]) -> str:
    """Take from a link's texts what it opens, "" for nothing."""
    place = texts.pop(OPEN, "")
    if place and place not in part.places:
        raise unknown("place", cut(place), list(part.places))
    return place


def kept_back(part: Shared, texts: dict[str, str]) -> dict[gr.components.Component, dict[str, Any]]:
    """Take from a link's texts which controls it locks or hides, and return what that changes.

    It keeps a class together, and keeps nobody out: whoever reads the address can take it off.
    """
    changes: dict[gr.components.Component, dict[str, Any]] = {}
    for word, change in KEPT_BACK.items():
        for name in filter(None, texts.pop(word, "").split(",")):
            if name not in part.controls:
                raise unknown("setting", cut(name), list(part.controls))
            changes.setdefault(part.controls[name], {}).update(change)
    return changes


def read(state: str, known: Mapping[str, Shared]) -> tuple[Shared, dict[str, str]]:
    """Return the tab that a link names, and the texts of its settings."""
    if len(state) > LONGEST:
        raise too_long(state)
    try:
        pairs = parse_qsl(state, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as error:
        raise UserError("this class link is damaged", "", AGAIN) from error
    pairs = [(name, text) for name, text in pairs if name != LANGUAGE]
    texts = dict(pairs)
    if len(texts) < len(pairs):
        names = [name for name, _ in pairs]
        raise UserError("this class link names '{name}' twice", "once is accepted", AGAIN,
                        name=cut(next(name for name in names if names.count(name) > 1)))
    tab = texts.pop("tab", "")
    if tab not in known:
        raise unknown("tab", cut(tab), list(known))
    return known[tab], texts


def too_long(state: str) -> UserError:
    """Return the error for a link that holds too much."""
    return UserError("a class link of {found} characters is too long",
                     "up to {most} characters are accepted", AGAIN, found=len(state), most=LONGEST)
