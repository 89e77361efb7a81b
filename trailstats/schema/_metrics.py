"""What a metric is: its unit and meaning, the formulas behind it, where it holds and how well it is
supported.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from trailstats.schema._words import EvidenceStrength


@dataclass(frozen=True)
class MetricEntry:
    """One metric as the glossary explains it.

    Attributes
    ----------
    name : str
        Key in ``Analysis.metrics`` or in ``History.training()``.
    family : str
        Page of the documentation.
    unit : str
        SI unit; ``"1"`` for a plain number.
    meaning : str
        In plain words.
    formulas : tuple of str
        Functions of `trailstats.metrics` that compute it, such as ``"effort.normalised_speed"``;
        their sources are its sources. Empty for what is only averaged or copied.
    valid : str
        Where it holds.
    missing : str
        When it has no value.
    evidence : EvidenceStrength
        Strength of the published evidence that the number means what it is taken for.
    detail : bool
        Whether it is left out where only the main numbers are shown.
    column : bool
        Whether it is also one of the columns at the end of the table of activities.
    """

    name: str
    family: str
    unit: str
    meaning: str
    formulas: tuple[str, ...]
    valid: str
    missing: str
    evidence: EvidenceStrength
    detail: bool = False
    column: bool = False


def _filled(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the rows of one part of ``metrics.toml``, each filled from the one it is like."""
    full: dict[str, dict[str, Any]] = {}
    for name, row in rows.items():
        like = row.pop("like", None)
        full[name] = row if like is None else {**full[like], **row}
    return full


def _entries(rows: dict[str, dict[str, Any]]) -> dict[str, MetricEntry]:
    return {
        name: MetricEntry(
            **{
                **row,
                "name": name,
                "formulas": tuple(row.get("formulas", ())),
                "evidence": EvidenceStrength(row["evidence"]),
            }
        )
        for name, row in rows.items()
    }


PARTS = {
    part: _filled(rows)
    for part, rows in tomllib.loads(
        resources.files("trailstats.schema")
        .joinpath("metrics.toml")
        .read_text("utf-8")
    ).items()
}
"""The tables of ``metrics.toml``, filled: activity, history and formula."""

METRICS: dict[str, MetricEntry] = _entries(PARTS["activity"])
"""Every key of ``Analysis.metrics``, with unit, meaning, formulas, range, rule for missing values
and evidence.
"""

TRAINING: dict[str, MetricEntry] = _entries(PARTS["history"])
"""Every key of ``History.training()``."""
