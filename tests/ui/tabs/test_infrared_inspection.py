"""An inspection on the page: kept, named, taken along, loaded again, and never anyone else's."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from tests.infrared.thermogram.cameras import encoders as made
from tests.ui.tabs.infrared_tiny import detector_that_says, knowing, scene, thermogram
from tests.ui.tabs.test_infrared_tab import detect
from vision.errors import UserError
from vision.infrared.inspection import exports
from vision.infrared.inspection.kept import Inspection, opened
from vision.infrared.inspection.kept_reader import read_folder, unzipped
from vision.infrared.inspection.whole_report import html, trends
from vision.ui.tabs.infrared import inspection, kept_folder
from vision.ui.tabs.infrared.surfaces import Patches, on_device

Request: Any = None


@pytest.fixture(autouse=True)
def _use(tmp_path: Path) -> Iterator[None]:
    with detector_that_says(tmp_path, knowing()):
        yield


def file_in(folder: Path, name: str, warmer: float = 0.0) -> str:
    path = folder / name
    path.write_bytes(made.fluke(scene().temperature.astype(float) + warmer))
    return str(path)


def two_days(folder: Path) -> Inspection:
    """Return an inspection of the same devices on two days, the second warmer by 5 K."""
    later = file_in(folder, "b.is2", 5.0)
    content = Path(later).read_bytes()
    with zipfile.ZipFile(later, "w") as archive, zipfile.ZipFile(io.BytesIO(content)) as old:
        for entry in old.infolist():
            archive.writestr(zipfile.ZipInfo(entry.filename, (2022, 5, 6, 7, 8, 10)),
                             old.read(entry))
    *_, last = inspection.add(None, [file_in(folder, "a.is2"), later], "mask_rcnn", None, 0.5,
                              Request)
    return last[0]


def test_several_files_are_detected_and_kept_as_their_cameras_say(tmp_path: Path) -> None:
    kept = two_days(tmp_path)
    assert [entry.name for entry in kept.kept] == ["a.is2", "b.is2"]
    assert [entry.day for entry in kept.kept] == ["2021-05-06", "2022-05-06"]
    assert kept.kept[0].measured.emissivity == pytest.approx(0.95)
    result, _ = opened(kept, 0)
    fuse = next(each for each in result.instances if each.name == "fuse")
    assert fuse.reading and fuse.certainty
    true = scene().temperature[scene().devices[0].mask].max()
    assert fuse.reading.highest == pytest.approx(true, abs=0.2)
    shown = inspection.shown(kept, Request)[2]
    assert "b.is2" in shown and "Fluke Ti480P" in shown


def test_what_was_detected_is_kept_with_its_surfaces_and_opens_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "field.csv"
    path.write_bytes(made.csv(scene().temperature.astype(float), named=False))
    view = detect(str(path), low=None, high=None, air=20.0)[0]
    changed, patches = on_device(view, Patches(), 0, 0.5, 20.0)
    kept, *_ = inspection.keep(None, changed, patches, Request)
    again, back, picture, *_ = inspection.open_kept(kept, 0, Request)
    assert [each.reading for each in again.result.instances] == [
        each.reading for each in changed.result.instances]
    assert [each.verdict for each in again.result.instances] == [
        each.verdict for each in changed.result.instances]
    assert len(back.patches) == 1 and back.on(picture, again.result.thermogram.grey.shape)
    told = detect(picture, low=None, high=None, air=20.0, patches=back)[0]
    assert told.result.instances[0].reading == changed.result.instances[0].reading


def test_what_is_kept_was_measured_as_it_was_detected(tmp_path: Path, whole_page: gr.Blocks
                                                         ) -> None:
    view = detect(thermogram(tmp_path), low=10.0, high=70.0, emissivity=0.9, air=12.0)[0]
    kept, *_ = inspection.keep(None, view, Patches(), Request)
    known = kept.kept[0].measured
    assert (known.low, known.high, known.emissivity, known.air) == (10.0, 70.0, 0.9, 12.0)
    again = opened(kept, 0)[0]
    assert [each.reading for each in again.instances] == [
        each.reading for each in view.result.instances]
    (call,) = (call for call in whole_page.fns.values() if call.fn is inspection.keep)
    assert all(isinstance(block, gr.State) for block in call.inputs)  # no control as it is now


def test_devices_are_those_of_the_chosen_thermogram(tmp_path: Path, whole_page: gr.Blocks) -> None:
    kept = two_days(tmp_path)
    *_, choice, devices = inspection.name(kept, 0, 1, "second", Request)
    assert choice.value == 0 and devices.value == 1  # what was named stays chosen
    assert devices.choices[1][0].endswith("second")
    fewer, *_, choice, devices = inspection.remove(kept, 0, Request)
    assert choice.value == 0 and len(devices.choices) == len(fewer.kept[0].devices)
    *_, none = inspection.remove(fewer, 0, Request)
    assert none.choices == [] and none.value is None
    (call,) = (call for call in whole_page.fns.values() if call.fn is inspection.devices_in)
    assert call.inputs[1].elem_id == "infrared-inspection-choice"
    assert call.outputs[0].elem_id == "infrared-inspection-device"
    assert inspection.devices_in(kept, 1, Request).choices[0][0].startswith("1 ")


def test_the_same_name_on_another_day_makes_a_trend(tmp_path: Path) -> None:
    kept = two_days(tmp_path)
    for place in (0, 1):
        kept, *_ = inspection.name(kept, place, 0, "=T1 <b>L2</b>", Request)
    results = [opened(kept, place)[0] for place in (0, 1)]
    (points,) = trends(kept, results).values()
    assert points[1].highest - points[0].highest == pytest.approx(5, abs=0.2)
    page = html(kept, results)
    assert "<b>L2" not in page and "=T1 &lt;b&gt;L2" in page
    assert page.count("<section>") == 2 and "<polyline" in page
    assert page.count("data:image/png;base64,") == 4  # two thermograms, two photographs
    assert "http" not in page.replace("http://www.w3.org", "")
    rows = list(csv.DictReader(io.StringIO(exports.as_csv(kept, results))))
    assert len(rows) == 4 and rows[0]["called"].startswith("'=T1")
    assert float(rows[0]["highest °C"]) > 50 and rows[0]["date"].startswith("2021-05-06")


def test_everything_is_taken_along_in_files(tmp_path: Path) -> None:
    kept = two_days(tmp_path)
    buttons = inspection.make_files(kept, Request)
    report, _, tiffs, coco, session = (Path(button.value["path"] if isinstance(button.value, dict)
                                            else button.value) for button in buttons)
    assert "Thermographic inspection" in report.read_text("utf-8")
    with zipfile.ZipFile(tiffs) as archive:
        image = Image.open(io.BytesIO(archive.read("0001.tiff")))
    celsius = opened(kept, 0)[0].thermogram.celsius
    assert image.mode == "F" and np.array_equal(np.asarray(image), celsius)
    labels = json.loads(coco.read_text())
    assert len(labels["images"]) == 2 and len(labels["annotations"]) == 4
    again, *_ = inspection.load(str(session), Request)
    assert again.kept == kept.kept and again.folder != kept.folder
    assert opened(again, 1)[0].as_json() == opened(kept, 1)[0].as_json()


def test_where_the_kind_is_unsure_files_name_the_group(tmp_path: Path) -> None:
    kept = two_days(tmp_path)
    kinds = [["current transformer", 0.5], ["voltage transformer", 0.3]]
    unsure = {**kept.kept[0].devices[0], "name": "current transformer", "kinds": kinds}
    entry = replace(kept.kept[0], devices=(unsure, *kept.kept[0].devices[1:]))
    changed = replace(kept, kept=(entry, *kept.kept[1:]))
    results = [opened(changed, place)[0] for place in (0, 1)]
    first, second, *_ = csv.DictReader(io.StringIO(exports.as_csv(changed, results)))
    assert first["device"] == "some instrument transformer"
    assert first["kinds"] == "current transformer 0.50; voltage transformer 0.30"
    assert first["group"] == "instrument transformer" and second["device"] == second["group"]
    content = json.loads(exports.as_coco(changed))
    known = {each["id"]: each for each in content["categories"]}
    labels = [known[each["category_id"]] for each in content["annotations"]]
    assert labels[0]["name"] == "some instrument transformer"
    assert labels[0]["supercategory"] == "instrument transformer"
    assert {each["name"] for each in labels[1:]} <= {"fuse", "conservator"}


def test_a_browser_finds_its_own_inspection_again_and_no_other(tmp_path: Path) -> None:
    kept = two_days(tmp_path)
    key = kept_folder.key_of(kept)
    restored = inspection.restore(key, Request)[0]
    assert restored is not None and restored.kept == kept.kept
    for wrong in ("", None, "../" + key, key[:-1] + "g", "0" * 32, 7, f"{key}/x"):
        assert kept_folder.found(wrong) is None
    fewer, *_ = inspection.remove(kept, 0, Request)
    found = kept_folder.found(key)
    assert found is not None and [each.name for each in found.kept] == ["b.is2"] == [
        each.name for each in fewer.kept]


def damage(index: dict[str, Any], change: str) -> Any:
    """Break one part of an inspection's index."""
    first = index["thermograms"][0]
    if change == "path":
        first["file"] = "../../../etc/passwd"
    elif change == "kind":
        first["devices"][0]["name"] = "toaster"
    elif change == "nan":
        first["devices"][0]["score"] = float("nan")
    elif change == "size":
        first["size"] = [10**9, 10**9]
    elif change == "runs":
        first["devices"][0]["counts"] = [5]
    elif change == "called":
        first["called"] = []
    elif change == "many":
        index["thermograms"] = [first] * 99
    elif change == "format":
        index["format"] = "another"
    elif change == "deep":
        return "[" * 100_000
    return json.dumps(index)


