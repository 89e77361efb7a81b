"""The page on formats names every code that readers and cleaning can give, and every limit."""

from __future__ import annotations

import ast
import dataclasses
import re

import pytest

from trailstats import errors
from trailstats.io.formats import ReadLimits

# Which argument of what makes an issue is its code.
PLACE_OF_CODE = {"Issue": 0, "note": 0, "over": 2}


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "formats.md").read_text(encoding="utf-8")


def section(page, title):
    """Return the codes in the first column of a table."""
    text = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [
        line.split("|")[1] for line in text.splitlines() if line.startswith("| `")
    ]
    return set(re.findall(r"`(\w+)`", "".join(rows)))


def issue_codes(root):
    """Return the code of every issue that readers, cleaning, terrain and plug-ins make: as a text,
    or as a pattern.
    """
    codes = set()
    for path in sorted(
        p
        for folder in ("io", "cleaning", "terrain", "model")
        for p in (root / "trailstats" / folder).rglob("*.py")
    ):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        looped = {
            row.elts[0]
            for node in nodes
            if isinstance(node, ast.For)
            for row in rows_of_codes(node)
        }
        called = {
            n.args[PLACE_OF_CODE[name_of(n)]]
            for n in nodes
            if isinstance(n, ast.Call) and n.args and name_of(n) in PLACE_OF_CODE
        }
        for code in looped | called:
            if isinstance(code, ast.Constant):
                codes.add(re.escape(code.value))
            elif isinstance(code, ast.JoinedStr):
                codes.add(
                    "".join(
                        re.escape(v.value)
                        if isinstance(v, ast.Constant)
                        else r"\w+"
                        for v in code.values
                    )
                )
            else:
                assert ast.unparse(code) == "code", (
                    "a code that this test can't find"
                )
    return codes


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def rows_of_codes(loop):
    """Return the rows of a loop such as ``for code, flags in (("a", x), ("b", y))``."""
    target = (
        loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
    )
    return (
        loop.iter.elts
        if ast.unparse(target) == "code" and isinstance(loop.iter, ast.Tuple)
        else []
    )


def test_every_issue_code_is_on_the_page_and_no_other(root, page):
    """Each code in the source stands in the table, and each in the table is in the source."""
    on_page, in_source = section(page, "Issues"), issue_codes(root)
    assert len(in_source) > 25
    assert [
        code
        for code in in_source
        if not any(re.fullmatch(code, known) for known in on_page)
    ] == []
    assert [
        known
        for known in on_page
        if not any(re.fullmatch(code, known) for code in in_source)
    ] == []


def test_every_error_code_is_on_the_page(page):
    """Each class of errors stands in the table with its code."""
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert section(page, "Errors") == {kind.code for kind in kinds}
    for kind in kinds:
        assert re.search(rf"\| `{kind.code}` \| `{kind.__name__}` \|", page)


def test_every_limit_is_on_the_page(page):
    """Each limit stands in the table with its default."""
    assert section(page, "Limits") == {
        field.name for field in dataclasses.fields(ReadLimits)
    }
    for name in ("records", "members"):
        assert re.search(
            rf"\| `{name}` \| {getattr(ReadLimits(), name):,} \|", page
        )
    assert f"| `bytes` | {ReadLimits().bytes >> 20} MiB |" in page
