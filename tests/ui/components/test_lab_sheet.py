"""A lab sheet holds what is needed to compute it again; a check says what came out otherwise."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from vision import checkpoints
from vision.errors import UserError
from vision.ui.lessons import sheet as sheets
from vision.ui.shell.answers.shared import content
from vision.ui.text import words

GUESSES = json.dumps({"address": "http://here/", "guesses": {"best": "<b>0.7</b>", "slant": " "}})


def handlers(page: gr.Blocks, tab: str) -> tuple[Any, Any, dict[str, Any]]:
    """What makes a sheet of a tab, what checks one, and the values of its settings."""
    named = {str(block.elem_id): number for number, block in page.blocks.items()
             if getattr(block, "elem_id", None)}
    make, check = (next(call for call in page.fns.values()
                        if call.fn and call.targets and call.targets[0] == (named[name], event))
                   for name, event in ((f"{tab}-sheet", "click"), (f"{tab}-sheet-check", "upload")))
    return make.fn, check.fn, {block.elem_id: block.value for block in make.inputs[1:]}


@pytest.fixture(scope="module")
def gan(whole_page: gr.Blocks) -> tuple[Any, Any, dict[str, Any]]:
    """The same of the GAN tab, with few pictures."""
    make, check, usual = handlers(whole_page, "gan")
    return make, check, {**usual, "gan-labels": [3, 7], "gan-count": 4, "gan-seed": 11}


def path_of(update: Any) -> Path:
    """Return the file that a download button is given."""
    return Path(update["value"] if isinstance(update, dict) else update.value["path"])


def made(gan: Any, language: str = "en", **change: Any) -> tuple[str, Path, gr.Request]:
    """Return a sheet's page and file, and the request that asked for it."""
    make, _, usual = gan
    request = gr.Request(headers={"accept-language": language})
    html, plain, _ = make(request, GUESSES, *{**usual, **change}.values())
    return path_of(html).read_text("utf-8"), path_of(plain), request


def changed(path: Path, folder: Path, **change: Any) -> Path:
    """Return a sheet with other parts in it."""
    sheet = dataclasses.replace(sheets.read(path), **change)
    other = folder / "sheet.json"
    other.write_text(sheet.to_json(), "utf-8")
    return other


def test_a_sheet_is_reproduced_from_its_link(gan: Any) -> None:
    page, file, request = made(gan)
    sheet = sheets.read(file)
    assert sheet.tab == "gan" and sheet.seed == 11 and sheet.guesses == {"best": "<b>0.7</b>"}
    assert "seed=11" in sheet.link and "labels=3,7" in sheet.link
    assert 0 <= float(sheet.results["opinion (mean)"]) <= 1 and sheet.results["count"] == 4
    model = checkpoints.FOLDER / "gan" / f"{next(iter(sheet.models))}.safetensors"
    assert sheet.models == {model.stem: checkpoints.digest_of(model)}
    assert "torch" in sheet.versions and not any("seconds" in name for name in sheet.results)
    assert f"http://here/#{sheet.link}".replace("&", "&amp;") in page
    assert "&lt;b&gt;0.7" in page and "<b>0.7" not in page
    assert "Reproduced: all" in gan[1]([str(file)], request)


def test_what_differs_is_named(gan: Any, tmp_path: Path) -> None:
    _, file, request = made(gan, "pt-BR")
    sheet = sheets.read(file)
    results = {**sheet.results, "opinion (mean)": 2.5}
    said = gan[1]([str(changed(file, tmp_path, results=results))], request)
    assert "1 itens diferem" in said and "2.5" in said
    said = gan[1]([str(changed(file, tmp_path, models={next(iter(sheet.models)): "0" * 64}))],
                  request)
    assert "SHA-256" in said and "000000000000" in said
    said = gan[1]([str(changed(file, tmp_path, link=sheet.link.replace("seed=11", "seed=12")))],
                  request)
    assert "opinion (mean)" in said, "another seed draws others"


