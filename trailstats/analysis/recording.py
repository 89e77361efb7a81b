"""The cleaned activity that an analysis rests on: read again when it is asked for, so that analyses
stay small.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from weakref import ref

from trailstats.analysis.options import Options
from trailstats.boundary import reading, shown
from trailstats.cleaning import clean
from trailstats.errors import ReadError
from trailstats.io.containers import SourceRef, load
from trailstats.io.formats import read
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.results import Analysis

__all__ = ["Recording"]

Origin = SourceRef | str | os.PathLike[str] | bytes


@dataclass(frozen=True)
class Recording:
    """Where the recording of an analysis is found again.

    Attributes
    ----------
    source : SourceRef, path, bytes, weak reference or None
        What is read again. An activity is held by who made it alone, so that analyses of many
        don't fill the memory; None after pickling.
    content_hash : str
        That of the activity which was analysed.
    options : Options
    """

    source: Origin | ref[Activity] | None
    content_hash: str
    options: Options

    @classmethod
    def kept_with(
        cls,
        analysis: Analysis,
        source: Origin | Activity,
        options: Options,
    ) -> Analysis:
        """Return the analysis with its recording."""
        lean = Options(cleaning=options.cleaning, limits=options.limits)
        origin = ref(source) if isinstance(source, Activity) else source
        found = cls(origin, analysis.meta.content_hash, lean)
        return analysis.having(recording=found)

    def __reduce__(self) -> tuple[object, ...]:
        source = None if isinstance(self.source, ref) else self.source
        return Recording, (source, self.content_hash, self.options)

    def __call__(self) -> CleanActivity:
        """Return the cleaned activity.

        Raises
        ------
        ReadError
            When its source can't be read any more, or has changed since; when the activity or
            stream that was analysed is gone.
        """
        limits = self.options.limits
        source = self.source() if isinstance(self.source, ref) else self.source
        if source is None:
            raise ReadError(
                "the activity that was analysed is gone: keep it, or analyse its file"
            )
        if isinstance(source, Activity):
            found = [source]
        elif isinstance(source, SourceRef):
            found = load(source, limits)
        else:
            found = [read(source, limits=limits)]
        for activity in found:
            if activity.meta.content_hash == self.content_hash:
                with reading(activity.meta.source):
                    return clean(activity, cleaning=self.options.cleaning)
        raise ReadError(
            "it has changed since it was analysed", path=shown(source)
        )
