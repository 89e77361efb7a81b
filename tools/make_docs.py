"""Write the pages of the docs that follow from the code: the columns of every table.

python tools/make_docs.py
"""

from __future__ import annotations

from pathlib import Path

from trailstats.schema import TABLES

DOCS = Path(__file__).resolve().parent.parent / "docs"


def columns_page() -> str:
    """Return the page that lists every table's columns."""
    lines = [
        "# Columns",
        "",
        "Every table with the unit and meaning of its columns, written by `tools/make_docs.py`.",
        "A unit of 1 is a plain number or a fraction. Missing is NaN, `null` in JSON, empty in CSV.",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"A row is {table.row}.", ""]
        lines += ["| column | dtype | unit | meaning |", "|---|---|---|---|"]
        lines += [f"| `{c.name}` | {c.dtype} | {c.unit} | {c.meaning} |" for c in table]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the pages."""
    (DOCS / "columns.md").write_text(columns_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
