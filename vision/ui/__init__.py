"""The web app: tabs that are found, not listed, in one page that loads nothing from outside."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("MPLBACKEND", "agg")  # else the first call looks for one while all wait
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")  # else Gradio makes a table of ten
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))  # thousand after each call

import gradio as gr
from starlette.middleware import Middleware

from vision.malloc_tuning import keep_little
from vision.ui import tabs, teaching
from vision.ui.components import steps
from vision.ui.components.class_links import class_link
from vision.ui.server import http_server
from vision.ui.server.assistants import page_tools
from vision.ui.server.ending import end_on_sigterm, leaving
from vision.ui.server.health import WARM
from vision.ui.server.light_pictures import small_examples
from vision.ui.server.limits import LIMITS
from vision.ui.server.place_shares import JOBS
from vision.ui.server.scripts.languages import with_the_page
from vision.ui.shell import (
    accessible_names,
    bar,
    device_notice,
    error_toasts,
    language_switch,
    late_parts,
    progress_marks,
    stale,
)
from vision.ui.shell import zero_gpu as zero_gpu  # brings ZeroGPU in before torch
from vision.ui.shell.decimal_commas import write_decimal_commas
from vision.ui.shell.files.own import ASSETS as ASSETS  # where tabs look for it
from vision.ui.shell.files.own import photograph_folders, stay
from vision.ui.shell.files.uploads import KEPT_SECONDS, LARGEST, LOOK_SECONDS, Limited
from vision.ui.shell.input_checks import guard_inputs
from vision.ui.shell.lean_sessions import Page
from vision.ui.shell.responsive import look_less_often, spare_what_stays, take_short_turns
from vision.ui.shell.theme import CSS, HEAD, THEME
from vision.ui.text import t, words

log = logging.getLogger("vision.ui")


@dataclass(frozen=True)
class Tab:
    """One tab: its name, its place, what builds it, and what to load beforehand.

    `build` may return what a class link shares of the tab; `first` makes what is seen at first.
    """

    name: str
    order: int
    build: Callable[[], class_link.Shared | None]
    warm: Callable[[], Any] | None = None
    first: Callable[[], Any] | None = None


def load_tabs() -> list[Tab]:
    """Return the tabs of every folder or module below `tabs` that defines `TAB`, in their order."""
    modules = (importlib.import_module(f"{tabs.__name__}.{module.name}")
               for module in pkgutil.iter_modules(tabs.__path__))
    found = [module.TAB for module in modules if hasattr(module, "TAB")]
    return sorted(found, key=lambda tab: tab.order)


def create_app() -> gr.Blocks:
    """Return the whole page, not yet launched."""
    with Page(title="Vision Lab", analytics_enabled=False,
                   delete_cache=(LOOK_SECONDS, KEPT_SECONDS)) as app:
        app.queue(max_size=LIMITS.clicks + LIMITS.trainings, default_concurrency_limit=2,
                  api_open=False)  # first, as it describes all that is there
        languages = bar.build()
        with gr.Tabs(elem_id="app-tabs") as row:
            parts = []
            for tab in load_tabs():
                with gr.Tab(t(f"{tab.name}.title"), id=tab.name):
                    if f"{tab.name}.question" in words("en"):
                        gr.Markdown(t(f"{tab.name}.question"), elem_classes=["lab-question"])
                    parts.append(tab.build())
        teaching.build()
        bar.listen(app)
        accessible_names.listen(app)
        error_toasts.listen(app)
        shared = [part for part in parts if part]
        class_link.connect(app, row, shared)
        language_switch.connect(app, languages, shared)
        stale.listen(app, shared)
        late_parts.listen(app)
        progress_marks.listen(app)
        small_examples(app)
    stay(app)
    guard_inputs(app)
    write_decimal_commas(app)
    device_notice.listen()
    return app


def launch(app: gr.Blocks, **settings: Any) -> gr.Blocks:
    """Serve the page, then load torch and the models behind it while people look at it."""
    blocking = not settings.pop("prevent_thread_lock", False)
    keep_little()
    take_short_turns()
    look_less_often(app)
    http_server.install()
    with redirect_stdout(StringIO()):  # Gradio, though quiet, tells where assistants reach it
        app.launch(
            quiet=True, prevent_thread_lock=True, theme=THEME,
            css=CSS + bar.CSS + steps.CSS + stale.CSS + error_toasts.CSS, head=HEAD,
            i18n=gr.I18n(**with_the_page()), favicon_path=ASSETS / "favicon.svg", ssr_mode=False,
            allowed_paths=[str(ASSETS), *photograph_folders()], max_file_size=LARGEST,
            max_threads=JOBS, run_history=bool(LIMITS.history),
            footer_links=["api", "runs"] if LIMITS.history else ["api"],
            enable_monitoring=False, mcp_server=page_tools.available(),
            app_kwargs={"middleware": [Middleware(Limited)]},
            **settings,
        )
    threading.Thread(target=warm_up, name="warm-up").start()
    if blocking:
        end_on_sigterm()
        print(f"Vision Lab is at {app.local_url}", flush=True)
        app.block_thread()
    return app


def warm_up() -> None:
    """Load what each tab's first click needs, and make what it shows before that.

    A tab that cannot says so when it is used.
    """
    for tab in load_tabs():
        for make in filter(None, (tab.warm, tab.first)):
            if leaving():
                return
            try:
                make()
            except Exception:
                log.warning("the tab '%s' is not warm", tab.name, exc_info=True)
    spare_what_stays()
    WARM.set()