@pytest.mark.parametrize("change", ["path", "kind", "nan", "size", "runs", "called", "many",
                                    "format", "deep"])
def test_a_broken_inspection_is_refused_in_one_sentence(tmp_path: Path, change: str) -> None:
    kept = two_days(tmp_path)
    index = json.loads((kept.folder / "inspection.json").read_text())
    path = tmp_path / "broken.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inspection.json", damage(index, change))
        for file in (kept.folder / "thermograms").iterdir():
            archive.write(file, f"thermograms/{file.name}")
    folder = tmp_path / "into"
    folder.mkdir()
    with pytest.raises(UserError):
        opened(unzipped(path, folder), 0)


def test_a_zip_whose_packing_is_broken_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inspection.json", json.dumps({"format": [*range(999)]}))
    content = bytearray(path.read_bytes())
    content[30 + len("inspection.json")] = 255  # a kind of block that there is not
    path.write_bytes(content)
    with pytest.raises(UserError):
        unzipped(path, tmp_path / "into")


def test_a_zip_writes_nothing_but_what_belongs_into_the_folder(tmp_path: Path) -> None:
    kept = two_days(tmp_path)
    path = tmp_path / "more.zip"
    path.write_bytes(kept.zipped())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("evil.py", "x")
        archive.writestr("thermograms/deep/0001.is2", "x")
        archive.writestr("thermograms/run.sh", "x")
    folder = tmp_path / "into"
    folder.mkdir()
    assert unzipped(path, folder).kept == kept.kept
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == {
        "inspection.json", "thermograms/0001.is2", "thermograms/0002.is2"}
    (folder / "thermograms" / "0001.is2").unlink()
    with pytest.raises(UserError, match="no whole inspection"):
        read_folder(folder)


def test_nothing_kept_is_said_in_one_sentence() -> None:
    for asked in (lambda: inspection.open_kept(None, None, Request),
                  lambda: inspection.name(None, 0, 0, "x", Request),
                  lambda: inspection.make_files(None, Request)):
        with pytest.raises(gr.Error, match="No thermogram is kept"):
            asked()
    with pytest.raises(gr.Error, match="press Detect first"):
        inspection.keep(None, None, Patches(), Request)
