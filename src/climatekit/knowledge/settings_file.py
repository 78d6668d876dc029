"""The configuration file: ``climatekit.toml`` read strictly into `Settings`."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.definitions import Definition, open_definition, suggest
from climatekit.knowledge.settings import (
    ColumnSettings,
    ComparisonSettings,
    DisclosureSettings,
    LookSettings,
    ReadingSettings,
    RoleGroup,
    RubricSettings,
    ScaleUse,
    Settings,
    WaveSettings,
)
from climatekit.knowledge.settings_format import FileTable, RoleGroupTable, WaveTable
from climatekit.knowledge.tidying import tidy_text
from climatekit.knowledge.wording import list_languages

_MAX_BYTES = 1_000_000
_WEIGHTED_ROLES = {
    "code": "CK459",
    "message": "people are weighted, and role groups are to be told beside the schools",
    "expected": "one of the two: what a group's share of the weights tells is not reckoned with",
    "mend": "take away weight under [columns] (--weight-column), or the [[role_groups]]",
}

T = TypeVar("T")


def read_settings(path: Path) -> Settings:
    """Return the settings that a configuration file holds; see `open_settings`."""
    return _make_settings(open_settings(path).content, path, path.parent)


def open_settings(path: Path) -> Definition[FileTable]:
    """Return what a configuration file says, with the lines of its keys.

    Parameters
    ----------
    path : Path
        The ``climatekit.toml``; relative paths in it start from its folder.

    Raises
    ------
    DefinitionError
        With every fault at once: unknown keys with the closest right one, wrong types,
        values out of range, files that are missing.
    """
    if path.is_file() and path.stat().st_size > _MAX_BYTES:
        raise DefinitionError(
            Problem(
                code="CK431",
                message=f"the configuration file is larger than {_MAX_BYTES:,} bytes",
                file=str(path),
                mend="a configuration is a page or two; move rows to the codebook or roster",
            )
        )
    return open_definition(path, FileTable, _check_content)


def settings_from_flags(  # noqa: PLR0913 (one a flag)
    base: Settings | None,
    exports: Sequence[Path],
    *,
    as_of: date | None = None,
    codebook: Path | None = None,
    roster: Path | None = None,
    scales: Sequence[str] = (),
    school_column: str | None = None,
    role_column: str | None = None,
    respondent_column: str | None = None,
    link_column: str | None = None,
    weight_column: str | None = None,
    output: Path | None = None,
    answers: Sequence[str] = (),
    **reading: Any,  # noqa: ANN401 (flags of the reader, by name; None or False is unset)
) -> Settings:
    """Return `base` with what the flags say laid over it.

    Parameters
    ----------
    base : Settings, optional
        None: start from the defaults.
    exports : sequence of Path
        When given, they alone are read: an export that a wave of `base` names keeps that
        wave, any other becomes a wave named after its file. The other waves of `base` stay
        known, so that the roster and the codebook may speak of them.
    """
    settings = base or Settings(root=Path.cwd())
    columns = _replace_set(
        settings.columns,
        school=school_column,
        role=role_column,
        respondent=respondent_column,
        link=link_column,
        weight=weight_column,
    )
    if columns.weight and settings.role_groups:
        raise DefinitionError(Problem(file=settings.place, **_WEIGHTED_ROLES))  # type: ignore[arg-type]
    for rules in ("drop_rows", "keep_rows"):
        reading[rules] = tuple(reading.get(rules) or ()) or None
    drop_unfinished = reading.pop("drop_unfinished", None)
    if drop_unfinished is not None:
        reading["unfinished"] = "drop" if drop_unfinished else "keep"
    gather = False if reading.pop("no_gather", False) else settings.reading.gather
    read = dataclasses.replace(_replace_set(settings.reading, **reading), gather=gather)
    waves = _waves_of(settings, exports) if exports else settings.waves
    return _replace_set(
        settings,
        as_of=as_of,
        records_until=settings.as_of if as_of is not None else None,
        codebook=codebook,
        roster=roster,
        scales=tuple(scales) or None,
        # What is said of a scale that the flags leave out is left out with it.
        scale_use={name: use for name, use in settings.scale_use.items() if name in scales}
        if scales
        else None,
        output=output,
        link_key=settings.root / "linking.key" if link_column and not settings.link_key else None,
        answers=read_answer_flags(answers, settings.answers) if answers else None,
        columns=columns,
        reading=read,
        waves=waves,
    )


def read_answer_flags(
    flags: Sequence[str], known: Mapping[str, Mapping[str, int]] | None = None
) -> dict[str, dict[str, int]]:
    """Return the answer wordings of flags such as ``agree6:Agreee=5``, beside those known.

    Raises
    ------
    DefinitionError
        If a flag is of another form.
    """
    answers = {name: dict(wordings) for name, wordings in (known or {}).items()}
    problems = []
    for flag in flags:
        found = re.fullmatch(r"([^:]+):(.+)=(-?\d{1,9})", flag.strip())
        if found is None:
            problems.append(
                Problem(
                    code="CK449",
                    message=f"--answer {flag!r} is not of the form SET:TEXT=CODE",
                    expected="for instance agree6:Agreee=5",
                    mend="name the response set, the answer's text and its code",
                )
            )
            continue
        name, text, code = found.groups()
        answers.setdefault(name.strip(), {})[text.strip()] = int(code)
    if problems:
        raise DefinitionError(problems)
    return answers


def fingerprint_settings(settings: Settings) -> str:
    """Return the sha256 of everything in `settings` that can change a number or a word.

    Paths count by their last part only, so that a moved study keeps its fingerprint.
    """
    return hashlib.sha256(repr(describe_settings(settings)).encode()).hexdigest()


def describe_settings(settings: Settings) -> dict[str, object]:
    """Return the settings as plain values for a manifest, without any full path."""
    plain: dict[str, Any] = dataclasses.asdict(
        settings,
        dict_factory=lambda pairs: {key: _plain(value) for key, value in pairs},
    )
    for hidden in ("file", "root", "output", "keep", "allow_empty", "records_until"):
        plain.pop(hidden)
    for group in plain["role_groups"]:
        # What is not said is not there, so that groups without labels keep their fingerprint.
        for name in ("label", "labels"):
            if not group[name]:
                group.pop(name)
    return plain


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _replace_set(instance: T, **changes: Any) -> T:  # noqa: ANN401
    given = {key: value for key, value in changes.items() if value is not None}
    given = {key: value for key, value in given.items() if value is not False}
    return dataclasses.replace(instance, **given)  # type: ignore[type-var]


def _waves_of(settings: Settings, exports: Sequence[Path]) -> tuple[WaveSettings, ...]:
    """Return the waves that hold these exports; the others stay known, with nothing to read."""
    known = {path.resolve(): wave.id for wave in settings.waves for path in wave.exports}
    waves = {wave.id: dataclasses.replace(wave, exports=()) for wave in settings.waves}
    for path in exports:
        name = known.get(path.resolve(), path.stem)
        wave = waves.setdefault(name, WaveSettings(id=name, label=name))
        waves[name] = dataclasses.replace(wave, exports=(*wave.exports, path))
    return tuple(waves.values())


def _make_settings(content: FileTable, path: Path, root: Path) -> Settings:
    def place(name: str | None) -> Path | None:
        return None if name is None else root / name

    return Settings(
        file=path,
        root=root,
        as_of=content.as_of,
        district=content.district,
        language=content.language,
        also_in=tuple(one for one in content.also_in if one != content.language),
        codebook=place(content.codebook),
        roster=place(content.roster),
        evidence_log=place(content.evidence_log),
        link_key=place(content.link_key) if content.columns.link else None,
        waves=tuple(_make_wave(table, root) for table in content.waves),
        columns=ColumnSettings(**content.columns.model_dump()),
        reading=ReadingSettings(
            **content.reading.model_dump(exclude={"drop_rows", "keep_rows"}),
            drop_rows=tuple(content.reading.drop_rows),
            keep_rows=tuple(content.reading.keep_rows),
        ),
        scales=tuple(content.scales),
        scale_folder=place(content.scale_folder),
        scale_use={
            name: ScaleUse(
                **use.model_dump(exclude={"edited_items"}), edited_items=tuple(use.edited_items)
            )
            for name, use in content.scale_use.items()
        },
        imported_scores=place(content.imported_scores),
        lead_scores={str(name): score for name, score in content.lead_scores.items()},
        answers=content.answers,
        comparison=ComparisonSettings(**content.comparison.model_dump()),
        disclosure=DisclosureSettings(**content.disclosure.model_dump()),
        role_groups=tuple(map(_make_role_group, content.role_groups)),
        rubric=RubricSettings(
            log_start=content.rubric.log_start,
            levels={int(level): text for level, text in content.rubric.levels.items()},
            wording_source=content.rubric.wording_source,
        ),
        look=LookSettings(
            paper=content.look.paper,
            accent=content.look.accent,
            logo=place(content.look.logo),
            templates=place(content.look.templates),
            question_page=content.look.question_page,
            question_words=content.look.question_words,
        ),
        output=place(content.output),
        formats=tuple(content.formats),
        keep=content.keep,
        allow_empty=content.allow_empty,
    )


def _make_wave(table: WaveTable, root: Path) -> WaveSettings:
    return WaveSettings(
        id=table.id,
        label=table.label or table.id,
        labels=table.labels,
        opened=table.opened,
        closed=table.closed,
        exports=tuple(root / name for name in table.exports),
        mode=table.mode,
    )


def _make_role_group(table: RoleGroupTable) -> RoleGroup:
    return RoleGroup(
        id=table.id, roles=tuple(table.roles), label=table.label or "", labels=table.labels
    )


def _check_content(file: Definition[FileTable]) -> Iterator[Problem]:
    yield from _check_files(file)
    yield from _check_waves(file)
    yield from _check_language(file)
    yield from _check_uses(file)
    yield from _check_role_groups(file)
    rubric = file.content.rubric
    if rubric.levels and not rubric.wording_source:
        yield file.make_problem(
            "CK457",
            "levels are worded, and it is not said where the wording comes from",
            ("rubric", "levels"),
            expected="wording_source beside levels",
            mend='add wording_source = "District handbook, 2025" under [rubric]',
        )
    disclosure = file.content.disclosure
    if disclosure.min_n < 10 and disclosure.reason is None:  # noqa: PLR2004 (design: ten)
        yield file.make_problem(
            "CK434",
            f"min_n is {disclosure.min_n}, which is under 10, and no reason is given",
            ("disclosure", "min_n"),
            expected="a reason in words; it is printed in the manifest and on each brief",
            mend='add reason = "..." under [disclosure], or leave min_n at 10',
        )
    if disclosure.min_n_detail < disclosure.min_n:
        yield file.make_problem(
            "CK434",
            "min_n_detail is below min_n",
            ("disclosure", "min_n_detail"),
            mend="give min_n_detail at least the value of min_n",
        )


def _check_uses(file: Definition[FileTable]) -> Iterator[Problem]:
    content = file.content
    waves = [wave.id for wave in content.waves]
    for name, use in content.scale_use.items():
        if name not in content.scales:
            yield file.make_problem(
                "CK410",
                f"scale_use speaks of {name!r}, which is not among scales",
                ("scale_use", name),
                found=name,
                expected=f"one of {', '.join(content.scales)}",
                closest=suggest(name, content.scales),
                mend="add it to scales, or delete the table",
            )
        for what, since in (("referent", use.referent_since), ("form", use.form_since)):
            if since is not None and (getattr(use, what) is None or since not in waves):
                yield file.make_problem(
                    "CK433",
                    f"{what}_since names the wave {since!r}, which is not there"
                    if getattr(use, what) is not None
                    else f"{what}_since is given without a {what}",
                    ("scale_use", name, f"{what}_since"),
                    found=since,
                    expected=f"one of {', '.join(waves)}, and a {what}",
                    closest=suggest(since, waves),
                    mend=f"name a wave of [[waves]], and the {what} that it began with",
                )


def _check_role_groups(file: Definition[FileTable]) -> Iterator[Problem]:
    """Each role in one group, and at most one group of all others (rule D12)."""
    if file.content.columns.weight and file.content.role_groups:
        yield file.make_problem(key=("columns", "weight"), **_WEIGHTED_ROLES)
    known: dict[str, str] = {}
    ids: set[str] = set()
    for number, group in enumerate(file.content.role_groups):
        # Without roles it stands for everybody else, of whom there can be one group only.
        for role in group.roles or [""]:
            tidy = tidy_text(role)
            if tidy in known:
                what = f"the role {role!r}" if role else "everybody in no other group"
                yield file.make_problem(
                    "CK458",
                    f"{what} is in two groups, {known[tidy]!r} and {group.id!r}",
                    ("role_groups", number, "roles"),
                    expected="each role in one group",
                    mend="take the role out of one of the two groups",
                )
            known[tidy] = group.id
        if group.id in ids:
            yield file.make_problem(
                "CK458",
                f"two role groups have the id {group.id!r}",
                ("role_groups", number, "id"),
                mend="give each group an id of its own",
            )
        ids.add(group.id)
    groups = [_make_role_group(table) for table in file.content.role_groups]
    yield from _check_labels(file, "role_groups", groups, "CK458")


def _check_labels(
    file: Definition[FileTable], key: str, told: Sequence[WaveSettings | RoleGroup], code: str
) -> Iterator[Problem]:
    """No page names two waves or two role groups alike."""
    what = key.replace("_", " ")
    seen: set[tuple[str, str]] = set()
    for language in dict.fromkeys(["", *(tag for one in told for tag in one.labels)]):
        known: dict[str, str] = {}
        for number, one in enumerate(told):
            label = one.label_in(language)
            other = known.setdefault(tidy_text(label), one.id)
            # Of two alike in their ids that is told, and may be all that is alike.
            if tidy_text(other) != tidy_text(one.id) and (other, one.id) not in seen:
                seen.add((other, one.id))
                yield file.make_problem(
                    code,
                    f"the {what} {other!r} and {one.id!r} are both called {label!r}"
                    + (f" in the language {language!r}" if language else ""),
                    (key, number, "labels" if language in one.labels else "label"),
                    found=label,
                    expected=f"a label of its own for each of the {what}",
                    mend="give one of the two another label",
                )


def _check_language(file: Definition[FileTable]) -> Iterator[Problem]:
    known = list_languages()
    asked: list[tuple[str, tuple[str | int, ...]]] = [
        (file.content.language, ("language",)),
        *((tag, ("also_in", place)) for place, tag in enumerate(file.content.also_in)),
    ]
    for tag, key in asked:
        if tag not in known:
            yield file.make_problem(
                "CK424",
                f"there are no messages in the language {tag!r}",
                key,
                expected=f"one of {', '.join(known)}",
                closest=suggest(tag, known),
            )


def _check_files(file: Definition[FileTable]) -> Iterator[Problem]:
    content, root = file.content, file.path.resolve().parent
    named: list[tuple[tuple[str | int, ...], str | None]] = [
        (("codebook",), content.codebook),
        (("roster",), content.roster),
        (("evidence_log",), content.evidence_log),
        (("imported_scores",), content.imported_scores),
        (("look", "logo"), content.look.logo),
        (("look", "templates"), content.look.templates),
        *(
            (("waves", number, "exports"), export)
            for number, wave in enumerate(content.waves)
            for export in wave.exports
        ),
    ]
    for key, name in named:
        # A name too long for any disk is there as little as one that is missing.
        if name is not None and not os.path.exists(root / name):  # noqa: PTH110
            yield file.make_problem(
                "CK432",
                f"the file {name!r} does not exist",
                key,
                expected="a path that starts from the configuration's folder",
                mend="mend the path, or put the file there",
            )


def _check_waves(file: Definition[FileTable]) -> Iterator[Problem]:
    waves = file.content.waves
    seen: dict[str, str] = {}
    for number, wave in enumerate(waves):
        tidy = " ".join(wave.id.split()).casefold()
        if tidy in seen:
            yield file.make_problem(
                "CK433",
                f"the wave ids {seen[tidy]!r} and {wave.id!r} are the same or nearly so",
                ("waves", number, "id"),
                mend="give each wave an id of its own",
            )
        seen[tidy] = wave.id
        if wave.opened and wave.closed and wave.opened > wave.closed:
            yield file.make_problem(
                "CK433",
                f"wave {wave.id!r} closes before it opens",
                ("waves", number, "closed"),
                mend="swap or mend the two dates",
            )
    dated = [(number, wave) for number, wave in enumerate(waves) if wave.closed is not None]
    for (_, before), (number, after) in pairwise(dated):
        if before.closed and after.closed and before.closed >= after.closed:
            yield file.make_problem(
                "CK433",
                f"wave {after.id!r} does not close after wave {before.id!r}",
                ("waves", number, "closed"),
                expected="waves in the order of time",
                mend="put the [[waves]] in the order of their dates",
            )
    made = [_make_wave(table, file.path.parent) for table in waves]
    yield from _check_labels(file, "waves", made, "CK433")
