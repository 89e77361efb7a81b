"""Claims that other packages bring, after the article's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trailstats.claims.result import ClaimResult
from trailstats.history import History
from trailstats.model.plugins import Installed, usable
from trailstats.schema import Verdict

GROUP = "trailstats.claims"


def other_answers(
    history: History, known: tuple[str, ...]
) -> Iterator[ClaimResult]:
    """Yield the answers of plug-ins; one that fails is not measurable, and says why.

    Parameters
    ----------
    history : History
    known : tuple of str
        Identifiers that are taken.
    """
    for entry in usable(GROUP):
        if entry.plugin.name not in known:
            yield _answer(entry, history)


def _answer(entry: Installed, history: History) -> ClaimResult:
    plugin = entry.plugin
    try:
        found = plugin.answer(history)
        if not isinstance(found, ClaimResult):
            raise TypeError(f"it gave no ClaimResult, but {type(found).__name__}")
    except Exception as error:  # a stranger's code
        return ClaimResult(
            plugin.name,
            plugin.statement,
            "",
            verdict=Verdict.NOT_MEASURABLE,
            caveats=(f"{entry.failed(error)}.",),
        )
    source = f"Answered by {entry.package}, outside the count of claims tested."
    caveats = (*found.caveats, source)
    return replace(found, claim=plugin.name, caveats=caveats)
