"""Republication: whether a wave that was published before may be published again.

Rule D9 of the privacy page. Two publications of one wave whose people differ by a few give
those few away to whoever subtracts one from the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from climatekit.errors import DisclosureError, Problem
from climatekit.release.ledger import Entry

LEAST_APART = 10

# Of one wave's people; what is worked out from several waves or from records says no more.
_OWN = frozenset({"rate", "points", "points_low", "points_high", "native", "favourable"})

Figures = dict[tuple[str, ...], frozenset[tuple[float | None, float | None]]]
Groups = dict[tuple[str, str, str], dict[str, Figures]]


def check_republication(
    now: Iterable[Entry],
    earlier: Iterable[Entry],
    *,
    labels: Mapping[str, str],
    reason: str | None = None,
    answered: Collection[tuple[str, str]] | None = None,
    given: Collection[str] = (),
    raised: Collection[str] = (),
) -> tuple[Problem, ...]:
    """Refuse a release that, beside an earlier one, would give a few people away.

    A group's wave may be printed again when the very same figures are printed, or at
    least ten people were added or taken away, or the exports are the same byte for byte
    (then the same people answered the same, and only the method changed).

    Parameters
    ----------
    now : iterable of Entry
        What the new release prints.
    earlier : iterable of Entry
        All that was printed before.
    labels : mapping of str to str
        Wave id to its label.
    reason : str, optional
        The district's written reason to publish all the same.
    answered : collection of (school, wave), optional
        In which anybody answered, shown or not; a school that was printed of a wave and is
        none of them was renamed, split or merged. Not looked for when not given.
    given : collection of str, optional
        Scores that an instrument's owner worked out: the exports say nothing of them.
    raised : collection of str
        Waves that were once published with a lower `min_n` than today's.

    Returns
    -------
    tuple of Problem
        With a reason, a warning for each such school and wave.

    Raises
    ------
    DisclosureError
        Without a reason; each school and wave is named, no number is.
    """
    now, earlier = tuple(now), tuple(earlier)
    today, known = _sort_by_group(now), _sort_by_group(earlier)
    found = {
        (wave, school): None
        for (wave, school, role), publications in today.items()
        for exports, figures in publications.items()
        for other, before in known.get((wave, school, role), {}).items()
        if gives_away(figures, before, same_people=exports == other, given=given)
    }
    reshaped = [] if answered is None else _find_reshaped(today, known, frozenset(answered))
    correction = 'for a real correction write why under [disclosure], republish = "..."'

    def tell(code: str, wave: str, column: str, message: str, expected: str, mend: str) -> Problem:
        return Problem(
            code=code,
            message=message,
            file=labels.get(wave, wave),
            column=column,
            expected=expected,
            mend=mend,
            severity="warning" if reason else "error",
        )

    problems = (
        *(
            tell(
                "CK710", wave, f"school {school}" if school else "district",
                "fewer than 10 people's answers differ from those this wave was published with "
                "before",
                "the same answers as before, or at least 10 people more or fewer",
                f"publish a wave once, after it closed; {correction}",
            )
            for wave, school in found
        ),
        *(
            tell(
                "CK712", wave, "role_groups",
                "this wave was published before with other role groups",
                "the role groups that it was published with",
                f"put the role groups back as they were; {correction}",
            )
            for wave in _find_regrouped(now, earlier)
        ),
        *(
            tell(
                "CK710", wave, f"school {school}",
                "this wave was published before with other schools, which differ from those of "
                "today by fewer than 10 people",
                "the schools that it was published with, or the same under another id",
                f"put the schools of this wave back as they were; {correction}",
            )
            for wave, school in reshaped
        ),
        *(
            tell(
                "CK713", wave, f"school {school}",
                "this wave was published with a lower min_n, and would now tell more of its "
                "people than it did then",
                "only what was printed of it before",
                "leave out of this wave what is new, such as a scale, or name another output "
                "folder: there releases begin anew",
            )
            for wave, school in _find_added(now, earlier, raised)
        ),
    )  # fmt: skip
    if problems and not reason:
        raise DisclosureError(problems)
    return problems


def gives_away(
    now: Figures, before: Figures, *, same_people: bool, given: Collection[str] = ()
) -> bool:
    """Return whether two publications of one group differ by a few people (rule D9).

    Parameters
    ----------
    now, before : mapping of (statistic, subject) to a set of (low, high)
        What each printed of the group, ``answered`` among it.
    same_people : bool
        The exports are the same byte for byte.
    given : collection of str, optional
        As in `check_republication`.
    """
    people, people_before = (_count_people(one) for one in (now, before))
    apart = [abs(one - other) for one in people for other in people_before]
    if any(0 < one < LEAST_APART for one in apart):
        return True
    if apart and 0 not in apart:
        return False
    changed = [key for key, shown in now.items() if not shown <= before.get(key, frozenset())]
    # A given score that is told for the first time stands beside none of its own.
    return any(not same_people or (key[1] in given and key in before) for key in changed)


def _find_reshaped(
    now: Groups, earlier: Groups, answered: AbstractSet[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the schools that are new in a published wave, a few people apart from gone ones.

    A school that was split or merged: the one less the other would be those few.
    """
    today, known = _sort_by_wave(now), _sort_by_wave(earlier)
    found = []
    for wave, schools in today.items():
        before = known.get(wave, {})
        old = {one: told for one, told in before.items() if (one, wave) not in answered}
        fresh = {one: told for one, told in schools.items() if one not in before}
        for one, told in list(fresh.items()):
            same = next((other for other, was in old.items() if _is_same(told, was)), None)
            if same is not None:  # it has another id
                del fresh[one], old[same]
        if not old:  # a school that nothing was printed of is new, not split or merged
            continue
        sizes = [[size for one in was for size in _count_people(one)] for was in old.values()]
        wholes = {sum(max(own, default=0.0) for own in sizes), *chain.from_iterable(sizes)}
        people = {one: max(_count_people(told[0]), default=0.0) for one, told in fresh.items()}
        together = _is_near(sum(people.values()), wholes)
        found += [(wave, one) for one, size in people.items() if together or _is_near(size, wholes)]
    return found


