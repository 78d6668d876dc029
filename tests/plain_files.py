"""Plain files for tests: rows of made-up people, CSV bytes, hashes of a folder."""

import hashlib
from pathlib import Path

CONFIG = """\
config_version = 1
as_of = 2026-06-01
district = "Test District"
scales = ["bscs"]
output = "briefs"
formats = ["json"]

[[waves]]
id = "w1"
label = "Spring 2025"
closed = 2025-04-25
exports = ["exports/w1.csv"]

[[waves]]
id = "w2"
label = "Spring 2026"
closed = 2026-04-24
exports = ["exports/w2.csv"]
"""

ITEMS = [f"bscs_{number}" for number in range(1, 9)]


def make_rows(schools=("Oak", "Elm"), people=12, wave=0):
    """Return a heading and one row per person; answers differ from person to person."""
    rows = [["respondent_id", "school", *ITEMS]]
    for place, school in enumerate(schools):
        for person in range(people):
            answers = [1 + (person * 3 + item * 2 + place + wave) % 5 for item in range(8)]
            rows.append([f"p{place}-{person}", school, *map(str, answers)])
    return rows


def to_csv(rows):
    return "".join(",".join(row) + "\n" for row in rows).encode()


def hash_tree(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file under a folder, but for the note on how runs ended."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }
