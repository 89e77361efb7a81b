"""What runners are like before one's own runs are seen; made by ``benchmarks/effort.py``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from trailstats.history.prediction._carry import CarryRules
from trailstats.history.prediction._fit import Prior


@cache
def _table() -> dict[str, Any]:
    file = resources.files("trailstats.history.prediction") / "population.toml"
    return tomllib.loads(file.read_text("utf-8"))


def population(names: tuple[str, ...]) -> Prior:
    """Return the prior of terms that are fitted together.

    Terms share what they explain, so each set of terms has a mean of its own; the spread between
    runners is one.
    """
    found = _table()
    mean = found["mean"][set_name(names)]
    return Prior(
        names,
        np.array([mean[name] for name in names]),
        np.array([found["spread"][name] for name in names]),
    )


def set_name(names: tuple[str, ...]) -> str:
    """Return what a set of terms is called in the file."""
    words = ["grade"]
    words += [word for word in ("trail", "technical") if word in names]
    words += ["heart_rate"] if "heart_rate" in names else []
    return "_".join(words)


def carry_rules(names: tuple[str, ...]) -> CarryRules:
    """Return the rules that fit what the terms can tell: the less they know, the more is left."""
    rest, on_trail = 0.07, 0.184
    share = 1.0
    if "heart_rate" in names:
        share, on_trail = 0.8, 0.75 * on_trail
    share *= 1.0 if "technical" in names else 1.25
    return CarryRules(rest=rest * share, rest_trail=on_trail * share)
