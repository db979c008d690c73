"""What one browser session owns: its run. Sessions never see each other's."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.register import TooManyJobs, adopt, is_open
from vae_explorer.ui.shared.plain import plain

_ANSWER_SECONDS = 1.5
_HELD = (
    "The run of this tab is still held by a connection that it had before; it is taken up here as "
    "soon as that has ended."
)


def current_job(page: str) -> Job | None:
    """The run of a page: each has its own."""
    return st.session_state.get(_key(page))


def has_started(page: str) -> bool:
    """Whether the page's run was started in this session, and not taken up from one before."""
    return st.session_state.get(_started(page), False)


def start_job(
    page: str, experiment: Experiment, judging: Judging | None = None, running: bool = True
) -> None:
    """Starts a new run in place of the page's last one; with `judging` it is a race."""
    discard_job(page)
    try:
        st.session_state[_key(page)] = Job(
            experiment,
            judging,
            owner_is_there=_presence(),
            running=running,
        )
        st.session_state[_started(page)] = True
    except TooManyJobs as error:
        st.session_state.notices = [str(error)]


def take_up_job(page: str, token: object) -> None:
    """Goes on with the run of that token, or waits for it while another session owns it.

    A connection that is half open, say since the tab changed its network, holds its run for up to
    a minute after the page was loaded again.
    """
    if current_job(page) is not None:  # one was started before the tab's answer came
        return
    job = adopt(token, _presence())
    if job is not None:
        st.session_state[_key(page)] = job
        st.session_state[_started(page)] = False
    elif not is_open(token):
        st.session_state[_forgotten(page)] = True  # so that it is not asked for again
    else:
        if awaited_token(page) is None:
            st.session_state.notices = [_HELD]
        st.session_state[_awaited(page)] = token
        return
    st.session_state.pop(_awaited(page), None)


def awaited_token(page: str) -> object:
    """Of the run that the page takes up once its owner is gone; None if there is none."""
    return st.session_state.get(_awaited(page))


def has_forgotten(page: str) -> bool:
    """Whether a run that the tab remembers is no longer wanted, or not there any more."""
    return st.session_state.get(_forgotten(page), False)


def tell(job: Job, command: Callable[[], None]) -> None:
    """Gives a run a command and waits a moment for what comes of it, so that the page shows it."""
    command()
    job.settle(_ANSWER_SECONDS)


def show_notices() -> None:
    """Shows once what was put into the session's notices: sentences on what was ignored."""
    for sentence in st.session_state.pop("notices", []):
        st.toast(plain(sentence), icon=":material/info:")


def discard_job(page: str) -> None:
    st.session_state[_forgotten(page)] = True
    st.session_state.pop(_awaited(page), None)
    job = st.session_state.pop(_key(page), None)
    if job is not None:
        job.close()


def _presence() -> Callable[[], bool]:
    """Tells whether this session's page is open."""
    context = get_script_run_ctx()
    assert context is not None  # there is one in every script run
    session_id = context.session_id
    return lambda: get_instance().is_active_session(session_id)


def _started(page: str) -> str:
    return f"{page}.started"


def _forgotten(page: str) -> str:
    return f"{page}.forgotten"


def _awaited(page: str) -> str:
    return f"{page}.awaited"


def _key(page: str) -> str:
    return f"{page}.run"