@pytest.mark.parametrize("change, word", [
    ({"tab": "style"}, "of the tab 'style'"), ({"link": "tab=gan&seed=x"}, "x"),
    ({"results": {"a": [1]}}, "not a lab sheet"), ({"format": 2}, "not a lab sheet"),
    ({"guesses": []}, "not a lab sheet"), ({"link": "tab=nowhere"}, "nowhere"),
    ({"seed": "3"}, "not a lab sheet"), ({"seed": 10**400}, "not a lab sheet"),
    ({"made": [1]}, "not a lab sheet")])
def test_a_sheet_that_is_none_is_refused(gan: Any, tmp_path: Path, change: dict[str, Any],
                                         word: str) -> None:
    sheet = sheets.Sheet("gan", "tab=gan&seed=3", {"count": 1.0})
    file = tmp_path / "sheet.json"
    file.write_text(json.dumps({**dataclasses.asdict(sheet), **change}), "utf-8")
    with pytest.raises(gr.Error) as refused:
        gan[1]([str(file)], gr.Request(headers={}))
    assert word in refused.value.message


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\xff", b"[1]",
                                     b" " * (sheets.LARGEST + 1)])
def test_other_files_are_no_sheets(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(UserError, match="not a lab sheet"):
        sheets.read(tmp_path / "x.json")


def test_a_sheet_made_of_what_is_on_one_page_only_says_so(gan: Any, tmp_path: Path) -> None:
    _, file, request = made(gan)
    said = gan[1]([str(changed(file, tmp_path, left_out=["Picture"]))], request)
    assert "cannot be checked" in said and "Picture" in said


def test_numbers_are_compared_as_machines_differ() -> None:
    then = {"a": 100.0, "b": "serious", "c": 1.0}
    assert not sheets.differences(then, {"a": 100.05, "b": "serious", "c": 1.0})
    assert sheets.differences(then, {"a": 101.0, "b": "normal", "d": 2.0}) == [
        ("a", "100", "101"), ("b", "serious", "normal"), ("c", "1", "–"), ("d", "–", "2")]
    answer = {"x": [1, 2], "seconds": 3, "y": [{"z": None}, {"z": True}], "w": {"v": "u"}}
    assert dict(sheets.flat(answer)) == {"x (mean)": 1.5, "y.1.z": True, "w.v": "u"}


def test_every_tab_makes_sheets_and_every_exercise_asks_for_a_guess(whole_page: gr.Blocks) -> None:
    names = {str(getattr(block, "elem_id", "")) for block in whole_page.blocks.values()}
    for tab in ("segmentation", "style", "gan", "pruning", "infrared"):
        assert {f"{tab}-sheet", f"{tab}-sheet-check"} <= names
        asked = {name.removeprefix(f"{tab}-exercise-") for name in names
                 if name.startswith(f"{tab}-exercise-")}
        assert asked and {f"{tab}-guess-{each}" for each in asked} <= names
        assert all(f"{tab}.exercise_{each}" in words("en") for each in asked)


def test_a_sheet_waits_with_those_who_ask_for_the_same_action(whole_page: gr.Blocks) -> None:
    named = {number: str(block.elem_id) for number, block in whole_page.blocks.items()}
    public = {call.api_name: call.concurrency_id for call in whole_page.fns.values()
              if call.api_visibility == "public"}
    sheets_of = {named[call.targets[0][0]]: call.concurrency_id
                 for call in whole_page.fns.values() if call.targets and call.targets[0][0]
                 and named.get(call.targets[0][0], "").endswith("-sheet")}
    assert sheets_of["style-sheet"] == public["stylize"]
    assert sheets_of["gan-sheet"] == public["sample"]


@pytest.mark.parametrize("told", ["", None, "no JSON", "[1]", '{"guesses": 3}', '{"guesses": [1]}'])
def test_a_browser_that_tells_nonsense_has_no_guesses(gan: Any, told: str | None) -> None:
    make, _, usual = gan
    _, plain, _ = make(gr.Request(headers={}), told, *usual.values())
    assert sheets.read(path_of(plain)).guesses == {}


@pytest.mark.parametrize("value", ["1" + 400 * "0", "NaN", "1e999", "[1]"])
def test_a_number_that_cannot_be_reckoned_with_is_no_result(gan: Any, tmp_path: Path, value: str
                                                            ) -> None:
    _, plain, _ = made(gan)
    sheet = json.loads(plain.read_text("utf-8")) | {"results": {"count": "HERE"}}
    file = tmp_path / "sheet.json"
    file.write_text(json.dumps(sheet).replace('"HERE"', value), "utf-8")
    with pytest.raises(UserError, match="not a lab sheet"):
        sheets.read(file)


@pytest.fixture(scope="module")
def street(whole_page: gr.Blocks, tmp_path_factory: pytest.TempPathFactory
           ) -> tuple[Path, Path, Any, str]:
    """A sheet made of a picture of one's own, that picture, what checks it, and what was said."""
    import numpy as np

    from vision.images import write_png

    make, check, usual = handlers(whole_page, "segmentation")
    pixels = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    picture = write_png(tmp_path_factory.mktemp("own") / "mine.png", pixels)
    request = gr.Request(headers={"accept-language": "en"})
    values = {**usual, "segmentation-picture": str(picture), "segmentation-truth": None}
    html, plain, said = make(request, GUESSES, *values.values())
    assert content(picture) in path_of(html).read_text("utf-8")
    return path_of(plain), picture, check, str(said)


def test_a_sheet_of_ones_own_picture_is_checked_with_that_picture(street: Any, tmp_path: Path
                                                                  ) -> None:
    file, picture, check, said = street
    request = gr.Request(headers={"accept-language": "en"})
    sheet = sheets.read(file)
    assert sheet.pictures == {"picture": content(picture)} and not sheet.left_out
    assert "hand in the same file" in said
    renamed = tmp_path / "renamed"
    renamed.write_bytes(picture.read_bytes())
    assert "Reproduced: all" in check([str(renamed), str(file)], request)
    other = changed(file, tmp_path, results={**sheet.results, "width": 1.0})
    assert "width" in check([str(other), str(picture)], request)


def test_without_the_picture_it_is_said_that_nothing_can_be_checked(street: Any, tmp_path: Path
                                                                    ) -> None:
    file, picture, check, _ = street
    request = gr.Request(headers={"accept-language": "en"})
    digest = content(picture)[:12]
    said = str(check([str(file)], request))
    assert "nothing can be checked" in said and digest in said
    wrong = tmp_path / "other.png"
    wrong.write_bytes(b"x")
    said = str(check([str(file), str(wrong)], request))
    assert "None of the files" in said and digest in said


@pytest.mark.parametrize("names", [["a.json", "b.json"], ["a.png"], []])
def test_one_sheet_is_checked_at_a_time(names: list[str]) -> None:
    with pytest.raises(UserError, match=f"{sum('json' in name for name in names)} sheets"):
        sheets.picked(map(Path, names))


def test_no_files_at_all_are_no_sheet(whole_page: gr.Blocks) -> None:
    _, check, _ = handlers(whole_page, "gan")
    with pytest.raises(gr.Error, match="0 sheets"):
        check(None, None)


def test_a_sheet_of_before_there_were_pictures_is_still_one(gan: Any, tmp_path: Path) -> None:
    _, file, request = made(gan)
    old = {name: value for name, value in json.loads(file.read_text("utf-8")).items()
           if name != "pictures"}
    (tmp_path / "old.json").write_text(json.dumps(old), "utf-8")
    assert "Reproduced: all" in gan[1]([str(tmp_path / "old.json")], request)
    del old["results"]
    (tmp_path / "old.json").write_text(json.dumps(old), "utf-8")
    with pytest.raises(gr.Error, match="not a lab sheet"):
        gan[1]([str(tmp_path / "old.json")], request)