def _find_added(
    now: Iterable[Entry], earlier: Iterable[Entry], raised: Collection[str]
) -> list[tuple[str, str]]:
    """Return the schools of which a wave tells a number that it did not tell before.

    What is hidden by the raised number may be what a new one, beside those of before, tells of.
    """
    known = {(one.exports, one.about) for one in earlier if one.wave in raised}
    return sorted({
        (one.wave, one.school)
        for one in now
        if one.wave in raised
        and one.statistic in _OWN - {"rate"}
        and (one.exports, one.about) not in known
    })  # fmt: skip


def _is_near(size: float, others: Iterable[float]) -> bool:
    return any(0 < abs(size - other) < LEAST_APART for other in others)


def _is_same(now: Sequence[Figures], before: Sequence[Figures]) -> bool:
    return any(
        _count_people(one) == _count_people(was) and not gives_away(one, was, same_people=False)
        for one in now
        for was in before
    )


def _sort_by_wave(groups: Groups) -> dict[str, dict[str, list[Figures]]]:
    """Return by wave each school that was shown, and what was printed of it by exports."""
    waves: dict[str, dict[str, list[Figures]]] = {}
    for (wave, school, role), publications in groups.items():
        if school and not role:
            waves.setdefault(wave, {})[school] = list(publications.values())
    return waves


def _find_regrouped(now: Iterable[Entry], earlier: Iterable[Entry]) -> list[str]:
    """Return the waves whose people were grouped by role in another way before (rule D12)."""

    def list_groupings(entries: Iterable[Entry]) -> set[tuple[str, str]]:
        return {
            (one.wave, one.exports.rpartition("/")[2])
            for one in entries
            if one.role and one.statistic == "answered"
        }

    told = list_groupings(now)
    return sorted({
        wave for wave, how in told for other, before in list_groupings(earlier)
        if wave == other and how != before
    })  # fmt: skip


def _sort_by_group(entries: Iterable[Entry]) -> Groups:
    """Return what was printed of each group that was shown, by the exports it came from."""
    groups: Groups = {}
    for one in entries:
        if one.statistic == "answered" or one.statistic in _OWN:
            figures = groups.setdefault((one.wave, one.school, one.role), {}).setdefault(
                one.exports, {}
            )
            key = one.statistic, one.subject
            figures[key] = figures.get(key, frozenset()) | {(one.low, one.high)}
    return groups


def _count_people(figures: Figures) -> list[float]:
    return [low for low, _ in figures.get(("answered", ""), frozenset()) if low is not None]
