"""The report: `view` turns results into words and numbers, `charts` draws, `html` writes one
self-contained file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trailstats.report.html import is_report, write_report

__all__ = ["is_report", "write_report"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module's attributes are of any type
    # The command line takes words from here for every table: only a report loads what a page needs.
    if name in __all__:
        from trailstats.report import html

        return getattr(html, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
