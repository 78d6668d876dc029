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

LOG_HEADING = "school_id,wave_id,event,date,audience,status\n"
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


def write_study(folder: Path, schools=("Oak", "Elm"), people=12, log=""):
    """Write a study of two waves of one scale; with a log where lines of one are given."""
    (folder / "exports").mkdir(parents=True)
    for wave in (0, 1):
        rows = make_rows(schools, people, wave)
        (folder / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(rows))
    config = CONFIG
    if log:
        config = config.replace("output =", 'evidence_log = "log.csv"\noutput =', 1)
        (folder / "log.csv").write_text(LOG_HEADING + log, encoding="utf-8")
    (folder / "climatekit.toml").write_text(config, encoding="utf-8")


def hash_tree(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file under a folder, but for the note on how runs ended."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }
