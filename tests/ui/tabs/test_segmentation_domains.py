"""Streets or portraits: what the switch sets, and what is said of a picture of the other kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from tests.segmentation.test_familiar import model as of_streets
from tests.segmentation.test_portraits import model as of_people
from tests.segmentation.test_portraits import picture
from vision import checkpoints
from vision.images import write_png
from vision.ui.tabs.segmentation import domains, judged, segment, shared
from vision.ui.tabs.segmentation.script import code
from vision.ui.text import LANGUAGES, words
from vision.ui.text.numerals import numeral

Request: Any = None
PERSON, STREET = "portrait-unet-lite0", "unet"
KEPT = {"split": "streets val", "pictures": [2.0, 2.4, 3.1]}


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared.BOTH, "open", lambda name, own=None: (
        of_people() if name == PERSON else of_streets(familiarity=KEPT)))


def file(folder: Path, grey: int) -> str:
    return str(write_png(folder / f"{grey}.png", np.full((64, 80, 3), grey, np.uint8))
               or folder / f"{grey}.png")


def shown(picture: str, model: str, language: str = "en") -> tuple[str, Any]:
    """Return what is said of a picture, and the button to the other domain."""
    request = gr.Request(headers={"accept-language": language})
    done = judged.judged(picture, None, model, None)
    said = segment.answer(done, 0.6, request, Path(picture).parent)[2]
    return said, domains.offer(done.view, model, request)


def test_a_switch_brings_the_first_model_and_the_first_example_of_a_domain() -> None:
    model, example, truth = domains.enter("portraits")
    assert model in shared.PORTRAITS.names() and truth is None
    assert Path(example).name == "astronaut.png"
    assert domains.enter("streets") == (shared.MODELS.first(), *shared.examples()[0])
    assert domains.cross(PERSON) == shared.MODELS.first() and domains.cross(STREET) == PERSON


def test_a_truth_stays_for_models_of_its_domain_only() -> None:
    assert domains.readable("streets", PERSON) is None is domains.readable("portraits", STREET)
    assert domains.readable("streets", STREET) == gr.skip() == domains.readable("portraits", PERSON)


def test_whoever_chooses_a_model_sees_its_domain_and_its_examples() -> None:
    for name, domain, visible in ((STREET, "streets", [True, False]),
                                  (PERSON, "portraits", [False, True]), ("own", "streets", [1, 0])):
        found, *rows = domains.follow(name)
        assert found == domain and [row.visible for row in rows] == visible


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_street_is_told_with_its_number_and_offered_the_other_domain(
        tmp_path: Path, language: str) -> None:
    said, offered = shown(file(tmp_path, 128), STREET, language)
    start = words(language)["segmentation.no_street"].split("{")[0]
    assert start in said and "streets" in said
    assert all(numeral(number, language) in said for number in ("0.0", "2.0", "1.5"))
    assert offered.visible and offered.value == words(language)["segmentation.cross_to_portraits"]
    said, offered = shown(file(tmp_path, 250), STREET, language)
    assert start not in said and not offered.visible


def test_a_portrait_without_a_person_is_told_and_offered_to_the_streets(tmp_path: Path) -> None:
    said, offered = shown(file(tmp_path, 9), PERSON)
    assert "No person found: the highest share was 0%" in said and offered.visible
    assert offered.value == words("en")["segmentation.cross_to_streets"]
    write_png(tmp_path / "person.png", picture())
    said, offered = shown(str(tmp_path / "person.png"), PERSON)
    assert "19.5%" in said and "No person" not in said and not offered.visible


def test_where_no_other_model_ships_nothing_is_offered(tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "segmentation").mkdir()
    path = checkpoints.FOLDER / "segmentation" / f"{STREET}.safetensors"
    (tmp_path / "segmentation" / path.name).symlink_to(path)
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    said, offered = shown(file(tmp_path, 128), STREET)
    assert "streets only" in said and not offered.visible


def test_what_is_about_streets_says_that_a_model_of_people_is_made_for_something_else() -> None:
    with pytest.raises(Exception, match="'portrait-unet-lite0' is made for something else; known"):
        shared.MODELS.path_of(PERSON)
    with pytest.raises(Exception, match="'unet' is made for something else; known are portrait-"):
        shared.PORTRAITS.path_of(STREET)
    assert shared.of_streets(PERSON) == shared.MODELS.first()
    assert shared.of_streets("own") == "own"


def test_both_shelves_open_a_model_once() -> None:
    path = checkpoints.FOLDER / "segmentation" / f"{STREET}.safetensors"
    assert shared.MODELS.at(path) is shared.PORTRAITS.at(path)


def test_the_page_runs_at_once_when_the_domain_is_switched(whole_page: gr.Blocks) -> None:
    calls = {call.fn.__name__: call for call in whole_page.fns.values()
             if getattr(call.fn, "__module__", "") == domains.__name__}
    after = {call.trigger_after for call in whole_page.fns.values() if call.fn is segment.segment}
    for name, outputs in (("enter", ["segmentation-model", "segmentation-picture",
                                     "segmentation-truth"]), ("cross", ["segmentation-model"])):
        assert [block.elem_id for block in calls[name].outputs] == outputs
        assert calls[name]._id in after
    assert calls["follow"].outputs[0].elem_id == "segmentation-domain"


def test_the_shown_script_of_a_model_of_people_runs_on_a_person(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("vision.segmentation.predict.load", lambda path: of_people())
    monkeypatch.chdir(tmp_path)
    script = code(PERSON, 0.5, domains.portraits()[0], None)
    exec(script, {})
    assert "astronaut" in script and Path("runs/overlay.png").is_file()
    picture, truth = shared.examples()[2]
    script = code(STREET, 0.5, picture, truth)
    assert "street-3.png" in script and "street-3-labels.png" in script
