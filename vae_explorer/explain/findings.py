"""What a race means, in sentences made from its numbers by plain rules.

No sentence calls two arms different unless the statistics say that they clearly are, none orders
arms from one seed or two, and an arm of which a seed diverged is never called the best.
"""

from __future__ import annotations

from vae_explorer.explain import mechanism, outcome, sweeps, tuned
from vae_explorer.explain.claims import CLAIMS
from vae_explorer.explain.recommend import Recommendation, recommended
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.unused import unused

RULES = (*outcome.RULES, *mechanism.RULES, *sweeps.RULES, *tuned.RULES)


def explain(standings: Standings) -> tuple[Finding, ...]:
    """What is to be said of a race, most important first."""
    # Nothing is said to differ between names for one VAE.
    rules = (*outcome.OF_ONE_VAE, *mechanism.RULES) if standings.alike else RULES
    found = [finding for rule in rules for finding in rule(standings)]
    return tuple(sorted(found, key=lambda finding: -finding.weight))


def recommend(standings: Standings) -> Recommendation:
    """What to take for this data and these settings, why, and what speaks against being sure."""
    return recommended(standings)


def claims(standings: Standings) -> tuple[Finding, ...]:
    """What the race says to the claims of the article, a sentence for each that it can speak to.

    They are on activations, so that a race with one that no unit has says nothing to them.
    """
    if standings.example or unused(standings.race.experiment):
        return ()
    return tuple(finding for claim in CLAIMS for finding in claim(standings))
