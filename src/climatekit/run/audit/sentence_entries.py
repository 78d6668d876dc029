"""Sentence entries: what the sentences of a brief, and of the district's page, print of whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from climatekit.release.ledger import Entry
from climatekit.run.audit.entries import enter, enter_told
from climatekit.run.audit.sentences import find_number, read_one_of, read_sentence

_RESPONSE = "C2"  # the indicator that is about response rates
_RATES = {"rate": "wave", "rate_before": "before"}  # where its sentences name their waves
_WAVES = frozenset(_RATES.values())  # a wave may be called 2026, which is no count


def enter_brief_sentences(
    page: Mapping[str, Any], labels: Mapping[str, str], newest: str
) -> Iterator[Entry]:
    """Enter the numbers that stand in a brief's sentences alone.

    Parameters
    ----------
    page : mapping
        The record of a brief.
    labels : mapping of str to str
        Wave label, in any language, to its id.
    newest : str
        Wave that the data-use check is entered under.
    """
    language, school = page["language"], page["school_id"]
    before = labels.get(page.get("previous_label", ""), "")
    told = read_sentence(
        language, "participation.before", page["participation"]["sentence"], labels
    )
    if told and told["previous"] in labels:
        yield from enter("rate", "", told["rate"], wave=labels[told["previous"]], school=school)
    for row in page["changes"]:
        place = {"wave": page["wave"], "since": before, "school": school}
        yield from _enter_change(language, row, place)
    for row in (page.get("data_use") or {}).get("evidence", ()):
        yield from _enter_evidence(language, row, labels, wave=newest, school=school)


def _enter_change(
    language: str, row: Mapping[str, Any], place: Mapping[str, str]
) -> Iterator[Entry]:
    text = row["sentence"]
    steps = read_sentence(language, "verdict.steps", text)
    if steps:
        yield from enter("steps", row["score"], steps["count"], **place)
    for key in ("check.fewer", "check.more"):
        rates = read_sentence(language, key, text)
        if rates:
            for side, wave in (("before", place["since"]), ("after", place["wave"])):
                yield from enter("rate", "", rates[side], wave=wave, school=place["school"])
    for key, name in (("check.shrink", "left"), ("check.turn", "move")):
        check = read_sentence(language, key, text)
        if check:
            yield from enter("supposed", row["score"], find_number(check[name]), **place)


def _enter_evidence(
    language: str, row: Mapping[str, str], labels: Mapping[str, str], **place: str
) -> Iterator[Entry]:
    indicator = row["indicator"]
    told = read_one_of(language, f"indicator.{indicator}", row["detail"], labels)
    for name, text in told.items():
        if indicator == _RESPONSE and name in _RATES:
            wave = labels.get(told[_RATES[name]], "")
            if wave:
                yield from enter("rate", "", f"{text}%", wave=wave, school=place["school"])
        elif text.isdigit() and name not in _WAVES:
            yield from enter("record", f"{indicator} {name}", text, **place)


def enter_district_sentences(
    page: Mapping[str, Any], labels: Mapping[str, str], newest: str
) -> Iterator[Entry]:
    """Enter the numbers of pooled changes, best guesses and hidden schools together.

    Parameters
    ----------
    page : mapping
        The record of the district's page.
    labels : mapping of str to str
    newest : str
    """
    language = page["language"]
    wave = labels.get(page["wave_label"], newest)
    pool = read_sentence(language, "district.page.pooled", page["subline"])
    if pool:
        names = {"people": "pooled_people", "schools": "pooled_schools", "answered": "answered"}
        for name, statistic in names.items():
            yield from enter(statistic, "", pool[name], wave=wave)
    for change in page["changes"]:
        told = read_sentence(language, "district.change.mean", change["sentence"], labels)
        if told is None or told["since"] not in labels:
            continue
        place = {"wave": wave, "since": labels[told["since"]]}
        for name, statistic in (("mean", ""), ("low", "_low"), ("high", "_high")):
            text = find_number(told[name])
            yield from enter(f"pooled{statistic}", change["score"], text, **place)
        apart = read_sentence(language, "district.change.apart", change["spread"])
        if apart:
            yield from enter("spread", change["score"], apart["tau"], **place)
        for row in change["schools"]:
            own = place | {"school": row["school"]}
            yield from enter("best_guess", change["score"], f"{row['shrunk']}", **own)
            yield from enter_told("difference", change["score"], row["difference"], **own)
