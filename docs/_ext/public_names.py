"""A page for every public name: docs/api.md lists them, and each gets one from its docstring."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from sphinx.application import Sphinx

import trailstats as ts

MODULES = [
    "cache",
    *(f"metrics.{name}" for name in import_module("trailstats.metrics").__all__),
    "plots",
    "schema",
    "model.json_schemas",
]
"""Public modules, whose every name of ``__all__`` is documented on one page."""

_LISTED = re.compile(r"^- `(\w+)`", flags=re.MULTILINE)
_CITED = re.compile(r"\[([A-Z][A-Za-z]+\w*)\]_")


def setup(app: Sphinx) -> dict[str, object]:
    """Connect to the build."""
    app.connect("builder-inited", _write_pages)
    app.connect("source-read", _link_names)
    app.connect(
        "autodoc-process-docstring", _link_references, priority=400
    )  # before numpydoc takes them for its own
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_pages(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    text = (Path(app.srcdir) / "api.md").read_text(encoding="utf-8")
    pages = {name: _page_of_name(name) for name in _LISTED.findall(text)}
    pages |= {module: _page_of_module(module) for module in MODULES}
    for name, page in pages.items():
        path = folder / f"{name}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
    for path in folder.glob("*.rst"):
        if path.stem not in pages:
            path.unlink()


def _page_of_name(name: str) -> str:
    kind = "class" if isinstance(getattr(ts, name), type) else "function"
    if kind == "class" and issubclass(getattr(ts, name), Exception):
        kind = "exception"
    members = (
        ""
        if kind == "function"
        else "   :members:\n   :undoc-members:\n   :show-inheritance:\n"
    )
    return _page(
        name,
        f".. currentmodule:: trailstats\n\n.. auto{kind}:: {name}\n{members}",
    )


def _page_of_module(module: str) -> str:
    own = import_module(f"trailstats.{module}").__all__
    elsewhere = ", ".join(
        name for name in own if name in ts.__all__
    )  # they have pages of their own
    body = f".. automodule:: trailstats.{module}\n   :members:\n   :imported-members:\n"
    body += f"   :exclude-members: {elsewhere}\n" if elsewhere else ""
    return _page(f"trailstats.{module}", body)


def _page(title: str, body: str) -> str:
    return f"{title}\n{'=' * len(title)}\n\n{body}"


def _link_names(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname != "api":
        return
    names = _LISTED.findall(source[0])
    linked = _LISTED.sub(r"- [`\1`](reference/\1.rst)", source[0])
    toctree = "\n".join(f"reference/{name}" for name in [*names, *MODULES])
    modules = "\n".join(
        f"- [`trailstats.{m}`](reference/{m}.rst)" for m in MODULES
    )
    source[0] = (
        f"{linked}\n## Modules\n\n{modules}\n\n```{{toctree}}\n:hidden:\n\n{toctree}\n```\n"
    )


def _link_references(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    lines: list[str],
) -> None:
    lines[:] = [_CITED.sub(r":doc:`[\1] </references>`", line) for line in lines]
