"""The address bar, which always holds what a page shows."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_PAGE = "address.page"  # that was shown last
_EMPTY = "address.empty"  # pages whose address has held nothing, as it does for their first view


def leads(page: str) -> bool:
    """Whether a run of a page has to show what the address says: to be asked once in each.

    So it is where the browser has gone back or forward in its history, and where a link leads here
    from another page; else the page goes on with what its session holds. The navigation's links
    say nothing, and so do the steps that they leave in the history.
    """
    context = get_script_run_ctx()
    moved = context is not None and context.is_history_navigation
    arrived = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page
    if st.query_params.to_dict():
        return moved or arrived
    return moved and page in st.session_state.get(_EMPTY, ())


def keep_in_address(query: dict[str, str]) -> None:
    """Has the address bar hold a query; one that it holds already is not sent again."""
    if not query:
        st.session_state.setdefault(_EMPTY, set()).add(st.session_state.get(_PAGE))
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def page_address() -> str | None:
    """The address that opens this page as it is now; None where no browser has told it.

    Scheme, host, port and path are the browser's, the query is that of `st.query_params`, so it
    holds already what this run of the page has put there.
    """
    url = st.context.url  # without the query
    if url is None or urlsplit(url).scheme not in ("http", "https"):
        return None
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    if not urlsplit(url).path:
        url += "/"
    # Commas and colons may stand as they are, and every character less is a clearer QR code.
    return f"{url}?{urlencode(pairs, quote_via=quote, safe=',:')}" if pairs else url


def audience_problem(address: str) -> str | None:
    """One sentence if nobody but this computer can open the address, or else None."""
    if not _is_this_computer(urlsplit(address).hostname or ""):
        return None
    return (
        "Only this computer can open this address: for an audience, start the app with "
        "--server.address 0.0.0.0 and open it by this computer's name or number in their network."
    )


def _is_this_computer(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified
