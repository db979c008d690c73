"""Races to take away and to bring back: a report, numbers, animations, and the whole as a zip."""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable
from functools import partial

import streamlit as st

from vae_explorer.figures.films import FILMS, race_film
from vae_explorer.figures.page import file_name, page
from vae_explorer.figures.report.race import race_report
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.saving import zipped_race, zipped_runs
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.race_json import to_csv, to_json
from vae_explorer.saved.run import StoreError
from vae_explorer.saved.zips import MOST_BYTES, race_of_zip
from vae_explorer.ui.compare import clock, state
from vae_explorer.ui.compare.state import Held

_NO_REPORT = (
    "The report of this race could not be made: {error}. Its numbers and runs are not touched by "
    "that, and can be taken away."
)

# --- Bringing back ---


def buttons() -> None:
    """The button under which saved races are opened, or laid over the one that is shown."""
    with st.popover("Saved races", icon=":material/folder_open:"):
        st.markdown("A race that was taken away as a zip, to look at again or to compare with.")
        _upload("Open a race", "opened", clock.forget)
        _upload("Lay a race over this one", "overlay", lambda: None)
        if st.session_state.get("compare.opened") is not None:
            st.button("Close the opened race", on_click=close, args=("opened",))
        if st.session_state.get("compare.overlay") is not None:
            st.button("Take the overlay off", on_click=close, args=("overlay",))


def _upload(label: str, slot: str, then: Callable[[], None]) -> None:
    turn = st.session_state.setdefault(f"compare.{slot}.turn", 0)
    key = f"compare.{slot}.file.{turn}"
    st.file_uploader(
        label,
        type="zip",
        max_upload_size=MOST_BYTES // 2**20,
        key=key,
        on_change=_take,
        args=(key, slot, then),
    )


def _take(key: str, slot: str, then: Callable[[], None]) -> None:
    file = st.session_state.get(key)
    if file is None:  # or the page was left meanwhile
        return
    try:
        st.session_state[f"compare.{slot}"] = race_of_zip(file.getvalue())
    except StoreError as error:
        st.session_state.notices = [str(error)]
        return
    then()


def close(slot: str) -> None:
    """Takes a saved race, `opened` or laid over as `overlay`, off the page."""
    if st.session_state.pop(f"compare.{slot}", None) is None:
        return
    st.session_state[f"compare.{slot}.turn"] += 1  # an uploader with nothing in it
    if slot == "opened":
        clock.forget()


# --- Taking away ---


def downloads(shown: RaceRecord | None, job: Job | None) -> None:
    """Two buttons, there from the start: the report, and all else that can be taken away."""
    judged = shown is not None and shown.race is not None
    st.download_button(
        "Report",
        partial(_report, shown, state.held()) if shown is not None and judged else "",
        _name(shown, "html"),
        "text/html",
        icon=":material/description:",
        key="compare.report",
        on_click="ignore",
        disabled=not judged,
        help="One page with settings, statistics, findings and figures; works offline and prints.",
    )
    there = judged or _could_not_be_judged(shown, job)
    with st.popover("Take away", icon=":material/download:", disabled=not there):
        if shown is not None and there:
            if judged:
                _numbers(shown)
            if job is not None and job.can_be_told:
                _weights(shown, job)
            _films(shown)


def _could_not_be_judged(shown: RaceRecord | None, job: Job | None) -> bool:
    """Whether it was trained and has ended, and its numbers could not be measured."""
    if shown is None or shown.race is not None or job is None or not job.has_ended:
        return False
    return shown.history.places[-1] > 0


def _numbers(shown: RaceRecord) -> None:
    _button(shown, "CSV", "csv", "table", partial(to_csv, shown.judged), "A line a VAE.")
    _button(
        shown,
        "JSON",
        "json",
        "data_object",
        partial(_json, shown, state.held()),
        "All numbers, with statistics and findings.",
    )


def _weights(shown: RaceRecord, job: Job) -> None:
    """What only the process that trained it can give: every VAE as a saved run."""
    if shown.race is None:
        make, label = partial(zipped_runs, job), "Runs as zip"
        help = "Every VAE as a saved run. The race has no numbers, since it could not be judged."
    else:
        make, label = partial(_zip, shown, job, state.held()), "Race as zip"
        help = (
            "Everything: report, numbers, history, and every VAE as a saved run. It can be opened "
            "here again."
        )
    _button(shown, label, "zip", "folder_zip", make, help)


def _films(shown: RaceRecord) -> None:
    for kind, label in FILMS.items():
        make = partial(_film, shown, kind, state.held())
        help = "Through training, all side by side."
        _button(shown, f"{label} as GIF", "gif", "animation", make, help, kind)


def _button(
    shown: RaceRecord,
    label: str,
    ending: str,
    icon: str,
    make: Callable[[], bytes | str],
    help: str,
    of: str = "",
) -> None:
    st.download_button(
        label,
        make,
        _name(shown, ending, of),
        _TYPES[ending],
        icon=f":material/{icon}:",
        key=f"compare.take.{of or ending}",
        on_click="ignore",
        width="stretch",
        help=help,
    )


_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "zip": "application/zip",
    "gif": "image/gif",
}


def _name(shown: RaceRecord | None, ending: str, of: str = "") -> str:
    parts = ["race", *([] if shown is None else [shown.experiment.dataset]), *([of] if of else [])]
    return file_name(" ".join(parts), ending)


# What the buttons make, when they are pressed: with what is held then, and without a session.


def _report(shown: RaceRecord, held: Held) -> str:
    """The page; where an error came between one that says so, and takes nothing else with it."""
    try:
        return race_report(shown, state.reference_key(shown, held))
    except Exception as error:
        traceback.print_exc()
        return page("No report", html.escape(_NO_REPORT.format(error=repr(error)[:300])), "")


def _json(shown: RaceRecord, held: Held) -> str:
    return to_json(shown.judged, state.reference_key(shown, held))


def _zip(shown: RaceRecord, job: Job, held: Held) -> bytes:
    return zipped_race(job, shown, state.reference_key(shown, held), _report(shown, held))


def _film(shown: RaceRecord, kind: str, held: Held) -> bytes:
    align = held.view.aligned
    return race_film(shown.experiment, shown.history, shown.probe, kind, align)
