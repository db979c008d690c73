"""The two test images that the interpolations of a run join, as the page lets one choose them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.data.probe import image_names
from vae_explorer.jobs.job import Job
from vae_explorer.results.history import ProbeImages
from vae_explorer.ui.shared.session import tell


def choose_path_ends(job: Job, probe: ProbeImages, page: str) -> bool:
    """Draws the two choices and tells the run of a new one; whether it was told."""
    classes = DATASETS[job.experiment.dataset].class_names
    names = image_names(probe.labels[: probe.shown], classes)
    ends = []
    for place, default in zip(("from", "to"), job.path):

        def label(image: int, place: str = place) -> str:
            return f"{place} {names[image]}"

        ends.append(
            st.selectbox(
                f"Image to interpolate {place}",
                range(probe.shown),
                index=default,
                format_func=label,
                label_visibility="collapsed",
                key=f"{page}.path_{place}",
                disabled=not job.can_be_told,
                width=150,
            )
        )
    if tuple(ends) == job.path or not job.can_be_told:
        return False
    tell(job, partial(job.choose_path, *ends))
    return True
