"""Each arm's own learning rate, and initial weights: what is tried for it before a race.

The activation that leads at one learning rate, shared by all, is often that which the rate suits.
In a tuned race every arm tries the same rates, where asked with either kind of initial weights,
each from several seeds of its own. It is judged on images kept aside from training, and takes the
best. What it then reaches is measured with other seeds, and on test images that chose nothing.
"""

TUNED = {
    "learning_rate": "Learning rate",
    "learning_rate_and_init": "Rate and initial weights",
}
RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)  # unless others are asked for
TRIAL_SEEDS = 3
