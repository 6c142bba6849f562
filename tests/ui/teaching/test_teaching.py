"""A teacher drops a class's sheets and models, and gets histograms, a ranking and tables."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from vision.ui.components.training.stopping import Control
from vision.ui.lessons.class_answers import MOST, Question, alike, questions
from vision.ui.lessons.sheet import Sheet
from vision.ui.teaching import class_sheets, model_grading

ASKED = gr.Request(headers={"accept-language": "en"})


def sheet(guesses: dict[str, str], made: str = "2026-01-01T00:00:00+00:00", tab: str = "gan"
          ) -> Sheet:
    """A sheet with these guesses."""
    return Sheet(tab, "v=1", {"fidelity": 0.5, "=cmd()": "=1+1"}, guesses, made=made)


def written(folder: Path, sheets: Sequence[Sheet]) -> list[str]:
    """Write sheets as files and return their paths."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"sheet-{number}.json" for number, _ in enumerate(sheets)]
    for path, each in zip(paths, sheets, strict=True):
        path.write_text(each.to_json(), "utf-8")
    return [str(path) for path in paths]


def table_of(update: Any) -> list[dict[str, str]]:
    """Return the rows of the CSV that a download button is given."""
    path = update["value"] if isinstance(update, dict) else update.value["path"]
    return list(csv.DictReader(Path(path).read_text("utf-8-sig").splitlines()))


@pytest.mark.parametrize("guesses, bars", [
    (("60%", "about 60", "0,5", "−3"), [("-3", 1), ("0.5", 1), ("60", 2)]),
    (("yes", "Yes ", "no 7"), [("yes", 2), ("no 7", 1)]),
    (tuple(["9" * 400, *map(str, range(8))]), [("9" * 400, 1), *((str(n), 1) for n in range(7))]),
    (tuple(map(str, range(16))), [("0 … 1.88", 2), ("1.88 … 3.75", 2), ("3.75 … 5.62", 2),
                                  ("5.62 … 7.5", 2), ("7.5 … 9.38", 2), ("9.38 … 11.2", 2),
                                  ("11.2 … 13.1", 2), ("13.1 … 15", 2)])])
def test_guesses_are_counted(guesses: tuple[str, ...], bars: list[tuple[str, int]]) -> None:
    assert Question("gan", "best", guesses).bars() == bars


def test_the_same_guesses_of_the_same_second_are_told() -> None:
    one, later = sheet({"best": "1"}), sheet({"best": "1"}, "2026-01-01T00:00:01+00:00")
    assert alike([("a", one), ("b", later), ("c", dataclasses.replace(one))]) == [["a", "c"]]
    assert alike([("a", sheet({})), ("b", sheet({}))]) == []
    assert [(each.tab, each.guesses) for each in questions([("a", one), ("b", later)])] == [
        ("gan", ("1", "1"))]


def test_a_classes_sheets_become_histograms_and_a_table(tmp_path: Path) -> None:
    files = written(tmp_path, [
        sheet({"best": "0.5", "x": "<script>alert(1)</script>"}), sheet({"best": "=0.7"})])
    shown, table = class_sheets.gather(files, ASKED)
    assert "How does it end?" in shown and "2 guesses" in shown and "<script>" not in shown
    rows = table_of(table)
    assert [row["guess: best"] for row in rows] == ["0.5", "'=0.7"]
    assert rows[0]["result: =cmd()"] == "'=1+1"


def test_sheets_that_share_no_question_are_too_much_for_one_table(tmp_path: Path) -> None:
    few = [sheet({f"{number}-{place}": "1" for place in range(600)}) for number in range(4)]
    _, table = class_sheets.gather(written(tmp_path / "few", few), ASKED)
    assert len(table_of(table)[0]) > 2400
    many = [sheet({f"{number}-{place}": "1" for place in range(600)}) for number in range(5)]
    with pytest.raises(gr.Error, match="3002 different questions and results"):
        class_sheets.gather(written(tmp_path / "many", many), ASKED)


@pytest.mark.parametrize("files, words", [(0, "0 sheets"), (MOST + 1, "201 sheets")])
def test_too_few_or_too_many_sheets_get_one_sentence(tmp_path: Path, files: int, words: str
                                                     ) -> None:
    with pytest.raises(gr.Error, match=words):
        class_sheets.gather([str(tmp_path / "a.json")] * files, ASKED)


def test_a_file_that_is_no_sheet_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("[]")
    with pytest.raises(gr.Error, match=r"odd\.json"):
        class_sheets.gather([str(tmp_path / "odd.json")], ASKED)


def test_models_are_ranked_one_after_the_other_and_stop_keeps_what_is_there(
        tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.grading.graded.shipped", lambda system: {})
    monkeypatch.setattr("vision.segmentation.grade.PICTURES", 2)
    (tmp_path / "odd.safetensors").write_bytes(b"no model")
    files = [str(tmp_path / "odd.safetensors"),
             *(shutil.copy(tiny_checkpoint, tmp_path / f"{name}.safetensors") for name in "abc")]
    control = Control()
    frames = model_grading.grade(files, "segmentation", "apple", control, ASKED)
    assert "1 of 4 models measured on 2 pictures" in next(frames)[0]
    next(frames)
    control.stopping.set()
    *_, (shown, table) = frames
    assert "3 of 4" in shown and "b.safetensors" in shown and "odd.safetensors" in shown
    assert [row["rank"] for row in table_of(table)] == ["1", "1", ""]


@pytest.mark.parametrize("files, word, words", [
    ([], "apple", "0 files"), (["a.safetensors"], " ", "No word")])
def test_without_files_or_a_word_nothing_is_ranked(files: list[str], word: str, words: str
                                                   ) -> None:
    with pytest.raises(gr.Error, match=words):
        next(model_grading.grade(files, "segmentation", word, Control(), ASKED))
