"""Auditing: attack a release as a stranger would, and say who could be worked out, by which rule.

Nothing here repeats a number: the problem names group, rule and mend alone.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from climatekit.errors import DisclosureError, Problem
from climatekit.ingest.weights import list_weighted_scores
from climatekit.knowledge.scales import Scale, load_scales
from climatekit.release.audit import attack
from climatekit.release.ledger import Entry
from climatekit.release.readout import Breach
from climatekit.release.relations import Group
from climatekit.release.spread import Weighing
from climatekit.run.audit.clearance import ATTACK, NUMBERS, hash_audit
from climatekit.run.audit.drawings import Number
from climatekit.run.audit.numbers import auditing_numbers
from climatekit.run.audit.output_reader import Files, Output, read_told
from climatekit.run.audit.page_numbers import PageNumbers, compare_pages
from climatekit.run.study import Study
from climatekit.run.workshop.workers import Limits

_FOUND = {
    "people": "how many of a hidden group answered can be worked out",
    "mean": "the score of a hidden group can be worked out",
    "part": "a score that is not shown can be worked out",
    "answers": "how many people chose an answer can be worked out",
    "person": "each person's own score can be worked out",
    "unlisted": "a number is printed that the ledger does not hold",
    "loose": "a number in a page's sentences is none of those that the ledger holds",
    "doubtful": "a number in a page's sentences is in no ledger, unless it is part of a fixed word",
    "unread": "the ledger holds a number that no file prints",
}
# A row too many gives nobody away, nor do the names, titles and sentences that hold a number.
_HARMLESS = frozenset({"doubtful", "unread"})
_HOW = {
    "subtractor": "by subtracting printed numbers from one another",
    "general": "from all printed numbers together",
    "histogram": "by listing every way in which the group can have answered",
    "parts": "from its total and the other parts, or from its own parts",
    "moments": "from the district's coefficients, less what the printed schools account for",
    "spread": "because hardly anybody's score differs from the mean",
    "insider": "by somebody of the group, who knows their own answers",
    "reader": "by comparing the files with the ledger",
}
_MENDS = {
    "part": "report it with the version: climatekit has to hide one score more",
    "D2": "print fewer groups: leave out the roles, or join the small ones",
    "D4": "raise min_n_detail under [disclosure], so that fewer questions are shown one by one",
    "D5": "raise min_n under [disclosure], so that the group is not shown",
    "D9": "publish a wave once; for a real correction write why under [disclosure], as republish",
    "D16": "report it with the version: a coefficient must rest on the printed schools alone",
    "D17": "report it with the version: climatekit printed what it did not list",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Insiders:
    """What people of the district know besides the files.

    Attributes
    ----------
    staff : mapping of Group to float
        How many work in each group.
    persons : mapping of (Group, score) to sequence of float
        Everybody's own scores; each of them attacks with their own.
    weighings : mapping of (Group, score) to Weighing
        How the weights lie, where people are weighted.
    """

    staff: Mapping[Group, float] = field(default_factory=dict)
    persons: Mapping[tuple[Group, str], Sequence[float]] = field(default_factory=dict)
    weighings: Mapping[tuple[Group, str], Weighing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audited:
    """How an audit ended: its warnings, and by hashes what it found nothing in.

    Warnings are of rules that the district set aside in writing, and of what gives nobody
    away.
    """

    problems: tuple[Problem, ...]
    cleared: Mapping[str, str]


def attack_output(output: Output, insiders: Insiders | None = None) -> tuple[Breach, ...]:
    """Attack a release, and the earlier ones that its ledger tells of.

    Returns
    -------
    tuple of Breach
        Empty when all is well.
    """
    insiders = insiders or Insiders()
    return attack(
        output.readout,
        retest=output.retest,
        staff=insiders.staff,
        persons=insiders.persons,
        weighings=insiders.weighings,
    )


def audit_pages(
    files: Files, output: Output, scales: Iterable[Scale] | None = None
) -> tuple[PageNumbers | None, tuple[Breach, ...]]:
    """Hold the pages and PDFs of a release against its ledger.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
    output : Output
    scales : iterable of Scale, optional
        As for `read_output`.

    Returns
    -------
    (PageNumbers or None, tuple of Breach)
        None where the district's own templates or scale files stand between: what is fixed
        in those pages is not known.
    """
    if output.is_own:
        return None, ()
    asked = load_scales(output.settings["scales"]) if scales is None else scales
    read = compare_pages(files, output, tuple(asked))
    breaches = {
        Breach(
            rule="D17",
            attacker="reader",
            found=_judge(read, place),
            wave=place[0],
            school=place[1],
            subject=place[2].kind,
        )
        for place in read.stray
    }
    return read, tuple(sorted(breaches, key=lambda one: (one.wave, one.school, one.subject)))


def _judge(read: PageNumbers, place: tuple[str, str, Number]) -> str:
    if place in read.placed:
        return "unlisted"
    return "doubtful" if place in read.doubtful else "loose"


def audit_files(
    files: Files,
    manifest: Mapping[str, object],
    study: Study,
    limits: Limits | None = None,
    *,
    ledger: tuple[Entry, ...] | None = None,
    before: object = None,
) -> Audited:
    """Attack a finished release before it is published.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
        What would be published.
    manifest : mapping
        As `build_manifest` returns it.
    study : Study
        For the scales, the words, and what insiders know.
    limits : Limits, optional
        Workers, which read all that is printed while this process attacks the ledger.
    ledger : tuple of Entry, optional
        What the ledger's file was written from; else it is read.
    before : object
        What the audit of the last release found nothing in, as its manifest tells.

    Returns
    -------
    Audited

    Raises
    ------
    DisclosureError
        If anything is recovered: nothing may be published then.
    """
    # Reading a PDF takes as long as making it; the page that it is set from says the same.
    read = {name: content for name, content in files.items() if not name.endswith(".pdf")}
    read["manifest.json"] = json.dumps(manifest).encode()
    keys = hash_audit(read, manifest)
    known = before if isinstance(before, Mapping) else {}
    left = {part for part, key in keys.items() if known.get(part) != key}
    output = read_told(read, study.scales, ledger)
    schools = len(study.release.schools)
    found: dict[str, tuple[Breach, ...]] = {}
    with auditing_numbers(
        read, study.scales, limits, schools=schools, skip=NUMBERS not in left
    ) as finish:
        # What every number says is in the ledger, or a number is found that is not.
        if ATTACK in left:
            found[ATTACK] = attack_output(output, list_insiders(study))
        pages = audit_pages(read, output, study.scales)[1]
        found[NUMBERS] = finish()
    breaches = (*itertools.chain(*found.values()), *pages)
    labels = {wave.id: wave.label for wave in study.settings.waves}
    allowed = {"D9"} if study.settings.disclosure.republish else set()
    problems = tuple(explain_breaches(breaches, labels=labels, allowed=allowed))
    if any(problem.severity == "error" for problem in problems):
        raise DisclosureError(problems)
    return Audited(problems, {part: key for part, key in keys.items() if not found.get(part)})


def explain_breaches(
    breaches: Iterable[Breach],
    *,
    labels: Mapping[str, str],
    allowed: Iterable[str] = (),
) -> list[Problem]:
    """Return one problem for each group, rule and way; like ones are counted.

    Parameters
    ----------
    breaches : iterable of Breach
    labels : mapping of str to str
        Wave id to its label.
    allowed : iterable of str
        Rules that the district set aside in writing; theirs are warnings.
    """
    waived = frozenset(allowed)
    counted: dict[tuple[str, ...], int] = {}
    for one in breaches:
        key = (one.rule, one.wave, one.school, one.role, one.attacker, one.found)
        counted[key] = counted.get(key, 0) + 1
    return [
        Problem(
            code="CK711",
            message=f"{_FOUND[found]} {_HOW[attacker]} (rule {rule})",
            file=labels.get(wave, wave),
            column=_name_group(school, role),
            mend=_MENDS.get(found) or _MENDS[rule],
            severity="warning" if rule in waived or found in _HARMLESS else "error",
            count=count,
        )
        for (rule, wave, school, role, attacker, found), count in sorted(counted.items())
    ]


def _name_group(school: str, role: str) -> str:
    place = f"school {school}" if school else "all schools"
    return f"{place}, {role}" if role else place


def list_insiders(study: Study) -> Insiders:
    """Return what the people of a study's schools know: their own scores, and the staff."""
    frame = study.figures.scores.frame
    frame = frame[frame["points"].notna()]
    persons = {
        (Group(str(wave), str(school)), str(score)): tuple(own.tolist())
        for (wave, school, score), own in frame.groupby(["wave", "school", "score"])["points"]
    }
    staff = {
        Group(wave, school): float(count)
        for (school, wave), count in study.figures.eligible.items()
    }
    return Insiders(staff=staff, persons=persons, weighings=_list_weighings(study))


def _list_weighings(study: Study) -> dict[tuple[Group, str], Weighing]:
    """Return how the weights lie in each school and weighted score."""
    scores = study.figures.scores
    weights = scores.responses.weights
    if weights is None:
        return {}
    found = {}
    for score in scores.rules.keys() & list_weighted_scores(study.scales):
        points = scores.rules[score].points
        frame = scores.keys[["wave", "school"]].assign(points=points, weight=weights)
        for (wave, school), own in frame.dropna().groupby(["wave", "school"]):
            share = (own["weight"] / own["weight"].sum()).to_numpy()
            found[Group(str(wave), str(school)), score] = Weighing(
                effective=float(1 / (share**2).sum()),
                heaviest=float(share.max()),
                people=tuple(zip(own["points"].tolist(), share.tolist(), strict=True)),
            )
    return found
