"""How often a race's page says what is not so, what it finds, and how good what it recommends is.

Races are simulated: arms with the same means, or one that is better by a known amount, with the
luck of a seed that all arms share and more of each arm. A page is the negative ELBO and all other
quantities, each with numbers of its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from vae_explorer.explain.standing import alpha_of
from vae_explorer.explain.statistics import MAIN_ALPHA, Family
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


def regrets(kind: str, arms: int, seeds: int, races: int) -> dict[str, tuple[float, float]]:
    """How far above the best an arm truly is that a rule takes: mean and worst over races.

    True means are normal with half a standard deviation of a seed.
    """
    draw = np.random.default_rng([arms, seeds, 2])
    found: dict[str, list[float]] = {rule: [] for rule in RULES}
    for _ in range(races):
        true = draw.normal(0, 0.5, arms)
        values = noise(kind, arms, seeds, draw) + true[:, None]
        family = Family(values, MAIN_ALPHA)
        for rule, take in RULES.items():
            found[rule].append(float(true[take(values, family)] - true.min()))
    return {rule: (float(np.mean(each)), max(each)) for rule, each in found.items()}


def lowest_mean(values: np.ndarray, family: Family) -> int:
    return int(values.mean(1).argmin())


def even_leader(values: np.ndarray, family: Family) -> int:
    """The lowest mean among the leaders whose seeds are not uneven, as was recommended before."""
    leaders = family.leaders(-1)
    return next((arm for arm in leaders if arm not in family.uneven), leaders[0])


def least_distance(values: np.ndarray, family: Family) -> int:
    """The least upper limit of the distance to the best (Hsu 1996)."""
    arms = range(len(values))
    limits = [max(family.difference(i, j).high for j in arms if j != i) for i in arms]
    return int(np.argmin(limits))


def safest(values: np.ndarray, family: Family) -> int:
    """What is recommended, as `Standings.safest` has it."""
    means, leaders = family.worse_by_error(-1), family.leaders(-1)
    even = [arm for arm in leaders if arm not in family.uneven] or list(leaders)
    return min(even, key=lambda arm: float(means[arm]))


RULES = {
    "lowest mean": lowest_mean,
    "lowest mean of even leaders": even_leader,
    "least limit of the distance": least_distance,
    "safest (recommended)": safest,
}


def print_regrets(races: int) -> None:
    print("\n| arms | seeds | seeds' spread | " + " | ".join(RULES) + " |")
    print("|---:|---:|---|" + "---:|" * len(RULES))
    totals: dict[str, list[tuple[float, float]]] = {rule: [] for rule in RULES}
    for arms, seeds in SHAPES:
        for kind in KINDS:
            found = regrets(kind, arms, seeds, races)
            for rule, each in found.items():
                totals[rule].append(each)
            cells = [f"{mean:.3f}, {worst:.2f}" for mean, worst in found.values()]
            print(f"| {arms} | {seeds} | {kind} | " + " | ".join(cells) + " |", flush=True)
    cells = [
        f"**{np.mean([m for m, _ in each]):.3f}, {max(w for _, w in each):.2f}**"
        for each in totals.values()
    ]
    print("| | | all of them | " + " | ".join(cells) + " |")
    print(
        f"\nOf {races:,} races each: how far the arm that a rule takes truly is above the best, "
        "mean and worst, in standard deviations of a seed."
    )


def main(races: int, regret_races: int) -> None:
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
    print_regrets(regret_races)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--regret-races", type=int, default=200)
    given = parser.parse_args()
    main(given.races, given.regret_races)
