"""Lines and tables on the terminal, as wide as it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row: TypeAlias = Sequence[str | Text]

NARROW = 120
"""Below this width tables leave out what can be done without."""
PIPE_WIDTH = 160


def _has_width() -> bool:
    # Of a pipe the width is not known: lines are left whole there, unless the caller names one.
    return sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()


def _console() -> Console:
    return Console(width=None if _has_width() else PIPE_WIDTH, highlight=False)


def console_width() -> int:
    """Return the characters that a line takes."""
    return _console().width


def is_narrow() -> bool:
    """Whether tables leave out what can be done without."""
    return console_width() < NARROW


def note(message: str) -> None:
    """Print a line, broken between words where the width is known."""
    _console().print(Text(message), soft_wrap=not _has_width())


def print_rows(
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    right: Collection[str] = (),
    unbroken: Collection[str] = (),
    first_width: int | None = None,
) -> None:
    """Print a table.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences of str or Text
    right : collection of str
        Heads of columns of numbers: aligned on the right and never broken into lines.
    unbroken : collection of str
        Heads of other columns that are never broken.
    first_width : int, optional
        Characters that the first column takes at most, folded between any two of them.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        is_number = head in right
        table.add_column(
            head,
            justify="right" if is_number else "left",
            no_wrap=is_number or head in unbroken,
        )
    if first_width is not None:
        table.columns[0].overflow = "fold"
        table.columns[0].max_width = first_width
    for row in rows:
        # As Text: names from files may hold what the console would take for markup.
        table.add_row(
            *(Text(cell) if isinstance(cell, str) else cell for cell in row)
        )
    _console().print(table)
