"""Races to take away and to bring back: a report, numbers, animations, and the whole as a zip."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from vae_explorer.archive import race_of_zip, zipped_race
from vae_explorer.data import DATASETS
from vae_explorer.race_record import to_csv, to_json
from vae_explorer.race_store import SavedRace
from vae_explorer.scene import film, scene_at
from vae_explorer.store import StoreError
from vae_explorer.ui.compare import clock
from vae_explorer.ui.compare.shown import ShownRace
from vae_explorer.ui.report.race import race_report
from vae_explorer.ui.style import activation_style
from vae_explorer.ui.takeaway import file_name
from vae_explorer.ui.takeaway.animation import gif

_MOST_IN_GIF = 12
_MEGABYTES = 100


# --- Bringing back ---


def buttons(shown: ShownRace | None) -> None:
    """The button under which saved races are opened, or laid over the one that is shown."""
    with st.popover("Saved races", icon=":material/folder_open:"):
        st.markdown("A race that was taken away as a zip, to look at again or to compare with.")
        _upload("Open a race", "opened", clock.forget)
        _upload("Lay a race over this one", "overlay", lambda: None)
        if st.session_state.get("compare.opened") is not None:
            st.button("Close the opened race", on_click=_close, args=("opened",))
        if st.session_state.get("compare.overlay") is not None:
            st.button("Take the overlay off", on_click=_close, args=("overlay",))


def _upload(label: str, slot: str, then) -> None:
    turn = st.session_state.setdefault(f"compare.{slot}.turn", 0)
    key = f"compare.{slot}.file.{turn}"
    st.file_uploader(
        label,
        type="zip",
        max_upload_size=_MEGABYTES,
        key=key,
        on_change=_take,
        args=(key, slot, then),
    )


def _take(key: str, slot: str, then) -> None:
    file = st.session_state[key]
    if file is None:
        return
    try:
        st.session_state[f"compare.{slot}"] = race_of_zip(file.getvalue())
    except StoreError as error:
        st.session_state.notices = [str(error)]
        return
    then()


def _close(slot: str) -> None:
    st.session_state.pop(f"compare.{slot}", None)
    st.session_state[f"compare.{slot}.turn"] += 1  # an uploader with nothing in it
    clock.forget()


# --- Taking away ---


def downloads(shown: ShownRace, index: int) -> None:
    """The row of buttons below a race that is at rest."""
    reference = st.session_state["compare.reference"]
    with st.container(horizontal=True, gap="small"):
        if shown.race is not None:
            saved = SavedRace(shown.race, shown.history, shown.probe)
            name = f"race {shown.experiment.dataset}"
            st.download_button(
                "Report",
                partial(race_report, saved, reference),
                file_name(name, "html"),
                "text/html",
                icon=":material/description:",
                key="compare.report",
                on_click="ignore",
                help="One page with settings, statistics, findings and figures; works offline "
                "and prints.",
            )
            st.download_button(
                "CSV",
                partial(to_csv, shown.race),
                file_name(name, "csv"),
                "text/csv",
                icon=":material/table:",
                key="compare.csv",
                on_click="ignore",
                help="A line a VAE, with all that it is judged by.",
            )
            st.download_button(
                "JSON",
                partial(to_json, shown.race, reference),
                file_name(name, "json"),
                "application/json",
                icon=":material/data_object:",
                key="compare.json",
                on_click="ignore",
                help="All numbers, with statistics and findings.",
            )
            if shown.run is not None and shown.run.state != "failed":
                st.download_button(
                    "Race as zip",
                    partial(_zip, shown, saved, reference),
                    file_name(name, "zip"),
                    "application/zip",
                    icon=":material/folder_zip:",
                    key="compare.zip",
                    on_click="ignore",
                    help="Everything: report, numbers, history, and every VAE as a saved run. "
                    "It can be opened here again.",
                )
        for kind, label in _FILMS.items():
            st.download_button(
                f"{label} as GIF",
                partial(film_gif, shown, kind),
                file_name(f"{kind} over training", "gif"),
                "image/gif",
                icon=":material/animation:",
                key=f"compare.gif.{kind}",
                on_click="ignore",
                help="Through training, all side by side.",
            )


def _zip(shown: ShownRace, saved: SavedRace, reference: str) -> bytes:
    assert shown.run is not None
    return zipped_race(shown.run, saved, reference, race_report(saved, reference))


_FILMS = {"manifold": "Manifold", "reconstructions": "Reconstructions"}


def film_gif(shown: ShownRace, kind: str) -> bytes:
    """A kind of picture through training, arms side by side, each as one square of images."""
    panels = scene_at(shown.experiment, shown.history).panels()[:_MOST_IN_GIF]
    height, width = DATASETS[shown.experiment.dataset].image_shape
    films = [film(panel, shown.history) for panel in panels]
    longest = max(len(frames) for frames in films)
    pictures = []
    for time in range(longest):
        row = []
        for panel, frames in zip(panels, films):
            # Populations that trained one after the other are shown as if they had at once.
            frame = frames[min(time * len(frames) // longest, len(frames) - 1)]
            images = getattr(frame, kind)[panel.row]
            side = int(np.sqrt(len(images)))
            grid = images[: side * side].reshape(side, side, height, width)
            row.append(grid.swapaxes(1, 2).reshape(-1))
        pictures.append(np.stack(row))
    return gif(
        np.stack(pictures),
        (side * height, side * width),
        [panel.arm.label for panel in panels],
        [activation_style(panel.arm.activation_key).colour for panel in panels],
        boomerang=False,
    )
