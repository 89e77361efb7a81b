"""A page of the service's description that loads nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any


def docs_page(description: dict[str, Any]) -> str:
    """Return the addresses of a description in OpenAPI, with what they take and answer."""
    rows = []
    for path, methods in description["paths"].items():
        for method, about in methods.items():
            answers = ", ".join(sorted(about.get("responses", {})))
            taken = ", ".join(
                [p["name"] for p in about.get("parameters", [])]
                + list(about.get("requestBody", {}).get("content", {}))
            )
            cells = (
                f"<code>{method.upper()} {escape(path)}</code>",
                escape(about.get("description") or about.get("summary", "")),
                escape(taken),
                escape(answers),
            )
            rows.append(
                "<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
            )
    title = escape(
        f"{description['info']['title']} {description['info']['version']}"
    )
    heads = "".join(
        f"<th scope='col'>{h}</th>"
        for h in ("address", "does", "takes", "answers")
    )
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        "<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;"
        "padding:0 1rem}td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0}"
        f"</style></head><body><h1>{title}</h1><p>The whole description, with the schemas of the "
        "documents: <a href='/openapi.json'>openapi.json</a>.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        "</body></html>"
    )
