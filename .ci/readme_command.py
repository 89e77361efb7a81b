"""Print the one shell command in a section of the README."""

import re
import sys
from pathlib import Path

text = Path(sys.argv[1]).read_text(encoding="utf-8")
section = re.search(
    rf"^## {re.escape(sys.argv[2])}\n(.*?)(?=^## |\Z)",
    text,
    flags=re.MULTILINE | re.DOTALL,
)
blocks = (
    re.findall(
        r"^```sh\n(.*?)^```$", section.group(1), flags=re.MULTILINE | re.DOTALL
    )
    if section
    else []
)
if len(blocks) != 1 or len(blocks[0].strip().splitlines()) != 1:
    sys.exit(
        f"README.md: section {sys.argv[2]!r} does not hold exactly one shell command of one line"
    )
sys.stdout.write(blocks[0].strip())
