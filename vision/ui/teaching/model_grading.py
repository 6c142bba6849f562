"""The grading bench: models that students trained, ranked on pictures only the teacher can name."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.files.csv_table import as_csv
from vision.ui.components import names
from vision.ui.components.friendly import friendly
from vision.ui.components.html import as_note, grouped, localised, note, table
from vision.ui.components.markup import joined
from vision.ui.components.training.stopping import Control, stop_button, stoppable, stops_after
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.text import explain, say, t

if TYPE_CHECKING:
    from vision.grading.rank import Place, Ranking

SYSTEMS = ("segmentation", "gan", "pruning", "infrared")


@friendly
@low_priority
def grade(files: Sequence[str] | None, system: str, word: str, control: Control,
          request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Measure one file after the other; show the ranking so far, and at last the CSV."""
    from vision.grading.graded import grade_all, pictures_of
    from vision.grading.rank import ranked

    paths = [Path(file) for file in files or ()]
    start = time.monotonic()
    for graded in grade_all(paths, system, word or ""):
        ranking = ranked(system, graded, pictures_of(system, 0))
        left = (time.monotonic() - start) / len(graded) * (len(paths) - len(graded))
        last = len(graded) == len(paths) or control.stopping.is_set()
        said = note("teaching.done" if last else "teaching.so_far", request, done=len(graded),
                    count=len(paths), pictures=ranking.pictures, seconds=f"{left:.0f}")
        yield said + shown(ranking, request), written(ranking) if last else gr.skip()
        if last:
            break


def written(ranking: Ranking) -> gr.DownloadButton:
    """Return the download of a ranking as CSV."""
    file = new_folder() / "ranking.csv"
    file.write_text(as_csv(ranking.rows()), "utf-8-sig")
    return gr.DownloadButton(value=str(file), visible=True)


def shown(ranking: Ranking, request: gr.Request | None) -> Markup:
    """Return the ranking as a table, and why files were refused below it."""
    fit = [place for place in ranking.places if place.rank is not None]
    head = [say(f"teaching.column_{name}", request)
            for name in ("rank", "file", "score", "interval", "same", "arch", "weights")]
    refused = [as_note(f"{place.graded.file}: {why(place, request)}")
               for place in ranking.places if place.rank is None]
    return joined([table(head, [row_of(place, request) for place in fit]) if fit else "", *refused])


def row_of(place: Place, request: gr.Request | None) -> list[str]:
    """Return a file's row."""
    graded = place.graded
    interval = graded.interval
    return [str(place.rank), graded.file,
            f"{graded.measure} {localised(f'{interval.value:.3f}', request)}",
            f"{interval.low:.3f} … {interval.high:.3f}", ", ".join(graded.same) or "–",
            names.network(graded.arch), grouped(graded.weights, request)]


def why(place: Place, request: gr.Request | None) -> str:
    """Return why a file has no rank."""
    refused = place.graded.refused
    return explain(refused, request) if refused else say("teaching.no_score", request)


def build() -> None:
    """Build the part."""
    gr.Markdown(t("teaching.models_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            files = gr.File(label=t("teaching.model_files"), file_count="multiple",
                            file_types=[".safetensors"], height=140, elem_id="teaching-models")
            system = gr.Radio([(t(f"{name}.title"), name) for name in SYSTEMS],
                              value=SYSTEMS[0], label=t("teaching.system"),
                              elem_id="teaching-system")
            word = gr.Textbox(label=t("teaching.word"), info=t("teaching.word_info"),
                              type="password", max_lines=1, max_length=200,
                              elem_id="teaching-word")
            with gr.Row():
                go = gr.Button(t("teaching.go"), variant="primary", elem_id="teaching-go")
                stop = stop_button("teaching-stop")
            csv = gr.DownloadButton(t("teaching.csv"), visible=False, size="sm",
                                    elem_id="teaching-models-csv")
        with gr.Column(scale=3, min_width=320):
            ranking = gr.HTML(t("teaching.models_empty"), elem_id="teaching-ranking")
    control = stoppable(go, stop)
    stops_after(go.click(grade, [files, system, word, control], [ranking, csv],
                         concurrency_limit=1, concurrency_id="train", show_progress="minimal",
                         api_visibility="private"), control, go, stop)
