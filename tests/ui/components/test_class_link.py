"""Class links hold what the controls hold, and refuse what they would not take."""

from __future__ import annotations

import filecmp
import random
import re
import shutil
import string
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr
import pytest

from tests.conftest import REPOSITORY
from vision.errors import UserError
from vision.ui import load_tabs
from vision.ui.components.class_links import class_link
from vision.ui.components.class_links.class_link import LONGEST, Shared, kept_back, place_of, read
from vision.ui.components.class_links.parts import controls_in, places_in, settable
from vision.ui.components.class_links.values import FURTHEST, at_first, choices, decode, encode
from vision.ui.components.inputs.number_box import NumberBox
from vision.ui.text import LANGUAGES, explain, words


@pytest.fixture(scope="module")
def shared() -> dict[str, Shared]:
    """What each tab of the app shares."""
    parts = []
    with gr.Blocks(), gr.Tabs():
        for tab in load_tabs():
            with gr.Tab(tab.name):
                parts.append(tab.build())
    return {part.tab: part for part in parts if part}


def another(control: Any, pictures: Any, chance: random.Random) -> Any:
    """Return some value that a control takes."""
    if isinstance(control, gr.Image):
        return chance.choice(list(pictures))
    if isinstance(control, gr.Slider):
        steps = round((control.maximum - control.minimum) / control.step)
        return round(control.minimum + chance.randint(0, steps) * control.step, 9)
    if isinstance(control, (gr.Number, NumberBox)):
        whole = chance.randint(0, 10**9)
        return whole if control.precision == 0 else whole / 4
    if isinstance(control, gr.Checkbox):
        return chance.random() < 0.5
    if isinstance(control, gr.Textbox):
        return "a & b = c # 数 ção\n\"'<>%"
    known = list(choices(control).values())
    if isinstance(control, gr.CheckboxGroup) or getattr(control, "multiselect", False):
        return chance.sample(known, chance.randint(0, len(known)))
    return chance.choice(known)


def test_what_nobody_has_changed_is_no_part_of_what_comes_back(shared: dict[str, Shared]) -> None:
    for part in shared.values():
        values = [at_first(control) for control in part.controls.values()]
        assert part.changes(values) == (f"tab={part.tab}", [])
    part = shared["gan"]
    changed = dict(zip(part.controls, map(at_first, part.controls.values()), strict=True))
    state, left_out = part.changes([*(changed | {"seed": 7, "model": "own"}).values()])
    assert (state, left_out) == ("tab=gan&seed=7", [part.controls["model"]])


@pytest.mark.parametrize("language", ["pt-BR", "xx", "<b>", ""])
def test_a_links_language_is_no_setting_of_its_tab(shared: dict[str, Shared], language: str
                                                   ) -> None:
    link = urlencode({"tab": "gan", "seed": "7", "lang": language})
    assert read(link, shared) == (shared["gan"], {"seed": "7"})


def test_every_tab_shares_what_it_needs(shared: dict[str, Shared]) -> None:
    assert shared.keys() >= {"segmentation", "style", "gan", "pruning"}
    for part in shared.values():
        assert "tab" not in part.controls and part.pictures.keys() <= part.controls.keys()
        images = {name for name, control in part.controls.items() if isinstance(control, gr.Image)}
        assert not images & part.inner
        assert images == part.pictures.keys() and all(map(len, part.pictures.values()))
    assert "seed" in shared["gan"].controls and "seed" in shared["style"].controls


@pytest.mark.parametrize("seed", range(20))
def test_a_link_brings_back_every_value(shared: dict[str, Shared], seed: int) -> None:
    chance = random.Random(seed)
    for part in shared.values():
        values = {name: another(control, part.pictures.get(name), chance)
                  for name, control in part.controls.items()}
        state, left_out = part.encode(list(values.values()))
        assert not left_out and "#" not in state
        found = decoded(part, state)
        for name, control in part.controls.items():
            expected = values[name]
            close = pytest.approx(expected) if isinstance(expected, float) else expected
            assert found.get(control, at_first(control)) == close, name


def decoded(part: Shared, state: str) -> dict[Any, Any]:
    """Return what a state sets, however long it is."""
    texts = dict(parse_qsl(state, keep_blank_values=True))
    assert texts.pop("tab") == part.tab
    return part.decode(texts)


