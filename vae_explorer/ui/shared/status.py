"""How far a run is, in one line, and sentences on what went wrong."""

from __future__ import annotations

import streamlit as st

from vae_explorer.jobs.job import Job
from vae_explorer.results.snapshot import Snapshot
from vae_explorer.results.tuning import Tuning
from vae_explorer.ui.shared.plain import plain

# Between two looks at a run: charts move more than once a second, and training keeps nine tenths of
# its speed on two cores (benchmarks/README.md).
REFRESH_SECONDS = 0.7
_MOST_FREEZES = 3  # of a race's many members, with a sentence of their own


def status(job: Job, freezes: bool = True) -> None:
    """Draws a progress bar with epoch, speed and time left, and notices under it.

    With `freezes` a warning for each VAE that diverged, where the page does not say it otherwise.
    """
    snapshot = job.snapshot
    if snapshot is not None and job.ready is not None:
        done = sum(job.ready.steps[: snapshot.shape]) + snapshot.step
        if snapshot.finished:  # by its last step, or because all of its VAEs diverged before it
            done = sum(job.ready.steps[: snapshot.shape + 1])
        share = done / sum(job.ready.steps)
        text = _text(job, snapshot, job.ready.steps, done)
        if job.has_ended:
            st.caption(text)  # a full bar would say nothing, and take the place of a picture
        else:
            st.progress(min(1.0, share), text=text)
        if freezes:
            _freezes(job, snapshot)
    elif job.tuning is not None and not job.has_ended:
        st.progress(job.tuned_share, text=_tuning_text(job, job.tuning))
    elif job.state != "failed" and not job.has_ended:
        st.progress(0.0, text=job.progress or "Starting PyTorch in a process of its own…")
    if job.notice:
        st.warning(plain(job.notice), icon=":material/info:")
    if job.error:
        st.error(plain(job.error), icon=":material/error:")


def _tuning_text(job: Job, tuning: Tuning) -> str:
    parts = [f"Trying {len(tuning.rates)} learning rates with {tuning.trials} VAEs"]
    if job.state == "paused":
        parts.append("paused")
    elif job.tuned_share:
        left = tuning.seconds * (1 - job.tuned_share) / job.tuned_share
        parts.append(f"{left:.0f} s left, then the race")
    return " · ".join(parts)


def _text(job: Job, snapshot: Snapshot, steps: tuple[int, ...], done: int) -> str:
    if job.state == "judging":
        return job.progress or "Judging…"
    count = len(job.experiment.members)
    parts = [f"Epoch {snapshot.epoch:.1f} of {snapshot.epochs}"]
    if len(steps) > 1:
        parts.insert(0, f"{snapshot.shape + 1} of {len(steps)} shapes")
        count //= len(steps)
    if snapshot.images_per_second:
        each = f" through each of {count} VAEs" if count > 1 else ""
        parts.append(f"{snapshot.images_per_second:,.0f} images/s{each}")
    if job.state == "finished":
        parts.append(f"trained in {snapshot.seconds:.1f} s" if len(steps) == 1 else "trained")
    elif job.state != "running":
        parts.append(f"{job.state} at step {snapshot.step:,}")
    elif snapshot.step:
        left = snapshot.wall_seconds * (sum(steps) - done) / snapshot.step
        parts.append(f"{left:.0f} s left")
    if snapshot.precision != "float32":
        parts.append("matrix products in bfloat16")
    return " · ".join(parts)


def _freezes(job: Job, snapshot: Snapshot) -> None:
    members = job.experiment.shapes[snapshot.shape].members
    for freeze in snapshot.frozen[:_MOST_FREEZES]:
        member = members[freeze.member]
        seed = f" (seed {member.seed})" if job.experiment.seeds > 1 else ""
        st.warning(
            f"**{member.label}**{seed} diverged and is frozen. {freeze.reason}",
            icon=":material/ac_unit:",
        )
    more = len(snapshot.frozen) - _MOST_FREEZES
    if more > 0:
        st.caption(f"{more} more diverged and are frozen.")
