"""How Sphinx builds the documentation: `python -m sphinx -W docs OUT`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "_ext")]

from trailstats import __version__  # noqa: E402

project = "trailstats"
author = "the trailstats contributors"
copyright = "the trailstats contributors, MIT licence"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "myst_parser",
    "public_names",
]
exclude_patterns = ["_build", "_ext"]
# Single backquotes in docstrings are names; those that are public become links.
default_role = "py:obj"

myst_enable_extensions = [
    "attrs_inline",
    "colon_fence",
    "deflist",
]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say the types, with units
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"trailstats {version}"
html_copy_source = False
html_theme_options = {"source_directory": "docs/"}
