"""The numbers of a race as CSV and JSON, there and back, and what strangers may send."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.experiments import junk
from tests.helpers.races import plain, race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import MAIN_ALPHA, Family, interval
from vae_explorer.results.race import QUANTITIES
from vae_explorer.saved.race_json import COLUMNS, MOST_BYTES, from_json, to_csv, to_json

LOSSES = {"relu": 30.0, "gelu": 28.0, "exponential": 31.0}


@pytest.fixture(scope="module")
def race():
    return plain(
        LOSSES, diverged={"exponential": {1: 40}}, dead={"relu": {"encoder 1": 0.3, "heads": 0.0}}
    )


@pytest.fixture(scope="module")
def values(race):
    return json.loads(to_json(race, "relu"))


# --- CSV ---


def test_a_line_a_member_with_every_quantity(race):
    lines = list(csv.DictReader(io.StringIO(to_csv(race))))
    assert len(lines) == len(race.members)
    assert tuple(lines[0]) == COLUMNS
    for line, member in zip(lines, race.members):  # the arms are in the order of the members
        assert line["seed"] == str(member.result.recipe.seed)
        for name, quantity in QUANTITIES.items():
            wanted = None if member.diverged else quantity.of(member)
            assert (float(line[name]) if line[name] else None) == wanted
        assert line["diverged"] == ("yes" if member.diverged else "no")
    (lost,) = (line for line in lines if line["diverged"] == "yes")
    assert (lost["arm"], lost["diverged_at_step"], lost["test_loss"]) == ("exponential", "40", "")
    assert lost["why"] == "Its loss was no longer finite at step 40."


def test_the_swept_setting_and_both_activations_have_columns():
    experiment = Experiment(
        activations=["relu"], decoder_activations=["tanh"], sweep="beta", sweep_values=[0.5, 2]
    )
    race = race_of(experiment, {"relu>tanh@0.5": 30.0, "relu>tanh@2": 31.0})
    lines = list(csv.DictReader(io.StringIO(to_csv(race))))
    found = [(e["encoder_activation"], e["decoder_activation"], e["swept"]) for e in lines]
    assert found == [("relu", "tanh", "beta")] * 2
    assert [line["value"] for line in lines] == ["0.5", "2.0"]


def test_words_of_a_stranger_are_no_formula(race):
    member = race.members[11]
    frozen = dataclasses.replace(member.result.frozen, reason="=cmd|' /C calc'!A0", layer="+1")
    hostile = dataclasses.replace(member, result=dataclasses.replace(member.result, frozen=frozen))
    members = (*race.members[:11], hostile, *race.members[12:])
    (line,) = (
        each
        for each in csv.DictReader(io.StringIO(to_csv(dataclasses.replace(race, members=members))))
        if each["diverged"] == "yes"
    )
    assert line["why"] == "'=cmd|' /C calc'!A0"
    assert line["diverged_in_layer"] == "'+1"


# --- JSON ---


def test_it_is_read_back_as_it_was(race):
    assert from_json(to_json(race, "relu")) == race
    bare = dataclasses.replace(race, environment=None)
    assert from_json(to_json(bare, "gelu")) == bare


@given(st.data())
def test_any_race_is_read_back_as_it_was(data):
    number = st.none() | st.floats(-1e30, 1e30)
    race = plain({"relu": 30.0, "tanh": 31.0}, seeds=data.draw(st.integers(1, 3)))
    members = []
    for member in race.members:
        losses = {n: data.draw(number) for n in ("test_loss", "test_reconstruction", "test_kl")}
        members.append(
            dataclasses.replace(
                member,
                result=dataclasses.replace(member.result, **losses),
                train_loss=data.draw(number),
                bound=data.draw(number),
                gradients=data.draw(st.dictionaries(st.text(max_size=5), st.floats(0, 1e30))),
            )
        )
    race = dataclasses.replace(race, members=tuple(members))
    assert from_json(to_json(race, "relu")) == race


def test_it_says_what_was_made_of_the_numbers(race, values):
    relu, gelu, lost = values["arms"]
    losses = race.values("test_loss")
    found = interval(losses[1])
    loss = gelu["quantities"]["test_loss"]
    assert (loss["mean"], loss["low"], loss["high"], loss["count"]) == (
        pytest.approx(found.mean),
        pytest.approx(found.low),
        pytest.approx(found.high),
        5,
    )
    # The arm that lost seeds is not compared, so nothing is corrected for it.
    difference = Family(losses[:2], MAIN_ALPHA).difference(1, 0)
    assert loss["difference"]["p_value"] == pytest.approx(difference.p_value)
    assert loss["difference"]["p_value_adjusted"] == pytest.approx(difference.adjusted)
    assert loss["difference"]["clear"] is True
    assert relu["quantities"]["test_loss"]["difference"] is None
    assert gelu["quantities"]["seconds"]["difference"] is None  # measured once for all
    assert lost["diverged"] == 1
    assert lost["quantities"]["test_loss"]["difference"]["clear"] is False
    assert [each["quantities"]["test_loss"]["verdict"] for each in values["arms"]] == [
        "reference",
        "clearly better",
        lost["quantities"]["kl"]["verdict"],
    ]
    assert values["leaders"]["test_loss"] == ["gelu"]
    assert [f["sentence"] for f in values["findings"]] == [
        f.sentence for f in explain(Standings(race, "relu"))
    ]
    assert values["recommendation"] == {
        **dataclasses.asdict(recommend(Standings(race, "relu"))),
        "arms": ["gelu"],
    }
    assert values["environment"]["versions"]["torch"] == "2.6.0"


def test_one_seed_has_no_leaders_and_no_intervals():
    values = json.loads(to_json(plain({"relu": 30.0, "gelu": 10.0}, seeds=1), "relu"))
    loss = values["arms"][1]["quantities"]["test_loss"]
    assert values["leaders"] == {}
    assert (loss["low"], loss["difference"]["clear"]) == (None, False)


# --- What is no race ---


def changed(values, path, new):
    """The JSON's text with what is at `path` replaced, or removed if `new` is ..."""
    copy = json.loads(json.dumps(values))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if new is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return json.dumps(copy)


