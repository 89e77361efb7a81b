"""The cleaned activity that an analysis rests on: read again when it is asked for, so that analyses
stay small.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from trailstats.analysis.options import Options
from trailstats.cleaning import clean
from trailstats.errors import ReadError
from trailstats.io.containers import SourceRef, load
from trailstats.io.formats import read
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.results import Analysis

__all__ = ["Recording"]


@dataclass(frozen=True)
class Recording:
    """Where the recording of an analysis is found again.

    Attributes
    ----------
    source : Activity, SourceRef or path
        An activity is held; anything else is read again.
    content_hash : str
        That of the activity which was analysed.
    options : Options
    """

    source: Activity | SourceRef | str | os.PathLike[str]
    content_hash: str
    options: Options

    @classmethod
    def kept_with(
        cls,
        analysis: Analysis,
        source: Activity | SourceRef | str | os.PathLike[str],
        options: Options,
    ) -> Analysis:
        """Return the analysis with its recording."""
        lean = Options(cleaning=options.cleaning, limits=options.limits)
        found = cls(source, analysis.meta.content_hash, lean)
        return replace(analysis, recording=found)

    def __call__(self) -> CleanActivity:
        """Return the cleaned activity.

        Raises
        ------
        ReadError
            When its source can't be read any more, or has changed since.
        """
        limits = self.options.limits
        if isinstance(self.source, Activity):
            found = [self.source]
        elif isinstance(self.source, SourceRef):
            found = load(self.source, limits)
        else:
            found = [read(self.source, limits=limits)]
        for activity in found:
            if activity.meta.content_hash == self.content_hash:
                return clean(activity, cleaning=self.options.cleaning)
        raise ReadError("it has changed since it was analysed", path=str(self.source))
