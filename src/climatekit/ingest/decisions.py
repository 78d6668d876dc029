"""Decisions: what a reader found out, and the flag and the key that overrule it."""

from __future__ import annotations

from dataclasses import dataclass

_OVERRULED_BY: dict[str, tuple[str, str]] = {
    "encoding": ("--encoding", "reading.encoding"),
    "delimiter": ("--delimiter", "reading.delimiter"),
    "first row": ("--first-row", "reading.first_row"),
    "sheet": ("--sheet", "reading.sheet"),
    "platform": ("--platform", "reading.platform"),
    "heading rows": ("--heading-rows", "reading.heading_rows"),
    "answers from": ("--answers-from", "reading.answers_from"),
    "declared missing": ("--answers-from", "reading.answers_from"),
    "gathered": ("--no-gather", "reading.gather"),
    "event": ("--event", "reading.event"),
    "people": ("--event", "reading.event"),
    "school column": ("--school-column", "columns.school"),
    "role column": ("--role-column", "columns.role"),
    "respondent column": ("--respondent-column", "columns.respondent"),
    "weight column": ("--weight-column", "columns.weight"),
    "weighted scores": ("--weight-column", "columns.weight"),
    "row numbers": ("--codebook", "codebook"),
    "scale": ("--codebook", "codebook"),
    "school": ("--school-column", "columns.school"),
    "link column": ("--link-column", "columns.link"),
    "time zone": ("--time-zone", "reading.time_zone"),
    "answered": ("--time-zone", "reading.time_zone"),
    "codebook": ("--scale", "scales"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that the reader found out: what, the value taken, and by which sign.

    `flag` and `key` overrule it: a flag of the command line and a key of the
    configuration, empty where there is nothing to overrule.
    """

    what: str
    value: str
    sign: str

    @property
    def flag(self) -> str:
        """The flag that overrules the decision, e.g. ``--encoding``."""
        return _OVERRULED_BY.get(self.what, ("", ""))[0]

    @property
    def key(self) -> str:
        """The configuration key that overrules the decision, e.g. ``reading.encoding``."""
        return _OVERRULED_BY.get(self.what, ("", ""))[1]


def find_way(rule: str) -> tuple[str, str]:
    """Return the flag and the key that overrule a rule by which rows are left out."""
    if rule.startswith("duplicate"):
        return "--duplicates", "reading.duplicates"
    if rule == "wrong length":
        return "--skip-bad-rows", "reading.skip_bad_rows"
    if rule in {"other event", "other event or repeat"}:
        return "--event", "reading.event"
    if rule == "no weight":
        return "--missing-weight", "reading.missing_weight"
    if rule == "no answers":
        return "--codebook", "codebook"
    return f'--keep-rows "{rule}"', "reading.keep_rows"
