"""Lines and tables on the terminal, as wide as it is."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Row: TypeAlias = "Sequence[str | Text]"

# Of C0, C1 and DEL all but tab and line feed; marks and overrides of direction; lone surrogates.
_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

NARROW = 120
"""Below this width tables leave out what can be done without."""
PIPE_WIDTH = 160
_BETWEEN = 3  # characters between columns
_EDGES = 2  # characters before the first and behind the last column


def _has_width() -> bool:
    # Of a pipe the width is not known: lines are left whole there, unless the caller names one.
    return sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if _has_width() else PIPE_WIDTH, highlight=False)


def console_width() -> int:
    """Return the characters that a line takes."""
    return _console().width


def is_narrow() -> bool:
    """Whether tables leave out what can be done without."""
    return console_width() < NARROW


def plain(text: str) -> str:
    r"""Return a text without anything that a terminal would obey: control characters but line
    breaks and tabs, and those that change the direction of writing, are shown as escapes.

    Examples
    --------
    >>> from trailstats.cli._console import plain
    >>> plain("\x1b[31mrun")
    '\\x1b[31mrun'
    """
    return text if text.isprintable() else _COMMANDS.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode()


def note(message: str) -> None:
    """Print a line, broken between words where the width is known."""
    from rich.text import Text

    _console().print(Text(plain(message)), soft_wrap=not _has_width())


def complain(message: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(f"{plain(message)}\n")


def print_json(document: object) -> None:
    """Print a document on one line of standard output; what a terminal would obey stands as JSON's
    own escapes.
    """
    line = json.dumps(document, allow_nan=False, ensure_ascii=False)
    if not line.isprintable():
        line = _COMMANDS.sub(lambda m: f"\\u{ord(m[0]):04x}", line)
    sys.stdout.write(line + "\n")


def print_rows(
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    right: Collection[str] = (),
    unbroken: Collection[str] = (),
    first_width: int | None = None,
    least: int = 0,
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
    least : int
        Width below which each row is a block of lines, as where no word would be left whole.
    """
    from rich import box
    from rich.table import Table

    cells = [[_cell(cell) for cell in row] for row in rows]
    whole = {*right, *unbroken}
    widths = _least_widths(heads, cells, first_width, whole)
    between = _BETWEEN * (len(heads) - 1) + _EDGES
    needed = max(sum(widths) + between, least)
    if _has_width() and needed > console_width():
        _print_blocks(heads, cells)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head, width in zip(heads, widths, strict=True):
        is_number = head in right
        table.add_column(
            head,
            justify="right" if is_number else "left",
            no_wrap=is_number or head in unbroken,
            min_width=width,
        )
    if first_width is not None:
        table.columns[0].overflow = "fold"
        table.columns[0].max_width = first_width
    for line in cells:
        # As Text: names from files may hold what the console would take for markup.
        table.add_row(*line)
    _console().print(table)


def _least_widths(
    heads: Sequence[str],
    rows: Sequence[Sequence[Text]],
    first: int | None,
    whole: Collection[str],
) -> list[int]:
    """Return the characters that each column takes at least where no word is broken, and no line
    of those that stay whole.
    """
    columns = [
        [head, *(line[k].plain for line in rows)] for k, head in enumerate(heads)
    ]
    widths = [
        max(
            (
                len(piece)
                for cell in column
                for piece in (
                    cell.splitlines() if column[0] in whole else cell.split()
                )
            ),
            default=0,
        )
        for column in columns
    ]
    if first is not None:
        widths[0] = min(widths[0], first)
    return widths


def _print_blocks(heads: Sequence[str], rows: Sequence[Sequence[Text]]) -> None:
    """Print a table whose columns don't fit beside each other: each row as a block of lines."""
    from rich.padding import Padding
    from rich.text import Text

    console = _console()
    for line in rows:
        first, *rest = zip(heads, line, strict=True)
        console.print(Text(first[1].plain, "bold"))
        for head, cell in rest:
            if cell.plain.strip(" \N{EN DASH}"):
                said = Text.assemble((f"{head}: ", "dim"), cell)
                console.print(Padding(said, (0, 0, 0, 2)))


def _cell(cell: str | Text) -> Text:
    from rich.text import Text

    text = Text(cell) if isinstance(cell, str) else cell
    if not text.plain.replace("\n", "").isprintable():
        text = Text(plain(text.plain), text.style)
    return text
