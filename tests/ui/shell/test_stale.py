"""What a tab's result depends on makes it stale, and only a whole new result makes it fresh."""

from __future__ import annotations

import gradio as gr
import pytest

from vision.ui import create_app
from vision.ui.components.class_links.class_link import Shared
from vision.ui.shell import stale
from vision.ui.tabs.pruning import curve, layers


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    """The whole page, built once."""
    return create_app()


def small() -> tuple[gr.Blocks, dict[str, int]]:
    """Return a page with a tab whose opacity redraws the result, and its controls by name."""
    with gr.Blocks() as page:
        number, opacity = gr.Slider(0, 9, elem_id="gan-number"), gr.Slider(0, 1)
        state, result = gr.State(None), gr.HTML(elem_id="gan-result")
        told = gr.HTML(elem_id="gan-told")
        ink, go, more = gr.HTML(), gr.Button(), gr.Button()
        go.click(None, None, ink, js="() => 'set by the click itself'", queue=False)
        go.click(lambda *_: ("", ""), [state, number, opacity, ink], [told, result],
                 api_name="draw")
        more.click(lambda *_: ("", ""), number, [result, told], api_visibility="private")
        page.load(lambda *_: ("", ""), None, [result, told], api_visibility="private")
        opacity.input(lambda _: "", opacity, result, api_visibility="private")
        part = Shared("gan", {"number": number, "opacity": opacity})
        before = len(page.fns)
        stale.listen(page, [part])
    return page, {"number": number._id, "opacity": opacity._id, "before": before}


def test_a_control_makes_stale_what_does_not_follow_it_by_itself() -> None:
    page, names = small()
    added = [each for number, each in page.fns.items() if number >= names["before"]]
    assert list(page.fns.values())[:len(added)] == added  # before what may take long
    marks = [each for each in added if each.trigger_after is None]
    assert [each.targets for each in marks] == [[(names["number"], "change")]]
    assert '["gan-result", "gan-told"]' in marks[0].js and not marks[0].queue


def test_only_what_steers_a_run_makes_nothing_stale_while_one_goes_on() -> None:
    page = create_app()
    marks = [each for each in page.fns.values() if str(each.js).endswith(", true)")
             and "dataset.stale" in str(each.js)]
    assert [{page.blocks[number].elem_id for number, _ in mark.targets} for mark in marks] == [
        {"style-content-power", "style-style-power", "style-tv-power"}]


def test_every_whole_new_result_of_what_is_set_makes_fresh() -> None:
    page, *_ = small()
    clears = [each for each in page.fns.values() if each.trigger_after is not None]
    assert [each.trigger_after for each in clears] == [1, 2]
    assert all(each.trigger_only_on_success for each in clears)


def test_an_answer_clears_only_what_its_own_request_knew_of() -> None:
    page, *_ = small()
    for clear in (each for each in page.fns.values() if each.trigger_after is not None):
        run = page.fns[clear.trigger_after]
        assert run.js == f"(...values) => {{ ({stale.BEGIN})(\"gan-result\", {run._id}, false);" \
                         " return values; }"
        assert clear.js.endswith(f', {run._id})') and "labKnown?.[run]" in clear.js


def test_the_app_knows_what_its_results_depend_on() -> None:
    page = create_app()
    for tab, reads in (("segmentation", "picture"), ("gan", "seed"), ("pruning", "ratio"),
                       ("style", "content"), ("infrared", "picture")):
        marks = [each for each in page.fns.values() if each.targets
                 and stale.MARK in str(each.js) and f'["{tab}-result"' in str(each.js)]
        named = {page.blocks[number].elem_id for mark in marks for number, _ in mark.targets}
        assert f"{tab}-{reads}" in named, tab
        assert "segmentation-opacity" not in named


@pytest.mark.parametrize("result, dimmed_by", [
    ("segmentation-inside", {"segmentation-kind", "segmentation-picture"}),
    ("segmentation-microscope", {"segmentation-model", "segmentation-picture",
                                 "segmentation-truth"}),
    ("gan-near", {"gan-model"}),
    ("pruning-sensitivity", {"pruning-model", "pruning-criterion", "pruning-data"}),
    ("pruning-cliff", {"pruning-model", "pruning-criterion", "pruning-protected",
                       "pruning-data"}),
])
def test_the_result_of_a_part_is_dimmed_by_what_its_button_reads(
        page: gr.Blocks, result: str, dimmed_by: set[str]) -> None:
    marks = [each for each in page.fns.values() if f'(["{result}"' in str(each.js)
             and stale.MARK in str(each.js)]
    assert {page.blocks[number].elem_id for each in marks for number, _ in each.targets
            } == dimmed_by
    runs = {page.fns[each.trigger_after].fn for each in page.fns.values()
            if f'(["{result}"' in str(each.js) and stale.CLEAR in str(each.js)}
    assert any(each.fn in runs and "click" in dict(map(reversed, each.targets))
               for each in page.fns.values())


def test_an_answer_that_comes_too_late_is_dimmed_and_what_lasts_is_not() -> None:
    assert "if (late) place.dataset.stale" in stale.CLEAR and ":has(.lab-lasts)" in stale.CSS
    names = layers.MODELS.names()
    measured = next(name for name in names if "sensitivity" in layers.MODELS.card(name).metrics)
    assert 'class="lab-lasts"' in layers.on_card(measured, None, None)[0]
    for name in names:
        assert 'class="lab-lasts"' in curve.cliff(name, None, None)[1]


def test_a_result_is_not_dimmed_while_it_forms() -> None:
    page = create_app()
    forming = [each for each in page.fns.values() if stale.END in str(each.js)]
    runs = {page.fns[each.trigger_after].fn.__name__ for each in forming}
    assert runs == {"stylize", "go_on", "refine", "resume", "prune", "measure_now", "time_layers"}
    assert any(each.trigger_only_on_failure for each in forming)
    assert "data-forming" in stale.CSS
