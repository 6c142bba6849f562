"""Camera files, surfaces of their own and doubt, as the infrared tab shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from tests.infrared.hand import SIZE
from tests.infrared.thermogram.cameras import encoders as made
from tests.ui.tabs.infrared_tiny import detector_that_says, knowing, scene
from tests.ui.tabs.test_infrared_tab import detect
from vision.ui.tabs.infrared import camera_file, surfaces
from vision.ui.tabs.infrared import detect as infrared_detect
from vision.ui.tabs.infrared.shared import View
from vision.ui.tabs.infrared.surfaces import Patches

Request: Any = None


@pytest.fixture(autouse=True)
def _use(tmp_path: Path) -> Iterator[None]:
    with detector_that_says(tmp_path, knowing()):
        yield


def stored(folder: Path, content: bytes, name: str = "picture") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_a_flir_picture_sets_scale_emissivity_reflected_and_air(tmp_path: Path) -> None:
    celsius = scene().temperature.astype(float)
    path = stored(tmp_path, made.flir(celsius), "IR_01.jpg")
    low, high, unit, emissivity, reflected, air, said = camera_file.arrived(path, "", Request)
    assert (unit, emissivity, reflected, air) == ("", pytest.approx(0.93), pytest.approx(12),
                                                  pytest.approx(8))
    assert low < high < 62 and "FLIR T640" in said and "2020-09-13" in said
    told = detect(path, low=low, high=high, emissivity=emissivity, reflected=reflected, air=air)[-1]
    fuse = next(each for each in told["instances"] if each["class"] == "fuse")
    true = celsius[scene().devices[0].mask]
    assert fuse["reading"]["highest"] == pytest.approx(true.max(), abs=0.1)
    assert sum(fuse["certainty"]["shares"].values()
               ) == pytest.approx(1)


def test_what_a_file_had_set_does_not_stay_for_the_next_picture(tmp_path: Path) -> None:
    celsius = scene().temperature.astype(float)
    path = stored(tmp_path, made.flir(celsius), "IR_01.jpg")
    said = camera_file.arrived(path, "", Request)[-1]
    plain = stored(tmp_path, made.jpeg(SIZE), "plain.jpg")
    assert camera_file.arrived(plain, said, Request)[3:6] == (1, 20, None)
    assert camera_file.forget(said) == (1, 20, None, "")
    typed = camera_file.arrived(plain, "", Request)[3:6]  # what was typed by hand stays
    assert all(value == gr.skip() for value in typed)


@pytest.mark.parametrize("before", [7, True, [], None])
def test_a_forged_note_sets_nothing(before: Any) -> None:
    assert all("value" not in value for value in camera_file.forget(before)[:3])


def test_a_file_that_is_no_picture_is_shown_and_read_again(tmp_path: Path) -> None:
    celsius = scene().temperature.astype(float)
    file = stored(tmp_path, made.fluke(celsius), "a.is2")
    picture, *settings = camera_file.opened(file, "", Request)
    assert Path(picture).name == "a.is2.camera.png"
    view, html, *_ = detect(picture, low=settings[0], high=settings[1], emissivity=settings[3],
                            reflected=settings[4])
    assert view.name == "a.is2" and view.result.instances
    seen = view.result.thermogram.celsius
    assert np.abs(seen - celsius).max() < 0.1
    assert 'class="infrared-photograph"' in html
    *_, slider, _ = infrared_detect.after(view, Request)
    assert slider.visible


def test_a_file_does_not_keep_what_the_file_before_had_set(tmp_path: Path,
                                                           whole_page: gr.Blocks) -> None:
    celsius = scene().temperature.astype(float)
    *_, told = camera_file.opened(stored(tmp_path, made.fluke(celsius), "a.is2"), "", Request)
    frame = tmp_path / "frame.png"
    Image.fromarray((100 * (celsius + 273.15)).astype(np.uint16)).save(frame)
    _, _, _, unit, *surface, _ = camera_file.opened(str(frame), told, Request)
    assert unit == "centikelvin" and tuple(surface) == camera_file.USUAL
    (call,) = (call for call in whole_page.fns.values() if call.fn is camera_file.opened)
    assert call.inputs[1].elem_id == "infrared-camera"


def test_a_broken_file_is_told_beside_the_picture_and_a_video_at_once(tmp_path: Path) -> None:
    fake = made.with_segments(made.jpeg(SIZE), (0xE1, b"FLIR\0\x01\0\0" + b"nothing"))
    *values, said = camera_file.arrived(stored(tmp_path, fake), "", Request)
    assert "what follows cannot be read" in said and values[:3] == [None, None, ""]
    _, _, facts, *_ = detect(stored(tmp_path, fake), low=None, high=None)
    assert "what follows cannot be read" in facts
    with pytest.raises(gr.Error, match="video"):
        camera_file.opened(stored(tmp_path, b"\0\0\0\x18ftypmp42" + bytes(99)), "", Request)
    assert "video" in camera_file.arrived(stored(tmp_path, b"\0\0\0\x18ftypmp42" + bytes(99)),
                                          "", Request)[-1]


def test_a_picture_sets_what_it_shows_and_a_frame_its_likely_unit(tmp_path: Path) -> None:
    from PIL import Image

    from vision.infrared.scenes.overlay import draw_overlay
    from vision.infrared.thermogram.palettes import paint

    grey = np.asarray(Image.fromarray(np.random.default_rng(0).uniform(0.1, 0.8, (6, 8)).astype(
        np.float32)).resize((384, 288), Image.Resampling.BICUBIC)).clip(0, 1)
    picture = paint(grey, "iron")
    draw_overlay(picture, "iron", 9.8, 77.9)
    Image.fromarray(picture).save(tmp_path / "bar.png")
    low, high, unit, *_, said = camera_file.arrived(str(tmp_path / "bar.png"), "", Request)
    assert (low, high, unit) == (9.8, 77.9, "") and "77.9" in said
    frame = ((scene().temperature + 273.15) * 100).round().astype(np.uint16)
    Image.fromarray(frame).save(tmp_path / "frame.png")
    low, high, unit, *_, said = camera_file.arrived(str(tmp_path / "frame.png"), "", Request)
    assert (low, high, unit) == (None, None, "centikelvin") and "kelvin · 100" in said
    Image.fromarray(picture[:, :300]).save(tmp_path / "without.png")
    assert camera_file.arrived(str(tmp_path / "without.png"), "", Request)[:3] == (None, None, "")
    odd = (scene().temperature + 273.15) * 10  # tenths of a kelvin, or hundredths of a degree
    Image.fromarray(odd.round().astype(np.uint16)).save(tmp_path / "odd.png")
    assert camera_file.arrived(str(tmp_path / "odd.png"), "", Request)[2] == ""


def view_of(tmp_path: Path) -> tuple[str, View]:
    path = stored(tmp_path, made.csv(scene().temperature.astype(float), named=False), "field.csv")
    view = detect(path, low=None, high=None, air=20.0)[0]
    return path, view


def highest(view: View) -> list[float]:
    return [each.reading.highest if each.reading else 0.0 for each in view.result.instances]


def test_a_device_gets_a_surface_of_its_own_that_stays(tmp_path: Path) -> None:
    path, view = view_of(tmp_path)
    before = highest(view)
    changed, patches = surfaces.on_device(view, Patches(), 0, 0.5, 20.0)
    after = highest(changed)
    assert after[0] > before[0] + 10 and after[1] == before[1]
    assert "1 (ε 0.50)" in surfaces.listed(patches, Request)
    again = detect(path, low=None, high=None, air=20.0, patches=patches)[0]
    assert highest(again) == after
    same = stored(tmp_path, Path(path).read_bytes(), "copy.csv")
    assert highest(detect(same, low=None, high=None, air=20.0, patches=patches)[0]) == after
    warmer = made.csv(scene().temperature.astype(float) + 1, named=False)
    other = detect(stored(tmp_path, warmer, "field2.csv"), low=None, high=None, air=20.0,
                   patches=patches)[0]
    assert highest(other)[0] == pytest.approx(before[0] + 1, abs=0.02)
    back, fewer = surfaces.undo(changed, patches)
    assert highest(back) == before and not fewer.patches


class Painted(gr.EventData):
    """What the page sends after a stroke."""

    def __init__(self, stroke: Any) -> None:
        super().__init__(None, {"stroke": stroke})


def test_what_is_painted_gets_a_surface_and_nonsense_does_not(tmp_path: Path) -> None:
    _, view = view_of(tmp_path)
    x0, y0, x1, y1 = view.result.instances[0].box
    middle = (x0 + x1) / 2
    painted, patches = surfaces.on_stroke(view, Patches(), 40, 0.5, 20.0,
                                          Painted([[middle, y0], [middle, y1]]))
    assert highest(painted)[0] > highest(view)[0] + 10
    assert 0 < patches.patches[0].mask.sum() < patches.patches[0].mask.size
    for wrong in ([], "x", [[1]], [[1, float("nan")]], [[0, 0]] * 3000):
        with pytest.raises(gr.Error):
            surfaces.on_stroke(view, Patches(), 10, 0.5, 20.0, Painted(wrong))
    with pytest.raises(gr.Error, match=r"0\.1 to 1"):
        surfaces.on_device(view, Patches(), 0, 0.01, 20.0)
    with pytest.raises(gr.Error, match="No device is chosen"):
        surfaces.on_device(view, Patches(), 9, 0.5, 20.0)


def test_a_verdict_says_how_sure_it_is_and_what_decides(tmp_path: Path) -> None:
    _, html, *_ = detect(view_of(tmp_path)[0], low=None, high=None, air=20.0, emissivity=0.9)
    assert "infrared-doubt" in html and ("of the draws" in html or "all 500 draws" in html)
