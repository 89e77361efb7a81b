"""Weather that forbids one of the grounds: said of a day before its coin is told."""

from __future__ import annotations

import hashlib
from itertools import product
from typing import Final

import numpy as np
from scipy.stats import binom

from trailstats.errors import ConfigError

OPEN: Final = "both"
"""What is said of a day on which both grounds can be run."""

CLOSED: Final = "one"
"""What is said of a day whose weather forbids one of them, whichever it is."""

MOST_CLOSED: Final = 0.6
"""Largest share of days that a plan may expect to be so (our choice)."""


def covered(coins: tuple[bool, ...], key: str) -> str:
    """Return coins as a text that doesn't show them; `uncovered` reads it.

    It keeps the eye off them, no more: who takes the trouble can read them, and spoils the trial.

    Examples
    --------
    >>> from trailstats.claims.trial._weather import covered, uncovered
    >>> uncovered(covered((True, False, False), "key"), "key")
    (True, False, False)
    """
    pad = hashlib.shake_256(key.encode()).digest(len(coins))
    return bytes(
        p & 0xFE | ((p ^ c) & 1) for p, c in zip(pad, coins, strict=True)
    ).hex()


def uncovered(text: str, key: str) -> tuple[bool, ...]:
    """Return the coins that a text covers."""
    data = bytes.fromhex(text)
    pad = hashlib.shake_256(key.encode()).digest(len(data))
    return tuple(bool((p ^ c) & 1) for p, c in zip(pad, data, strict=True))


def kept_information(closed: float, block: int) -> float:
    """Return how much a block still tells where each of its days may fall out.

    Parameters
    ----------
    closed : float
        Share of the days that fall out.
    block : int
        Days whose coins are tossed together, half of them trail.

    Returns
    -------
    float
        As a share of what the whole block tells: less than the days that are left, as they don't
        always fall out of both arms alike.

    Raises
    ------
    ConfigError
        When the share isn't one that a trial can bear.

    Examples
    --------
    >>> from trailstats.claims.trial._weather import kept_information
    >>> kept_information(0.0, 4), round(kept_information(0.2, 4), 2)
    (1.0, 0.73)
    """
    if not 0.0 <= closed <= MOST_CLOSED:
        raise ConfigError(
            f"weather that forbids a ground on {100 * closed:.0f} % of the days leaves no trial; "
            f"a share from 0 to {MOST_CLOSED} can be planned for"
        )
    half = block // 2
    chance = binom.pmf(np.arange(half + 1), half, 1.0 - closed)
    told = sum(
        chance[a] * chance[b] * a * b / (a + b)
        for a, b in product(range(1, half + 1), repeat=2)
    )
    return float(told / (half / 2.0))