@pytest.mark.parametrize(
    ("path", "new", "message"),
    [
        (["format"], "vae-explorer run", "it is no race of VAE Explorer"),
        (["version"], 2, "a newer VAE Explorer wrote it"),
        (["experiment"], ..., "it lacks the field 'experiment'"),
        (["experiment", "latent"], 10**9, "latent is 1000000000; .*from 1 to 128"),
        (["experiment", "seeds"], 4, "it has 15 members and its experiment has 12"),
        (["members"], {}, "'members' is {}; it must be a list"),
        (["members", 0], "x", "member 0 is no object"),
        (["members", 0, "result", "recipe", "seed"], 9, "member 0 has not the recipe"),
        (["members", 0, "result", "active_latents"], 3, "more active latents than its 2"),
        (["members", 0, "result", "active_latents"], 10**30, "'active_latents' is 1000"),
        (["members", 0, "result", "test_loss"], 1e300, "a number that no float32 could be"),
        (["members", 0, "result", "seconds"], -1.0, "a norm or a time below 0"),
        (["members", 0, "bound"], "low", "'bound' is 'low'; it must be a number"),
        (["members", 0, "layers"], [1], "one of its layers is no object"),
        (["members", 0, "layers", 0, "dead"], 1.5, "is not from 0 to 1"),
        (["members", 0, "layers"], [{}] * 65, "has 65 layers"),
        (["members", 0, "gradients"], {"a": -1}, "a norm or a time below 0"),
        (["members", 0, "gradients"], {"a": None}, "'a' is None"),
        (["members", 11, "result", "frozen", "member"], 0, "frozen as if it were another"),
        (["environment", "versions"], {"python": 3}, "'python' is 3"),
        (["environment"], [], "'environment' is"),
        (["bound_samples"], -1, "'bound_samples' is -1"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(values, path, new, message):
    with pytest.raises(ValueError, match=f"^The race cannot be read: .*{message}") as caught:
        from_json(changed(values, path, new))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["", "[]", "{", "NaN", "[" * 100_000, '{"format": NaN}', "\0"])
def test_what_is_no_json_is_no_race(text):
    with pytest.raises(ValueError, match=r"^The race cannot be read: it is .*\.$"):
        from_json(text)


def test_a_giant_is_not_even_parsed():
    with pytest.raises(ValueError, match="characters, more than"):
        from_json(" " * (MOST_BYTES + 1))


def _paths(value, path=()):
    yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(child, (*path, key))


@given(st.data())
def test_whatever_a_field_becomes_the_answer_is_a_race_or_a_sentence(values, data):
    """And of a race that is read all is said that is said of any."""
    small = {name: values[name] for name in values if name not in ("arms", "findings", "claims")}
    paths = [path for path in _paths(small) if path]
    path = data.draw(st.sampled_from(paths))
    new = data.draw(junk | st.just(...))
    try:
        text = changed(small, path, new)
    except (TypeError, ValueError):  # JSON has no bytes
        return
    try:
        race = from_json(text)
    except ValueError as error:
        assert str(error).startswith("The race cannot be read: ")
        return
    reference = race.arms[0].key
    assert from_json(to_json(race, reference)) == race
    to_csv(race)