@pytest.mark.parametrize("seed", range(20))
def test_a_link_has_room_for_a_tab_and_one_of_its_parts(shared: dict[str, Shared], seed: int
                                                        ) -> None:
    chance = random.Random(seed)
    for part in shared.values():
        inner = chance.sample(sorted(part.inner), min(12, len(part.inner)))
        values = [another(control, part.pictures.get(name), chance)
                  if name in inner or name not in part.inner else at_first(control)
                  for name, control in part.controls.items()]
        state, _ = part.encode(values, part.places[-1])
        assert len(state) <= LONGEST and read(state, shared)[0] is part


OLD = {  # links that teachers have handed out, and what they must set for ever
    "#tab=segmentation&model=unet&opacity=0.6&picture=street-1&truth=street-1-labels":
        {"model": "unet", "opacity": 0.6, "picture": "street-1", "truth": "street-1-labels"},
    "#tab=style&steps=60&size=256": {"steps": 60, "size": 256},
    "#tab=gan&model=cdcgan-mnist&count=30&seed=0":
        {"model": "cdcgan-mnist", "count": 30, "seed": 0},
    "#tab=pruning&model=vgg16-drawings&ratio=0.3&criterion=gamma":
        {"model": "vgg16-drawings", "ratio": 0.3, "criterion": "gamma"},
    "#tab=infrared&picture=thermogram-1&low=-11.8&high=26.5&threshold=0.5":
        {"picture": "thermogram-1", "low": -11.8, "high": 26.5, "threshold": 0.5},
}


@pytest.mark.parametrize("link", OLD)
def test_links_of_before_still_set_what_they_set(shared: dict[str, Shared], link: str) -> None:
    part, texts = read(link.removeprefix("#"), shared)
    found = part.decode(texts)
    for name, value in OLD[link].items():
        got = found[part.controls[name]]
        got = Path(got).stem if name in part.pictures else got
        assert got == value, name


def test_pictures_of_one_name_have_links_of_their_own(tmp_path: Path) -> None:
    paths = [str(tmp_path / folder / "a.png") for folder in ("first", "second")]
    for path in paths:
        Path(path).parent.mkdir()
        Path(path).write_text(path)
    picture = gr.Image(render=False)
    links = [encode(picture, path, paths) for path in paths]
    assert links == ["a", "second-a"]
    assert [decode("picture", picture, str(link), paths) for link in links] == paths


def test_the_defaults_travel(shared: dict[str, Shared]) -> None:
    for part in shared.values():
        values = [control.value["path"] if isinstance(control, gr.Image) else control.value
                  for control in part.controls.values()]
        state, left_out = part.encode(values)
        assert not left_out
        main = [control for name, control in part.controls.items() if name not in part.inner]
        found = part.decode(read(state, shared)[1])
        assert list(found) == main
        for control in found:
            if isinstance(control, gr.Image) and at_first(control):
                assert filecmp.cmp(found[control], at_first(control), shallow=False)


def test_ones_own_picture_and_model_stay_here(tmp_path: Path) -> None:
    (tmp_path / "known.png").write_bytes(b"one")
    (tmp_path / "upload").mkdir()
    own = tmp_path / "upload" / "known.png"
    own.write_bytes(b"two")
    pictures = [str(tmp_path / "known.png")]
    assert encode(gr.Image(), str(own), pictures) is None
    assert encode(gr.Image(), shutil.copy(pictures[0], own), pictures) == "known"
    assert encode(gr.Image(), None, pictures) == ""
    assert encode(gr.Dropdown(["unet"]), "own") is None


SLIDER, SEED = gr.Slider(0.1, 4, step=0.1), gr.Number(precision=0, minimum=0)
GROUP = gr.CheckboxGroup([("zero", 0), ("one", 1)])


@pytest.mark.parametrize("control, text", [
    *((SLIDER, text) for text in ("nan", "inf", "-inf", "4.1", "0", "0.15", "1e999", "", "[1]",
                                  "1_0x", "null", "true", "١٢e")),
    *((SEED, text) for text in ("-1", "0.5", str(FURTHEST * 2), "nan", "0x10", "1,2")),
    *((GROUP, text) for text in ("2", "0,2", "0,,1", "zero", "0;1", "0,0")),
    (gr.Radio(["a", "b"]), "c"), (gr.Dropdown(["a", "b"]), "a,b"), (gr.Dropdown(["a"]), ""),
    (gr.Checkbox(), "yes"), (gr.Textbox(), "x" * 201), (gr.Image(), "/etc/passwd"),
    (gr.Image(), "../street-1"), (gr.Dropdown(["a"], multiselect=True), "a,a"),
])
def test_a_value_the_control_would_not_take_is_refused(control: Any, text: str) -> None:
    with pytest.raises(UserError) as caught:
        decode("setting", control, text, ["assets/street-1.png"])
    sentence = str(caught.value)
    assert "setting" in sentence and len(sentence) < 300 and "\n" not in sentence


