"""The command `schema`: what documents and tables look like."""

from __future__ import annotations

from typing import Annotated

from trailstats.boundary import near
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import argument
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.model.json_schemas import DOCUMENTS, document_schema, table_schema
from trailstats.schema import TABLES


@command
def schema(
    name: Annotated[str | None, argument("schema-name")] = None,
    as_json: o.Json = False,
) -> ExitCode:
    """Print the JSON Schema of a document, or a table's columns and units.

    Example: trailstats schema segments
    """
    if name is None:
        if as_json:
            print_json({"documents": sorted(DOCUMENTS), "tables": sorted(TABLES)})
        else:
            note(
                f"documents: {', '.join(sorted(DOCUMENTS))}\ntables: {', '.join(sorted(TABLES))}"
            )
        return ExitCode.OK
    if name in DOCUMENTS:
        print_json(document_schema(name))
    elif name in TABLES:
        if as_json:
            print_json(table_schema(TABLES[name]))
        else:
            tables.columns(TABLES[name])
    else:
        known = sorted([*DOCUMENTS, *TABLES])
        raise UsageProblem(
            f"there is no document or table {name!r}{near(name, known)}; known are "
            f"{', '.join(known)}"
        )
    return ExitCode.OK
