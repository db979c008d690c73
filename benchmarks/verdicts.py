"""How often a race's page says that something differs where nothing does, and what it finds.

Races are simulated: arms with the same means, or one that is better by a known amount, with the
luck of a seed that all arms share and more of each arm. A page is the negative ELBO and all other
quantities, each with numbers of its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from vae_explorer.explain.standings import MAIN_ALPHA, alpha_of
from vae_explorer.explain.statistics import Family
from vae_explorer.results.race import QUANTITIES

SHAPES = [(arms, seeds) for arms in (6, 12) for seeds in (3, 5, 10)]
KINDS = (
    "equal spread",
    "unequal spread",  # from a half to twice, drawn anew for each arm
    "one arm with 5 ×",  # and the others alike
    "bimodal seeds",  # each lands in one of two places
)
SHARED = 3.0  # standard deviations of an arm: what a seed does to all
BETTER = 2.0  # likewise: how far the best is below the others


def noise(kind: str, arms: int, seeds: int, draw: np.random.Generator) -> np.ndarray:
    """(A, S) of standard deviation 1, but for what `kind` says."""
    values = draw.normal(0, 1, (arms, seeds))
    if kind == "unequal spread":
        values *= np.exp(draw.uniform(np.log(0.5), np.log(2), (arms, 1)))
    elif kind == "one arm with 5 ×":
        values[0] *= 5
    elif kind == "bimodal seeds":
        values = 0.3 * values + draw.choice([-1, 1], (arms, seeds))
    return values + SHARED * draw.normal(0, 1, seeds)


def families(kind: str, arms: int, seeds: int, draw: np.random.Generator) -> Iterator[Family]:
    """One a quantity, the negative ELBO first; of whole numbers such as units of a layer are."""
    for name, quantity in QUANTITIES.items():
        if quantity.shared:
            continue
        values = noise(kind, arms, seeds, draw)
        if quantity.whole_numbers:
            values = values.round()
        alpha = alpha_of(name)
        yield Family(
            values,
            alpha,
            whole_numbers=quantity.whole_numbers,
            cautious=alpha < MAIN_ALPHA,
        )


def false_shares(kind: str, arms: int, seeds: int, races: int) -> tuple[float, float]:
    """Of races in which nothing differs: those with a false word on the ELBO, and on anything."""
    draw = np.random.default_rng([arms, seeds])
    found = [
        [each.largest() is not None for each in families(kind, arms, seeds, draw)]
        for _ in range(races)
    ]
    return float(np.mean([each[0] for each in found])), float(np.mean([any(e) for e in found]))


def power(arms: int, seeds: int, races: int) -> float:
    """The share of races in which the better arm is clearly better than some other."""
    draw = np.random.default_rng([arms, seeds, 1])
    hits = 0
    for _ in range(races):
        values = noise("equal spread", arms, seeds, draw)
        values[0] -= BETTER
        family = Family(values, MAIN_ALPHA)
        hits += any(family.difference(0, other).clear for other in range(1, arms))
    return hits / races


def main(races: int) -> None:
    print("| arms | seeds | " + " | ".join(KINDS) + f" | {BETTER:g} SD found |")
    print("|---:|---:|" + "---:|" * (len(KINDS) + 1))
    for arms, seeds in SHAPES:
        shares = [false_shares(kind, arms, seeds, races) for kind in KINDS]
        cells = [f"{elbo:.3f}, {page:.3f}" for elbo, page in shares]
        found = f"{power(arms, seeds, races):.2f}"
        print(f"| {arms} | {seeds} | " + " | ".join([*cells, found]) + " |", flush=True)
    print(
        f"\nOf {races:,} races each: false words on the negative ELBO, and on anything of a page. "
        f"Standard error of a share of 0.05: {np.sqrt(0.05 * 0.95 / races):.3f}."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    main(parser.parse_args().races)
