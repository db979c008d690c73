"""The page's address. tests/browser/test_takeaway.py holds it against a real address bar."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from vae_explorer.ui.shared import address
from vae_explorer.ui.shared.address import audience_problem, page_address


class Query(dict):
    get_all = dict.__getitem__


@pytest.fixture
def page(monkeypatch):
    def be(url, **query):
        state = SimpleNamespace(context=SimpleNamespace(url=url), query_params=Query(query))
        monkeypatch.setattr(address, "st", state)

    return be


def test_the_query_follows_the_browsers_address(page):
    page("https://vae.example:8443/app/train", activations=["relu,tanh"], name=["a b&c", "é"])
    assert page_address() == (
        "https://vae.example:8443/app/train?activations=relu,tanh&name=a%20b%26c&name=%C3%A9"
    )


def test_a_host_alone_has_a_path(page):
    page("http://192.168.1.20:8501")
    assert page_address() == "http://192.168.1.20:8501/"
    page("http://192.168.1.20:8501", latent=["2"])
    assert page_address() == "http://192.168.1.20:8501/?latent=2"


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "file:///tmp/a"])
def test_what_is_no_page_of_the_web_is_no_address(page, url):
    page(url)
    assert page_address() is None


def test_there_is_none_without_a_browser():
    def script():
        import streamlit as st

        from vae_explorer.ui.shared.address import page_address

        st.text(f"address: {page_address()}")

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert app.text[0].value == "address: None"


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "vae.localhost", "127.0.0.1", "127.1.2.3", "[::1]", "0.0.0.0"],
)
def test_an_audience_cannot_open_this_computers_own_addresses(host):
    problem = audience_problem(f"http://{host}:8501/?a=b")
    assert problem is not None
    assert problem.count(". ") == 0 and problem.endswith(".")


@pytest.mark.parametrize(
    "host", ["192.168.1.20", "10.0.0.1", "[fd00::1]", "vae.example", "localhost.example"]
)
def test_an_audience_can_open_others(host):
    assert audience_problem(f"http://{host}:8501/?a=b") is None
