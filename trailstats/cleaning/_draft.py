"""An activity while it is being cleaned: its columns as they change, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats
from trailstats.cleaning.rules import CleanRules
from trailstats.geo import step_lengths
from trailstats.model.activity import Activity, Issue
from trailstats.schema import Severity, is_on_foot


@dataclass(eq=False)
class Draft:
    """What the steps of cleaning hand on to each other.

    Attributes
    ----------
    activity : Activity
        As read, from the first step on in order of time.
    rules : CleanRules
    issues : list of Issue
        Those of the file, and one for each change.
    """

    activity: Activity
    rules: CleanRules
    issues: list[Issue]
    _measured: tuple[Floats, Floats, Floats] | None = field(
        default=None, init=False
    )

    @property
    def index(self) -> pd.DatetimeIndex:
        """Times of the samples."""
        return self.activity.index

    @cached_property
    def columns(self) -> dict[str, Floats]:
        """The columns of the records, to be replaced and never written to; taken when the samples
        are in order.
        """
        return dict(self.activity.columns)

    def step_lengths(self) -> Floats:
        """Return the distance of each position from the known one before it [m], see
        `geo.step_lengths`; not to be written to.
        """
        lat, lon = self.columns["latitude"], self.columns["longitude"]
        # Columns are replaced when they change, so the same arrays have the same steps.
        found = self._measured
        if found is None or found[0] is not lat or found[1] is not lon:
            self._measured = found = (lat, lon, step_lengths(lat, lon))
        return found[2]

    @cached_property
    def on_foot(self) -> bool:
        """Whether the file says that it was done on foot."""
        meta = self.activity.meta
        return is_on_foot(meta.sport, meta.sub_sport)

    @cached_property
    def limit(self) -> float:
        """Speed that is an error above [m/s]."""
        return (
            self.rules.max_speed if self.on_foot else self.rules.max_speed_riding
        )

    def note(
        self,
        code: str,
        severity: Severity,
        flags: Flags,
        text: str,
        **figures: float,
    ) -> None:
        """Add an issue about the flagged samples, if there are any; see `Issue.over`."""
        if flags.any():
            issue = Issue.over(self.index, flags, code, severity, text, **figures)
            self.issues.append(issue)

    def blank(self, flags: Flags, *names: str) -> None:
        """Replace columns by ones without their values at the flagged samples."""
        for name in names:
            self.columns[name] = np.where(flags, np.nan, self.columns[name])
