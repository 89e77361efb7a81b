"""Columns that are made of some analyses at a time, and kept where these are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from trailstats.history._chunks import Joined, made_in_chunks
from trailstats.history._stored import AT_A_TIME, Stored, StoredAnalyses
from trailstats.model.results import Analysis


def made_of(
    analyses: Sequence[Analysis],
    name: str,
    basis: str,
    make: Callable[[Sequence[Analysis]], Joined],
) -> Joined:
    """Return columns that are made of some analyses at a time, and how many rows each has: memory
    doesn't grow with what they are made of, and where all of a history lie in a lasting store, they
    are kept there.

    Parameters
    ----------
    analyses : sequence of Analysis
    name : str
        Of what is made.
    basis : str
        What it follows from besides the analyses, such as the code.
    make : callable
        Given some of them.
    """
    if isinstance(analyses, StoredAnalyses) and analyses.keeps_joined:

        def of_some(entries: list[Stored]) -> Joined:
            return make(replace(analyses, entries=entries, complete=False))

        return made_in_chunks(analyses.entries, name, basis, of_some)
    parts = [
        make(analyses[begin : begin + AT_A_TIME])
        for begin in range(0, max(len(analyses), 1), AT_A_TIME)
    ]
    columns = {
        column: np.concatenate([own[column] for own, _ in parts])
        for column in parts[0][0]
    }
    return columns, np.concatenate([counts for _, counts in parts])