@pytest.mark.parametrize("state, word", [
    ("tab=nowhere", "nowhere"), ("seed=3", "no tab called"), ("tab=gan&seed=1&seed=2", "twice"),
    ("tab=gan&secret=1", "secret"), ("tab=gan&__class__=1", "__class__"), ("tab=gan&", "damaged"),
    ("&&&=", "damaged"), ("tab=gan&text=%ff%fe", "damaged"), ("tab=gan&count=1e9", "1e9"),
    ("tab=" + "x" * 100_000, "too long"), ("tab=gan&labels=" + "1," * 900, "twice"),
    ("tab=segmentation&picture=../../etc/passwd", "passwd"),
])
def test_hostile_links_get_a_sentence_in_every_language(shared: dict[str, Shared], state: str,
                                                        word: str) -> None:
    with pytest.raises(UserError, match=word) as caught:
        part, texts = read(state, shared)
        part.decode(texts)
    for language in LANGUAGES:
        request: Any = type("Request", (), {"headers": {"accept-language": language}})()
        assert 15 < len(explain(caught.value, request)) < 500


def test_generated_links_are_restored_or_refused_but_never_break(shared: dict[str, Shared]) -> None:
    chance, refused = random.Random(0), 0
    letters = string.printable + "٣ñ中\0"
    for _ in range(2000):
        part = chance.choice(list(shared.values()))
        names = chance.sample([*part.controls, "odd"], 2)
        texts = {name: "".join(chance.choices(letters, k=chance.randint(0, 5))) for name in names}
        state = urlencode({"tab": part.tab, **texts})
        state = state[: chance.randint(0, len(state))] if chance.random() < 0.2 else state
        try:
            found, given = read(state, shared)
            found.decode(given)
        except UserError as error:
            refused += 1
            assert len(str(error)) < 1000
    assert 1000 < refused <= 2000


def test_the_page_names_what_it_leaves_out(whole_page: gr.Blocks) -> None:
    handler = next(block.fn for block in whole_page.fns.values()
                   if getattr(block.fn, "__qualname__", "").endswith("compose"))
    block = next(block for block in whole_page.fns.values() if block.fn is handler)
    parts = [at_first(control) for control in block.inputs[5:]]
    box, said = handler(None, "http://here/", "own", 0.6, None, None, *parts)
    assert box.value == "http://here/#tab=segmentation&opacity=0.6&picture=&truth="
    assert words("en")["segmentation.model"] in said
    box, _ = handler(None, "http://here/#play", "own", 0.6, None, None, *parts)
    assert box.value == "http://here/#tab=segmentation&open=play&opacity=0.6&picture=&truth="
    box, _ = handler(None, None, "own", 0.6, None, None, *parts)  # a page that says not where it is
    assert box.value == "#tab=segmentation&opacity=0.6&picture=&truth="


def test_a_page_that_does_not_say_which_tab_is_open_keeps_no_settings(whole_page: gr.Blocks
                                                                      ) -> None:
    block = next(block for block in whole_page.fns.values()
                 if getattr(block.fn, "__qualname__", "").endswith("connect.<locals>.settings"))
    assert block.fn(None, None, *[None] * (len(block.inputs) - 1)) == ("", "")


def test_a_link_that_grew_too_long_is_refused_when_it_is_made() -> None:
    with gr.Blocks() as app:
        controls = {f"text{number}": gr.Textbox() for number in range(12)}
        class_link.share("gan", controls)
    handler: Any = next(iter(app.fns.values())).fn
    with pytest.raises(gr.Error, match="too long"):
        handler(None, "http://here/", *["x" * 200] * 12)


PLANS = {language: (REPOSITORY / "docs" / f"teaching{ending}.md").read_text("utf-8")
         for language, ending in (("en", ""), ("pt-BR", ".pt-BR"), ("zh-CN", ".zh-CN"))}
OF_A_PLAN = {"Opening", "Homework", "Abertura", "Tarefa", "开场", "作业"}


def links(language: str) -> list[str]:
    """Return the class links of the lesson plans in a language."""
    return re.findall(r"`#(tab=[^`]+)`", PLANS[language])


