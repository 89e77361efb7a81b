"""Readers of other packages, in the form that `trailstats.io.formats` has its own in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.errors import LimitError, PluginError, ReadError
from trailstats.io._build import Parsed, ParseOptions
from trailstats.model.activity import ActivityMeta
from trailstats.model.plugins import Installed, Recorded, installed, usable

GROUP = "trailstats.readers"


@dataclass(frozen=True)
class OtherReader:
    """How files of another package's format are called, recognised and parsed; its faults are
    its own.
    """

    entry: Installed
    format: str = field(init=False)
    suffixes: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        plugin = self.entry.plugin
        object.__setattr__(self, "format", plugin.name)
        object.__setattr__(self, "suffixes", tuple(plugin.suffixes))

    def sniff(self, head: bytes) -> bool:
        """Return whether a file is of this format; one that makes the plug-in fail isn't."""
        try:
            return bool(self.entry.plugin.sniff(head))
        except Exception:  # a stranger's code on hostile bytes
            return False

    def parse(self, data: bytes, options: ParseOptions) -> list[Parsed]:
        """Return the activities of a file.

        Raises
        ------
        ReadError
            As the plug-in raised it, or `PluginError` with the plug-in's name for anything else.
        """
        try:
            found = list(self.entry.plugin.parse(data))
            parsed = [_parsed(one, self.format) for one in found]
        except ReadError as error:
            error.format = error.format or self.format
            raise
        except Exception as error:
            raise PluginError(
                self.entry.failed(error), format=self.format
            ) from error
        if sum(len(one.time) for one in parsed) > options.max_records:
            raise LimitError(
                f"more than {options.max_records} samples (limit: records)",
                format=self.format,
            )
        options.check_activities(len(parsed), self.format)
        return parsed


def other_readers() -> Iterator[OtherReader]:
    """Yield the readers of other packages."""
    return (OtherReader(entry) for entry in usable(GROUP))


def other_suffixes() -> tuple[str, ...]:
    """Return how files of their formats are called."""
    return tuple(s for reader in other_readers() for s in reader.suffixes)


def readers_that_failed() -> str:
    """Return a sentence on readers that can't be used, perhaps for this file; empty for none."""
    broken = [one for one in installed(GROUP) if one.plugin is None]
    said = (f"{b.name!r} of {b.package} ({b.fault})" for b in broken)
    return f"; plug-ins that can't be loaded: {', '.join(said)}" if broken else ""


def _parsed(recorded: Recorded, format: str) -> Parsed:
    """Return an activity in the form of our own parsers.

    Raises
    ------
    TypeError, ValueError
        When the plug-in gave something else than it promised.
    """
    records = recorded.records
    if not isinstance(records.index, pd.DatetimeIndex):
        raise TypeError("the index of its records holds no times")
    index = records.index
    index = (
        index if index.tz is None else index.tz_convert("UTC").tz_localize(None)
    )
    numbers = records.select_dtypes(include=["number", "bool"])
    columns = {str(n): numbers[n].to_numpy(np.float64) for n in numbers}
    known = set(schema.RECORDS.names)
    return Parsed(
        time=index.to_numpy("datetime64[ns]"),
        columns={n: c for n, c in columns.items() if n in known},
        meta=ActivityMeta(
            format=format,
            sport=recorded.sport,
            sub_sport=recorded.sub_sport,
            name=recorded.name,
            device=recorded.device,
        ),
        extras={n: c for n, c in columns.items() if n not in known},
    )
