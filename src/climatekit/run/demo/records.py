"""Demo records: the made-up district's roster and settings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from climatekit.run.demo.exports import MISTYPED
from climatekit.run.demo.schools import ROLES, WINDOWS, DemoSchool

DISTRICT = "Cedar Valley School District"


def write_roster(schools: Sequence[DemoSchool]) -> str:
    """Return the roster: one row per school, wave and staff group, and one for the total."""
    rows = []
    for school in schools:
        for wave, turn in school.turns.items():
            groups = (("", sum(turn.eligible)), *zip(ROLES, turn.eligible, strict=True))
            rows += [
                (school.id, school.name, wave, group, str(eligible), school.grades)
                for group, eligible in groups
            ]
    return write_table(
        ("school_id", "school_name", "wave_id", "staff_group", "eligible", "grades"), rows
    )


def write_settings() -> str:
    """Return the district's ``climatekit.toml``."""
    waves = "\n".join(
        f"""[[waves]]
id = "{window.id}"
label = "{window.label}"
labels = {{ es = "Primavera de {window.opened:%Y}" }}
opened = {window.opened}
closed = {window.closed}
exports = ["exports/{window.export}"]
"""
        for window in WINDOWS
    )
    return f"""# A made-up district. Paths start from this folder.
config_version = 1
district = "{DISTRICT}"
language = "en"  # the roster may name another for a school
# also_in = ["es"]  # every page in Spanish too
as_of = 2026-11-01  # the day as of which the use of the data is rated

scales = ["ots", "ces_sf", "bscs"]
codebook = "codebook.csv"
roster = "roster.csv"
evidence_log = "evidence_log.csv"
output = "briefs"

[columns]
school = "School"
role = "Role"
respondent = "ResponseId"

[reading]
unfinished = "drop"  # this district counts only people who reached the end

{waves}
# In 2024 one answer was mistyped in the survey itself.
[answers.agree6]
"{MISTYPED}" = 6

[rubric]
log_start = 2024-01-01  # use is never looked for in the years before the log was kept
"""


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV text with one heading row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
