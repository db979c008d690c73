"""Talks: kept as files, changed in order, and read as if a stranger had sent them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_explorer.ui.explore import talk
from vae_explorer.ui.explore.talk import (
    FORMAT,
    FRONT_PAGE,
    MOST_BYTES,
    MOST_VIEWS,
    PAGES,
    Talk,
    TalkError,
    TalkView,
)
from vae_explorer.version import ROOT

UI_PAGES = ROOT / "vae_explorer" / "ui"


def view(title: str) -> TalkView:
    return TalkView(title, "train", "dataset=digits&activations=relu,tanh")


def talk_of(titles: str) -> Talk:
    return Talk("A talk", tuple(map(view, titles)))


def titles(talk: Talk) -> str:
    return "".join(view.title for view in talk.views)


def file(**changes) -> str:
    views = [{"title": "One", "address": "/train?dataset=digits"}]
    return json.dumps({"format": FORMAT, "version": 1, "title": "T", "views": views} | changes)


def file_of_address(address: object) -> str:
    return file(views=[{"title": "One", "address": address}])


def test_every_page_of_the_app_can_be_in_a_talk():
    assert {path.parent.name for path in UI_PAGES.glob("*/page.py")} <= {FRONT_PAGE, *PAGES}


def test_a_talk_is_read_back_as_it_was():
    views = (
        view("Übersicht 中文 😀"),
        TalkView("Front", "", ""),
        TalkView("x", "", "a=%20&b="),
    )
    whole = Talk("What does ReLU do?", views)
    assert Talk.from_json(whole.to_json()) == whole
    assert Talk.from_json(whole.to_json().encode("utf-8-sig")) == whole


def test_a_person_can_read_and_write_the_file():
    read = Talk.from_json(file())
    assert read == Talk("T", (TalkView("One", "train", "dataset=digits"),))
    assert '"address": "/train?dataset=digits"' in read.to_json()


@pytest.mark.parametrize("address", ["/", "/explore", "/explore/"])
def test_the_front_page_has_the_one_address_where_it_is(address):
    front = TalkView.from_address("x", address + "?latent=2")
    assert front == TalkView("x", "", "latent=2")
    assert front.address == "/?latent=2"
    assert TalkView.from_address("x", address).address == "/"


def test_views_are_added_moved_and_removed():
    abc = talk_of("abc")
    assert titles(abc.add(view("d"))) == "abcd"
    assert titles(abc.add(view("d"), 1)) == "adbc"
    assert titles(abc.add(view("d"), -1)) == "dabc"
    assert titles(abc.move(0, 2)) == "bca"
    assert titles(abc.move(2, 0)) == "cab"
    assert titles(abc.move(1, 1)) == "abc"
    assert titles(abc.move(0, 99)) == "bca"
    assert titles(abc.move(1, -1)) == "bac"
    assert titles(abc.remove(1)) == "ac"
    assert titles(abc) == "abc"
    for index in (-1, 3):
        with pytest.raises(TalkError, match=r"no view .*; it has 3\."):
            abc.remove(index)
        with pytest.raises(TalkError):
            abc.move(index, 0)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/train",
        "//evil.example/train?dataset=digits",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:train",
        "/train/../../etc",
        "/train#<script>",
        "/nowhere",
        "/Train",
        "train?dataset=digits",
        "?dataset=digits",
        "",
        "//[",
        "/train?a=\n",
        "/tra\nin",
        "/\t/evil.example",
        "/train?a b",
        "/train?\ud800",
        "/train\u2028",
        "/train?" + "a" * 4001,
        17,
        None,
        ["/train"],
    ],
    ids=str,
)
def test_no_address_leads_out_of_the_app(address):
    with pytest.raises(TalkError, match=r"^View 1 of the talk .*\.$"):
        Talk.from_json(file_of_address(address))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is not JSON"),
        ("[]", "no object"),
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('{"a": ' * 40_000, "it is not JSON"),
        ("1" * 5000, "it is not JSON"),
        ('{"a": NaN}', "NaN"),
        (b"\xff\xfe", "UTF-8"),
        (b" " * (MOST_BYTES + 1), "more than 256"),
        (file(format="vae-explorer run"), "no talk of VAE Explorer"),
        (file(version=2), "another version"),
        (file(version=[]), "another version"),
        (file(views={}), "no list"),
        (file(views=[3]), "View 1 of the talk is no object"),
        (file(views=[{"address": "/"}]), "View 1 of the talk has no title"),
        (file(views=[{"title": "x"}]), "View 1 of the talk has no address"),
        (file(views=[{"title": " ", "address": "/"}]), "must have some letters"),
        (file(views=[{"title": "x" * 201, "address": "/"}]), "longer than 200"),
        (file(views=[{"title": "a\x00b", "address": "/"}]), "cannot be shown"),
        (file(views=[{"title": "a", "address": "/"}] * (MOST_VIEWS + 1)), "201 views"),
        (file(title=None), "The talk has no title"),
        (file(title="\udc80"), "cannot be shown"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(text, says):
    with pytest.raises(TalkError) as error:
        Talk.from_json(text)
    message = str(error.value)
    assert says in message
    assert message.endswith(".") and len(message) < 300 and message.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary() | st.text())
def test_noise_is_refused_in_a_sentence(text):
    with pytest.raises(TalkError):
        Talk.from_json(text)


@given(st.dictionaries(st.sampled_from(["title", "version", "views"]), JSON), JSON)
def test_every_file_is_a_talk_or_a_sentence(changes, entry):
    for text in (file(**changes), file(views=[entry])):
        try:
            read = Talk.from_json(text)
        except TalkError:
            continue
        assert Talk.from_json(read.to_json()) == read


@given(st.text())
def test_an_address_stays_in_the_app_or_is_refused(text):
    try:
        address = TalkView.from_address("x", text).address
    except TalkError:
        return
    page, _, _ = address.removeprefix("/").partition("?")
    assert page in PAGES
    assert address.startswith("/") and not address.startswith("//")


def test_a_talk_has_no_more_than_fits_its_file():
    full = Talk("t", (view("x"),) * MOST_VIEWS)
    assert len(full.to_json()) < MOST_BYTES
    with pytest.raises(TalkError, match="at most 200 views"):
        full.add(view("y"))
    large = TalkView("x", "train", "a" * talk.MOST_QUERY)
    with pytest.raises(TalkError, match="at most 256 kB"):
        Talk("t", (large,) * 65)
    assert Talk("t", (large,) * 60).add(view("y"))
