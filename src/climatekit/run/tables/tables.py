"""Tables: rows of released numbers for standard output and for a release's files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from climatekit.knowledge.scales import Scale, list_rules
from climatekit.release.gate import Shown, in_tens
from climatekit.release.released import Released
from climatekit.release.rules import SHORT_SCORE_ITEMS
from climatekit.release.standards import Standard
from climatekit.report.builder import find_rates, grade_alpha
from climatekit.report.nonresponse_words import find_tipping
from climatekit.run.files.new_files import write_new_text
from climatekit.run.files.spreadsheet import Cell, write_csv
from climatekit.run.study import Study, list_hidden_waves, word_questions
from climatekit.values import Withheld

Row = tuple[Cell, ...]

SCORE_COLUMNS = (
    "school", "name", "wave", "role", "score", "title", "answered",
    "points", "low", "high", "native", "withheld", "standard", "band", "norm",
    "kind", "scale_version", "scale_status", "scale_sha256",
)  # fmt: skip
CHANGE_COLUMNS = (
    "school", "name", "score", "title", "before", "after", "points_before", "points_after",
    "difference", "low", "high", "detectable", "verdict", "tags", "withheld",
    "tipping",
)  # fmt: skip
ITEM_COLUMNS = ("school", "name", "wave", "item", "label", "favourable")
RELIABILITY_COLUMNS = (
    "wave", "score", "title", "items", "people", "schools",
    "alpha", "alpha_low", "alpha_high", "icc1", "icc2", "rwgj", "reading",
)  # fmt: skip
RATING_COLUMNS = (
    "school", "name", "evidenced", "possible", "complete",
    "C1", "C2", "C3", "C4", "C5", "U1", "U2", "U3", "U4", "U5", "U6", "own",
)  # fmt: skip


def list_scores(study: Study) -> list[Row]:
    """Return one row per school, wave and score, as the verb `score` prints them.

    Below a whole school's rows, whose role is empty, stand those of its role groups.
    """
    rows: list[Row] = []
    owners = _find_owners(study)
    for school, released in study.release.schools.items():
        for wave, who in released.waves.items():
            for rule in list_rules(study.scales):
                scale = owners[rule.id]
                held = study.standards[school].get((wave, rule.id))
                points = released.scores[rule.id].points[wave]
                native = released.scores[rule.id].native[wave]
                rows.append(
                    (
                        school,
                        study.names[school],
                        wave,
                        None,
                        rule.id,
                        rule.title,
                        _text(who.answered),
                        _text(points),
                        _low(points),
                        _high(points),
                        _text(native),
                        _reason(points),
                        *_tell_standard(held),
                        "imported" if rule.imported else "scored",
                        scale.version,
                        scale.status,
                        scale.fingerprint,
                    )
                )
            rows += _list_role_scores(study, school, wave)
    return rows


def _tell_standard(held: Standard | None) -> tuple[Cell, Cell, Cell]:
    """Return the standard score (or why there is none), the band and the norm schools."""
    if held is None:
        return None, None, None
    shown, norm = held.shown, held.norm
    told = shown.rule if isinstance(shown, Withheld) and shown.rule == "no-norm" else _text(shown)
    where = f"{norm.school_level}, {norm.country} {norm.years}" if norm else None
    return told, held.band or None, where


def stamp_scales(study: Study) -> list[dict[str, str]]:
    """Return which file each scale was scored by: id, version, form, status, sha256."""
    return [
        {
            "id": scale.id,
            "version": scale.version,
            "form": scale.form,
            "status": scale.status,
            "sha256": scale.fingerprint,
        }
        for scale in study.scales
    ]


def _list_role_scores(study: Study, school: str, wave: str) -> list[Row]:
    owners = _find_owners(study)
    return [
        (
            school,
            study.names[school],
            wave,
            role,
            rule.id,
            rule.title,
            _text(told.answered.get(wave)),
            _text(points),
            None,
            None,
            None,
            _reason(points),
            None,
            None,
            None,
            "scored",
            owners[rule.id].version,
            owners[rule.id].status,
            owners[rule.id].fingerprint,
        )
        for role, told in study.release.schools[school].roles.items()
        for rule in list_rules(study.scales)
        if (points := told.points.get((wave, rule.id))) is not None
    ]


def list_changes(study: Study, schools: Sequence[str]) -> list[Row]:
    """Return one row per school and score, as the verb `compare` prints them."""
    rows: list[Row] = []
    for school in schools:
        released = study.release.schools[school]
        for rule in list_rules(study.scales):
            if not rule.in_brief:
                continue
            score = released.scores[rule.id]
            change = score.change
            if change is None:
                continue
            before, after = score.points.get(change.before), score.points.get(change.after)
            rows.append(
                (
                    school,
                    study.names[school],
                    rule.id,
                    rule.title,
                    change.before,
                    change.after,
                    _text(before),
                    _text(after),
                    _text(change.difference),
                    _low(change.difference),
                    _high(change.difference),
                    _text(change.detectable),
                    change.verdict,
                    " ".join(change.tags),
                    change.reason or _reason(change.difference),
                    find_tipping(change, find_rates(released, change)),
                )
            )
    return rows


def list_items(study: Study) -> list[Row]:
    """Return one row per school, wave and item whose percentage may be told."""
    labels = word_questions(study)
    return [
        (school, study.names[school], wave, item, labels[wave][item], _text(shown))
        for school, released in study.release.schools.items()
        for item, one in released.items.items()
        for wave, shown in one.favourable.items()
    ]


def list_reliability(study: Study) -> list[Row]:
    """Return one row per wave and score, as the verb `reliability` prints them."""
    rows: list[Row] = []
    rules = {rule.id: rule for rule in list_rules(study.scales)}
    for (wave, score), quality in study.release.quality.items():
        if len(rules[score].items) < SHORT_SCORE_ITEMS:
            continue  # alpha says next to nothing of two items
        shown = isinstance(quality.alpha, Released)
        rows.append(
            (
                wave,
                score,
                rules[score].title,
                len(rules[score].items),
                in_tens(quality.people) if shown else None,
                quality.schools if shown else None,
                _text(quality.alpha),
                _low(quality.alpha),
                _high(quality.alpha),
                _text(quality.icc1),
                _text(quality.icc2),
                _text(quality.rwgj),
                _read_quality(quality.alpha, quality.icc1, held_back=quality.held_back),
            )
        )
    return rows


def list_ratings(study: Study, schools: Sequence[str], *, short: bool = False) -> list[Row]:
    """Return one row per school: levels evidenced and possible, then each indicator.

    `short` gives an indicator as its level alone, for a terminal: ``3``, ``2-4``, ``?`` for
    not on file, ``>`` for not yet due, ``x`` for not shown.
    """
    rows: list[Row] = []
    for school in schools:
        rating = study.ratings[school]
        have, of = rating.complete
        hidden = list_hidden_waves(study.release.schools[school])
        rows.append(
            (
                school,
                study.names[school],
                rating.evidenced if rating.is_stated else None,
                rating.possible if rating.rated else None,
                f"{have} of {of}",
                *(
                    # Of a hidden wave C2 is rated as if all had answered: no finding to print.
                    ("x" if short else "withheld")
                    if one.indicator == "C2" and hidden & set(one.waves)
                    else _finding(one.status, one.low, one.high, short=short)
                    for one in rating.findings
                ),
                rating.own.level if rating.own else None,
            )
        )
    return rows


def write_respondents(study: Study, path: Path) -> tuple[str, ...]:
    """Write one row per respondent, wave and score; personal data, mode 0600.

    A scale that describes a team or a school is never scored for one person: its scores
    are left out. Each row ends with the scale's version and sha256.

    Returns
    -------
    tuple of str
        Ids of the scales left out.

    Raises
    ------
    OutputError
        If the file is there already, or cannot be written.
    """
    owners = _find_owners(study)
    personal = [name for name, scale in owners.items() if "person" in scale.report_at]
    frame = study.figures.scores.frame
    frame = frame[frame["score"].isin(personal)]
    frame = frame.assign(
        scale_version=[owners[name].version for name in frame["score"]],
        scale_sha256=[owners[name].fingerprint for name in frame["score"]],
    )
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    write_new_text(path, write_csv(list(frame.columns), list(rows)), private=True)
    return tuple(scale.id for scale in study.scales if "person" not in scale.report_at)


def _find_owners(study: Study) -> dict[str, Scale]:
    return {rule.id: scale for scale in study.scales for rule in scale.scores.values()}


def _finding(status: str, low: int, high: int, *, short: bool) -> str:
    level = str(low) if low == high else f"{low}-{high}"
    if short:
        words = {"not_yet_due": ">", "not_applicable": "n/a", "not_evidenced": "?"}
        return words.get(status, level)
    if status in ("not_yet_due", "not_applicable"):
        return status
    return level if status == "evidenced" else f"{level} {status}"


def _read_quality(alpha: Shown, icc1: Shown, *, held_back: bool) -> str:
    if held_back:
        return "questions do not hang together: check the coding"
    if isinstance(alpha, Withheld):
        return alpha.reason
    word = grade_alpha(alpha)
    if isinstance(icc1, Released) and icc1.value <= 0:
        return f"{word}; schools do not differ reliably"
    return word


def _text(shown: Shown | None) -> Cell:
    """Return a number as a number where it is one, and as text where it is capped.

    Rule D15: only what passed the gate; of anything else the cell is empty.
    """
    if not isinstance(shown, Released):
        return None
    if shown.capped:
        return shown.text
    return int(shown.value) if float(shown.value).is_integer() else shown.value


def _low(shown: Shown | None) -> Cell:
    return shown.low if isinstance(shown, Released) else None


def _high(shown: Shown | None) -> Cell:
    return shown.high if isinstance(shown, Released) else None


def _reason(shown: Shown) -> str:
    return shown.reason if isinstance(shown, Withheld) else ""