@pytest.mark.parametrize("state", links("en"))
def test_the_links_of_the_lesson_plans_open(shared: dict[str, Shared], state: str) -> None:
    part, texts = read(state, shared)
    assert not place_of(part, texts)
    assert len(part.decode(texts)) == len(texts) >= 2


@pytest.mark.parametrize("language", PLANS)
def test_the_lesson_plans_name_what_the_page_has(language: str) -> None:
    assert links(language) == links("en") and len(links("en")) == len(load_tabs())
    said = "".join(words(language).values()).replace("**", "")
    plain = " ".join(PLANS[language].split())
    named = [name.rstrip(".。") for name in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", plain)]
    assert len(named) > 25
    assert [name for name in named if name not in said and name not in OF_A_PLAN] == []


def test_a_teacher_may_lock_and_hide_what_a_link_shares(shared: dict[str, Shared]) -> None:
    part, texts = read("tab=gan&seed=7&lock=model,seed&hide=truncation,seed", shared)
    changes = kept_back(part, texts)
    named = {name: changes.get(control) for name, control in part.controls.items()}
    assert texts == {"seed": "7"} and part.decode(texts) == {part.controls["seed"]: 7}
    assert {name: change for name, change in named.items() if change} == {
        "model": {"interactive": False}, "truncation": {"visible": False},
        "seed": {"interactive": False, "visible": False}}


@pytest.mark.parametrize("state", ["tab=gan&lock=elsewhere", "tab=gan&hide=model,<b>"])
def test_what_is_not_there_cannot_be_locked(shared: dict[str, Shared], state: str) -> None:
    with pytest.raises(UserError, match="setting"):
        kept_back(*read(state, shared))


REACHED = {  # links into parts, and what they must set
    "tab=segmentation&open=play&grow=4&scene=2&scope=mean":
        ("play", {"grow": 4, "scene": 2, "scope": "mean"}),
    "tab=segmentation&open=microscope&at-right=12.5&temperature=2":
        ("microscope", {"at-right": 12.5, "temperature": 2}),
    "tab=gan&open=lab&place=two humps&k=5&lab-seed=3&cure=packing":
        ("lab", {"place": "two humps", "k": 5, "lab-seed": 3, "cure": "packing"}),
    "tab=segmentation&open=tissue&diagnosis=2&real=1": ("tissue", {"diagnosis": 2, "real": True}),
    "tab=infrared&open=scene&scene-classes=&scene-fault=hot joint&scene-seed=9&scene-clutter=0.5":
        ("scene", {"scene-classes": [], "scene-fault": "hot joint", "scene-seed": 9,
                   "scene-clutter": 0.5}),
    "tab=gan&open=train&train-rate=0.002&train-seed=4": ("train", {"train-rate": 0.002,
                                                                   "train-seed": 4}),
    "tab=pruning&open=compare": ("compare", {}),
    "tab=style&open=lesson": ("lesson", {}),
    "tab=segmentation&open=lesson.lies&opacity=0.2": ("lesson.lies", {"opacity": 0.2}),
}


@pytest.mark.parametrize("state", REACHED)
def test_a_link_reaches_a_part_and_its_controls(shared: dict[str, Shared], state: str) -> None:
    part, texts = read(state, shared)
    assert place_of(part, texts) == REACHED[state][0]
    assert part.decode(texts) == {part.controls[name]: value
                                  for name, value in REACHED[state][1].items()}


@pytest.mark.parametrize("place", ["nowhere", "lesson.nothing", "play ", "#", "<b>"])
def test_a_place_that_a_tab_does_not_have_is_refused(shared: dict[str, Shared], place: str) -> None:
    part, texts = read(urlencode({"tab": "segmentation", "open": place}), shared)
    with pytest.raises(UserError, match="no place called"):
        place_of(part, texts)


def test_of_parts_a_link_holds_what_was_changed(shared: dict[str, Shared]) -> None:
    part = shared["gan"]
    values = {name: at_first(control) for name, control in part.controls.items()}
    state, left_out = part.encode([*(values | {"k": 5, "seed": 0}).values()], "lab")
    assert not left_out and state.startswith("tab=gan&open=lab&model=")
    assert "&seed=0" in state and "&k=5" in state and "lab-seed" not in state
    assert part.changes([*(values | {"k": 5}).values()], "lab") == ("tab=gan&open=lab&k=5", [])
    assert part.changes([*values.values()], "elsewhere") == ("tab=gan", [])


def test_a_lab_sheet_holds_the_settings_of_its_action_alone(shared: dict[str, Shared]) -> None:
    for part in shared.values():
        main = part.main()
        assert part.inner and not main.inner and not main.places
        assert [*part.controls] == [*main.controls, *(each for each in part.controls
                                                      if each in part.inner)]


def test_what_stands_in_parts_may_be_locked_and_hidden(shared: dict[str, Shared]) -> None:
    part, texts = read("tab=gan&open=lab&lock=k,lab-seed&hide=cure", shared)
    assert place_of(part, texts) == "lab"
    named = {name: part.controls[name] for name in ("k", "lab-seed", "cure")}
    assert kept_back(part, texts) == {
        named["k"]: {"interactive": False}, named["lab-seed"]: {"interactive": False},
        named["cure"]: {"visible": False}}


def test_parts_are_reached_by_the_names_that_their_controls_have() -> None:
    with gr.Blocks() as page:
        main = gr.Number(1, elem_id="x-seed")
        with gr.Tabs(elem_id="x-parts"), gr.Tab("", id="one"):
            inner = gr.Slider(0, 9, 3, elem_id="x-inner-size")
            gr.Slider(0, 9, 3)  # without a name
            gr.Dropdown([], elem_id="x-later")  # what it offers is not known yet
            gr.Number(1, interactive=False, elem_id="x-result")
        gr.Column(elem_id="x-exercise-first")
    assert controls_in(page, "x", {"seed": main}) == {"inner-size": inner}
    assert places_in(page, "x") == ("one", "train", "lesson", "code", "lesson.first")
    with pytest.raises(ValueError, match="inner-size"):
        controls_in(page, "x", {"inner-size": main})


def test_every_control_of_a_part_has_a_name(shared: dict[str, Shared], whole_page: gr.Blocks
                                            ) -> None:
    unnamed = [str(block.label) for block in whole_page.blocks.values()
               if settable(block) and block.label and not block.elem_id]
    assert unnamed == []


def restore(page: gr.Blocks, state: str) -> Any:
    """Return what the page does with a link."""
    names = {getattr(block.fn, "__qualname__", ""): block.fn for block in page.fns.values()}
    handler: Any = names["connect.<locals>.restore"]
    return handler(state, None)


def restored(page: gr.Blocks, state: str) -> dict[Any, Any]:
    """Return what a link changes on the page, by the `elem_id` of what it changes."""
    changes = restore(page, state)
    return {getattr(block, "elem_id", None) or block: change for block, change in changes.items()}


def test_what_a_link_cannot_set_is_left_out_and_said(whole_page: gr.Blocks) -> None:
    link = ("tab=gan&count=1e9&seed=7&model=retired-model&version=9&open=nowhere"
            "&lock=seed&hide=gone")
    with pytest.warns(UserWarning) as said:
        changes = restored(whole_page, link)
    assert changes["app-tabs"].selected == "gan"
    assert changes["gan-seed"] == gr.update(value=7, interactive=False)
    assert "gan-count" not in changes and "gan-model" not in changes
    (line,) = {str(each.message) for each in said}
    for name in ("count=1e9", "model=retired-model", "version=9", "open=nowhere", "hide=gone"):
        assert name in line
    assert "seed" not in line


@pytest.mark.parametrize("link, word", [
    ("tab=segmentation&picture=street-99", "picture=street-99"),  # a file that is gone
    ("tab=segmentation&open=beyond", "open=beyond"),  # it has become three parts
    ("tab=infrared&model=mask_rcnn_2019", "model=mask_rcnn_2019"),
    ("tab=gan&text=" + "x" * 3000, "too long"), ("tab=gan&&&=", "damaged"),
    ("tab=gan&seed=1&seed=2", "twice"), ("tab=gan&oops=<img src=x>", "oops=&lt;img src=x&gt;"),
])
def test_a_link_with_nothing_to_set_opens_its_tab_as_at_first(whole_page: gr.Blocks, link: str,
                                                              word: str) -> None:
    with pytest.warns(UserWarning, match=re.escape(word)):
        changes = restored(whole_page, link)
    assert changes.pop("app-tabs").selected == link.split("=")[1].split("&")[0]
    assert [change for change in changes.values() if not isinstance(change, str)] == []


def test_a_link_to_no_tab_changes_nothing(whole_page: gr.Blocks) -> None:
    with pytest.warns(UserWarning, match="nowhere"):
        assert restore(whole_page, "tab=nowhere&seed=1") == gr.skip()
