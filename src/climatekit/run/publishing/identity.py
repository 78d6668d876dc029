"""Identity: the files that a run reads, and the key that they, settings and versions give."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.settings_file import describe_settings
from climatekit.report.look import list_templates
from climatekit.report.pango import ask_engine
from climatekit.run.publishing.machine import hash_folder, list_versions
from climatekit.run.publishing.manifest import Digest, build_manifest, digest_file

_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes one run the same as another.

    Attributes
    ----------
    inputs : mapping of str to Path
        Every file that is read, by the name that the manifest gives it.
    digests : mapping of str to Digest
        What those files held before anything was read.
    told : mapping of str to Digest
        The same as a release tells it: of all files with people's answers one digest together.
    settings, versions : mapping
        As the manifest tells them.
    key : str
        Equal for runs that must give the same bytes.
    """

    inputs: Mapping[str, Path]
    digests: Mapping[str, Digest]
    told: Mapping[str, Digest]
    settings: Mapping[str, object]
    versions: Mapping[str, str]
    key: str

    def check_unchanged(self) -> None:
        """Refuse when a file holds other bytes now than when the run began.

        Raises
        ------
        InputError
            With every such file.
        """
        changed = [
            name for name, path in self.inputs.items() if digest_file(path) != self.digests[name]
        ]
        if changed:
            raise InputError(
                [
                    Problem(
                        code="CK130",
                        message="the file changed while it was being read",
                        file=name,
                        mend="let the download or edit finish, then run again",
                    )
                    for name in changed
                ]
            )

    def hash_waves(self, settings: Settings) -> dict[str, str]:
        """Return one hash of each wave's exports, and of who in them counts, and how much."""
        known = {path.resolve(): self.digests[name].sha256 for name, path in self.inputs.items()}
        weighing = _describe_weighing(settings)
        counting = [*_describe_repeats(settings), *weighing]
        hashes = {
            wave.id: _hash_exports([*(known[path.resolve()] for path in wave.exports), *counting])
            for wave in settings.waves
        }
        if not weighing:
            return hashes
        # Late: a run that has nothing to do loads nothing of the kind.
        from climatekit.release.ledger import mark_weighted

        return mark_weighted(hashes)


def identify_run(
    settings: Settings, inputs: Mapping[str, Path], *, quick: bool = False
) -> Identity:
    """Hash what a run is about to read.

    Parameters
    ----------
    settings : Settings
    inputs : mapping of str to Path
        As `list_inputs` gives them.
    quick : bool
        Take the PDF engine's word for granted where its libraries are there, instead of
        starting it: good enough to see that nothing changed, not to publish anything.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    digests = {name: digest_file(path) for name, path in inputs.items()}
    versions = _list_versions(settings, quick=quick)
    described = describe_settings(settings)
    told = _join_answers(digests, inputs, settings)
    return Identity(
        inputs=inputs,
        digests=digests,
        told=told,
        settings=described,
        versions=versions,
        key=str(build_manifest(told, described, versions)["run_key"]),
    )


def list_inputs(settings: Settings) -> dict[str, Path]:
    """Return every file that is read, by the name that the manifest gives it.

    That is its place from the configuration's folder. Of a file elsewhere the name alone is
    told, with a number where another such file has the same.
    """
    paths = [
        settings.file,
        settings.codebook,
        settings.roster,
        settings.evidence_log,
        settings.imported_scores,
        settings.look.logo,
        *(list_templates(settings.look.templates) if settings.look.templates else ()),
        *(export for wave in settings.waves for export in wave.exports),
    ]
    if settings.scale_folder is not None:
        paths.extend(sorted(settings.scale_folder.glob("*.toml")))
    root = settings.root.resolve()
    places = {path.resolve(): path for path in paths if path is not None}
    named: dict[str, Path] = {}
    for place, path in places.items():
        name = place.relative_to(root).as_posix() if place.is_relative_to(root) else place.name
        more = (f"{name} ({number})" for number in itertools.count(2))
        named[next(one for one in itertools.chain([name], more) if one not in named)] = path
    return named


def _join_answers(
    digests: Mapping[str, Digest], inputs: Mapping[str, Path], settings: Settings
) -> dict[str, Digest]:
    """Return the digests as a release tells them: of files with answers, one after the other, one.

    Whoever knows all but a few answers of a file, as in the export of a small school, tries
    those out until its hash comes out. All answers of a study nobody can try out.
    """
    paths = [settings.imported_scores, *(one for wave in settings.waves for one in wave.exports)]
    answers = {path.resolve() for path in paths if path is not None}
    own = sorted(name for name, path in inputs.items() if path.resolve() in answers)
    told = {name: digest for name, digest in digests.items() if name not in own}
    return told | {" + ".join(own): digest_file(*(inputs[name] for name in own))} if own else told


def _list_versions(settings: Settings, *, quick: bool) -> dict[str, str]:
    versions = {**list_versions(), "pdf_engine": ""}
    for kind in ("scales", "report_templates"):
        versions[kind] = hash_folder(shipped(kind))
    if {"pdf", "staff"} & set(settings.formats):
        # A machine that gets its PDF engine later has something to do again.
        versions["pdf_engine"] = (quick and ask_engine()) or _start_engine()
    return versions


def _start_engine() -> str:
    from climatekit.report.pdf import describe_pdf_engine

    return describe_pdf_engine()


def _describe_weighing(settings: Settings) -> list[str]:
    """Return what decides who counts how much, besides the exports; nothing where all do once.

    Other weights of the same answers are as telling as other answers.
    """
    if settings.columns.weight is None:
        return []
    # Late: a run that has nothing to do loads no library that it can do without.
    from climatekit.ingest.weights import list_weighted_scores
    from climatekit.knowledge.scales import load_scales

    scales = load_scales(settings.scales, settings.scale_folder)
    return [
        settings.columns.weight,
        settings.reading.missing_weight,
        *list_weighted_scores(scales),
    ]


def _describe_repeats(settings: Settings) -> list[str]:
    """Return which answers count of people who gave several; nothing where none of them may."""
    rule = settings.reading.duplicates
    return [] if rule == "refuse" else [rule]


def _hash_exports(digests: Sequence[str]) -> str:
    """Return one hash of a wave's exports, whatever their order and names."""
    whole = hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()
    return whole[:_HASH_DIGITS]
