"""Races to take away and to bring back: a report, numbers, animations, and the whole as a zip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from vae_explorer.figures.films import FILMS, race_film
from vae_explorer.figures.page import file_name
from vae_explorer.figures.report.race import race_report
from vae_explorer.jobs.saving import zipped_race, zipped_runs
from vae_explorer.results.race import Race
from vae_explorer.results.record import SavedRace
from vae_explorer.saved.race_json import to_csv, to_json
from vae_explorer.saved.run import StoreError
from vae_explorer.saved.zips import MOST_BYTES, race_of_zip
from vae_explorer.ui.compare import clock, state
from vae_explorer.ui.compare.shown import ShownRace
from vae_explorer.ui.compare.state import Held

# --- Bringing back ---


def buttons(shown: ShownRace | None) -> None:
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
    file = st.session_state[key]
    if file is None:
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


def downloads(shown: ShownRace | None) -> None:
    """Two buttons, there from the start: the report, and all else that can be taken away."""
    race = None if shown is None else shown.race
    st.download_button(
        "Report",
        "" if shown is None or race is None else partial(_report, shown, race, state.held()),
        _name(shown, "html"),
        "text/html",
        icon=":material/description:",
        key="compare.report",
        on_click="ignore",
        disabled=race is None,
        help="One page with settings, statistics, findings and figures; works offline and prints.",
    )
    unjudged = shown is not None and shown.is_unjudged
    with st.popover(
        "Take away", icon=":material/download:", disabled=race is None and not unjudged
    ):
        if shown is not None and race is not None:
            _numbers(shown, race)
        elif shown is not None and unjudged:
            _runs(shown)
        if shown is not None and (race is not None or unjudged):
            _films(shown)


def _runs(shown: ShownRace) -> None:
    """All that there is of a race that could not be judged."""
    if shown.job is not None and shown.job.can_be_told:
        _button(
            shown,
            "Runs as zip",
            "zip",
            "folder_zip",
            partial(zipped_runs, shown.job),
            "Every VAE as a saved run. The race has no numbers, since it could not be judged.",
        )


def _numbers(shown: ShownRace, race: Race) -> None:
    _button(shown, "CSV", "csv", "table", partial(to_csv, race), "A line a VAE.")
    _button(
        shown,
        "JSON",
        "json",
        "data_object",
        partial(_json, shown, race, state.held()),
        "All numbers, with statistics and findings.",
    )
    if shown.job is not None and shown.job.can_be_told:
        _button(
            shown,
            "Race as zip",
            "zip",
            "folder_zip",
            partial(_zip, shown, race, state.held()),
            "Everything: report, numbers, history, and every VAE as a saved run. It can be opened "
            "here again.",
        )


def _films(shown: ShownRace) -> None:
    for kind, label in FILMS.items():
        make = partial(_film, shown, kind, state.held())
        help = "Through training, all side by side."
        _button(shown, f"{label} as GIF", "gif", "animation", make, help, kind)


def _button(
    shown: ShownRace,
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


def _name(shown: ShownRace | None, ending: str, of: str = "") -> str:
    parts = ["race", *([] if shown is None else [shown.experiment.dataset]), *([of] if of else [])]
    return file_name(" ".join(parts), ending)


def _saved(shown: ShownRace, race: Race) -> SavedRace:
    return SavedRace(race, shown.history, shown.probe)


# What the buttons make, when they are pressed: with what is held then, and without a session.


def _report(shown: ShownRace, race: Race, held: Held) -> str:
    return race_report(_saved(shown, race), state.reference_key(shown, held))


def _json(shown: ShownRace, race: Race, held: Held) -> str:
    return to_json(race, state.reference_key(shown, held))


def _zip(shown: ShownRace, race: Race, held: Held) -> bytes:
    assert shown.job is not None
    reference = state.reference_key(shown, held)
    return zipped_race(shown.job, _saved(shown, race), reference, _report(shown, race, held))


def _film(shown: ShownRace, kind: str, held: Held) -> bytes:
    align = held.view.aligned
    return race_film(shown.experiment, shown.history, shown.probe, kind, align)
