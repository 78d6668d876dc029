"""Scale rules: what status, methods, bands and the tables of facts must hold to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from climatekit.errors import Problem
from climatekit.knowledge.definitions import Definition, suggest
from climatekit.knowledge.scale_format import BandTable, ScaleFile, ScoreTable

_SEEN = ("key", "reversals", "scoring")
_OF_SCORES = ("mean_of_scores", "mean_of_standard_scores")
_WEIGHTED = ("weighted_mean", "weighted_sum")


def check_status(file: Definition[ScaleFile]) -> Iterator[Problem]:
    """Yield what a scale's status claims beyond what its file shows."""
    content = file.content
    own = content.rights.kind == "own survey"
    if own != (content.status == "local"):
        yield file.make_problem(
            "CK428",
            "a district's own survey has the status local, and nothing else has"
            if own
            else "the status local is for a district's own survey",
            ["status"],
            found=content.status,
            expected="local" if own else "draft, checked or import",
            mend='write status = "local"' if own else "mend status, or rights.kind",
        )
    if content.status == "checked":
        for fact in _SEEN:
            found = content.evidence.get(fact)
            if found is None or found.confidence != "high":
                yield file.make_problem(
                    "CK428",
                    f"the status is checked, but the confidence in {fact} is "
                    + ("not given" if found is None else found.confidence),
                    ["evidence", fact] if found else ["status"],
                    found=found.confidence if found else None,
                    expected="high confidence in key, reversals and scoring",
                    mend='write status = "draft" until it was seen in a source',
                )
    external = {name for name, score in content.scores.items() if score.method == "external"}
    if bool(external) != (content.status == "import") or 0 < len(external) < len(content.scores):
        yield file.make_problem(
            "CK428",
            "scores that an owner's platform computes stand in a file of the status import, "
            "and nothing else does",
            ["status"],
            found=content.status,
            mend="mend status or the scores' methods",
        )


def check_methods(file: Definition[ScaleFile]) -> Iterator[Problem]:
    """Yield what does not fit a score's method: its items, inputs, weights, ranges."""
    for name, score in file.content.scores.items():
        place = ["scores", name]
        composite, external = score.method in _OF_SCORES, score.method == "external"
        needs = "inputs" if composite else "range" if external else "items"
        given = {"items": bool(score.items), "inputs": bool(score.inputs), "range": score.range_}
        for key, there in given.items():
            if bool(there) != (key == needs):
                yield file.make_problem(
                    "CK429",
                    f"a score of the method {score.method} "
                    + (f"needs {key}" if key == needs else f"has no {key}"),
                    [*place, key] if there else [*place, "method"],
                    mend=f"give {key}" if key == needs else f"delete {key}, or mend the method",
                )
        yield from _check_inputs(file, name, score)
        yield from _check_weights(file, name, score)
        yield from _check_ranges(file, name, score)
        yield from _check_steps(file, name, score)
    yield from _check_person_weights(file)


def check_bands(file: Definition[ScaleFile]) -> Iterator[Problem]:
    """Yield gaps and overlaps of bands, and bands that name no end."""
    for name, score in file.content.scores.items():
        for place, (band, after) in enumerate(pairwise(score.bands), start=1):
            if band.high is None or after.low is None or band.high != after.low:
                yield file.make_problem(
                    "CK429",
                    f"the bands {band.name} and {after.name} leave a gap or overlap",
                    ["scores", name, "bands", place, "low"],
                    found=f"{_end(band.high)} and {_end(after.low)}",
                    expected="each band beginning where the one before ends, lowest first",
                )
        yield from (_turned(file, name, place, band) for place, band in _list_turned(score.bands))


def check_tables(file: Definition[ScaleFile]) -> Iterator[Problem]:
    """Yield names in the tables of facts that the file does not have."""
    yield from _check_norms(file)
    yield from _check_forms(file)
    yield from _check_headings(file)
    yield from _check_languages(file)
    yield from _check_vectors(file)


def _check_norms(file: Definition[ScaleFile]) -> Iterator[Problem]:
    content = file.content
    seen: set[tuple[str, str, str, str | None]] = set()
    for place, norm in enumerate(content.norms):
        yield from _check_name(file, "score", norm.score, content.scores, ["norms", place, "score"])
        schools = norm.score, norm.school_level, norm.country, norm.form
        if schools in seen:
            yield file.make_problem(
                "CK429",
                f"two norms of {norm.score} are for the same schools",
                ["norms", place],
                mend="keep the newer one",
            )
        seen.add(schools)
    for place, value in enumerate(content.published):
        if value.score is not None:
            yield from _check_name(
                file, "score", value.score, content.scores, ["published", place, "score"]
            )


def _check_forms(file: Definition[ScaleFile]) -> Iterator[Problem]:
    content = file.content
    for name, structure in content.structures.items():
        for factor, numbers in structure.factors.items():
            yield from _check_numbers(file, numbers, ["structures", name, "factors", factor])
    for name, form in content.forms.items():
        yield from _check_numbers(file, form.items, ["forms", name, "items"])
        if form.response_set is not None:
            key = ["forms", name, "response_set"]
            yield from _check_name(
                file, "response set", form.response_set, content.response_sets, key
            )
    for name, link in content.links.items():
        yield from _check_numbers(file, map(int, link.items), ["links", name, "items"])
    if content.wording_hashes is not None:
        yield from _check_numbers(
            file, map(int, content.wording_hashes.items), ["wording_hashes", "items"]
        )


def _check_headings(file: Definition[ScaleFile]) -> Iterator[Problem]:
    for place, heading in enumerate(file.content.headings):
        if heading.form is not None:
            yield from _check_name(
                file, "form", heading.form, file.content.forms, ["headings", place, "form"]
            )
        if heading.pattern.count("{n}") != 1:
            yield file.make_problem(
                "CK429",
                "the pattern of a heading holds {n}, for the item's number, once",
                ["headings", place, "pattern"],
                found=heading.pattern,
                expected="for instance Q12_{n}",
            )


def name_unknown(
    file: Definition[ScaleFile],
    what: str,
    name: str,
    known: Iterable[str],
    key: Sequence[str | int],
) -> Problem:
    """Return the problem of a name that the file does not have, with the closest right one."""
    names = list(known)
    closest = None if what == "item" else suggest(name, names)
    return file.make_problem(
        "CK411",
        f"there is no {what} {name}",
        key,
        found=name,
        expected=f"one of {', '.join(names)}",
        mend=f"write {closest}" if closest else f"name a {what} that the file has",
        closest=closest,
    )


def _check_inputs(file: Definition[ScaleFile], name: str, score: ScoreTable) -> Iterator[Problem]:
    content = file.content
    for place, one in enumerate(score.inputs):
        scale, _, other = one.rpartition(".")
        key: list[str | int] = ["scores", name, "inputs", place]
        if scale in ("", content.id):
            yield from _check_name(file, "score", other, content.scores, key)
        elif scale not in content.uses:
            yield name_unknown(file, "used scale", scale, content.uses, key)


def _check_weights(file: Definition[ScaleFile], name: str, score: ScoreTable) -> Iterator[Problem]:
    place = ["scores", name, "weights"]
    weighted = score.method in _WEIGHTED
    if weighted != bool(score.weights):
        yield file.make_problem(
            "CK429",
            f"a score of the method {score.method} "
            + ("needs weights" if weighted else "has no weights"),
            place if score.weights else ["scores", name, "method"],
            mend="give each item its weight" if weighted else "delete weights, or mend the method",
        )
    own = {str(abs(number)) for number in score.items}
    for number, weight in score.weights.items():
        if number not in own:
            yield name_unknown(file, "item", number, sorted(own, key=int), [*place, number])
        elif not weight > 0:
            yield file.make_problem(
                "CK429",
                f"the weight of item {number} is not above 0",
                [*place, number],
                found=f"{weight:g}",
                mend="turn an item round by its sign, never by its weight",
            )
    if weighted:
        yield from (
            file.make_problem("CK429", f"item {number} has no weight", place)
            for number in sorted(own - score.weights.keys(), key=int)
        )


def _check_person_weights(file: Definition[ScaleFile]) -> Iterator[Problem]:
    """Yield scores that share an item, of which only one may be weighted.

    The weighted and the plain mean of the same answers together say what those answered
    who weigh more than others.
    """
    scores = file.content.scores

    def list_items(name: str, above: tuple[str, ...] = ()) -> set[int]:
        score = scores.get(name)
        if score is None or name in above:
            return set()
        inputs = (list_items(one, (*above, name)) for one in score.inputs)
        return set(map(abs, score.items)).union(*inputs)

    for one, other in combinations(scores, 2):
        if scores[one].person_weights == scores[other].person_weights:
            continue
        if list_items(one) & list_items(other):
            yield file.make_problem(
                "CK429",
                f"{one} and {other} share an item, and only one of them lets people be weighted",
                ["scores", other],
                expected="the same person_weights for both",
                mend="write person_weights for both, or for neither",
            )


def _check_ranges(file: Definition[ScaleFile], name: str, score: ScoreTable) -> Iterator[Problem]:
    content = file.content
    sets = [
        content.response_sets.get(item.response_set or content.response_set or "")
        for number in score.items
        if (item := content.items.get(str(abs(number)))) is not None
    ]
    ranges = {(one.low, one.high) for one in sets if one is not None}
    if len(ranges) > 1 and score.rescale == "none":
        yield file.make_problem(
            "CK429",
            "the items of the score have different ranges, and nothing says how they are joined",
            ["scores", name, "rescale"]
            if "rescale" in score.model_fields_set
            else ["scores", name],
            found=", ".join(f"{low} to {high}" for low, high in sorted(ranges)),
            mend='write rescale = "percent_of_maximum"',
        )
    if score.rescale != "none" and score.method in ("sum", "weighted_sum"):
        yield file.make_problem(
            "CK429",
            "percents of the maximum are averaged, not summed",
            ["scores", name, "rescale"],
            mend="write the method mean or weighted_mean",
        )
    if score.range_ and score.range_[0] >= score.range_[1]:
        yield file.make_problem(
            "CK429", "the range's low end is not below its high end", ["scores", name, "range"]
        )


def _check_steps(file: Definition[ScaleFile], name: str, score: ScoreTable) -> Iterator[Problem]:
    for place, step in enumerate(score.transform):
        given = step.model_dump(exclude_none=True)
        zero = 0 in (given.get("multiply"), given.get("divide"))
        if len(given) != 1 or zero:
            yield file.make_problem(
                "CK429",
                "a step of a transform multiplies or divides by 0"
                if zero
                else f"a step of a transform has {len(given)} keys",
                ["scores", name, "transform", place],
                expected="one of add, subtract, multiply, divide, percent_of_maximum",
                mend="write one step after the other, each with one key",
            )


def check_comparability(file: Definition[ScaleFile]) -> Iterator[Problem]:
    """Yield what does not fit in ``[comparability]``."""
    table = file.content.comparability
    if table is None:
        return
    place = ["comparability"]
    if table.versions and file.content.version not in table.versions:
        yield file.make_problem(
            "CK462",
            f"this is version {file.content.version}, which is not among those that may be "
            "compared",
            [*place, "versions"],
            found=", ".join(table.versions),
            mend="add it where scores of both mean the same; else begin a new file and group",
        )
    for number, form in enumerate(table.forms):
        yield from _check_name(file, "form", form, file.content.forms, [*place, "forms", number])
    error, sd, retest = table.error_of_measurement, table.persons_sd, table.retest_reliability
    if (error is None) != (sd is None) or (error and sd and error > sd):
        yield file.make_problem(
            "CK462",
            "an error of measurement tells a reliability only beside the standard deviation "
            "of persons' scores, and is no larger than it",
            [*place, "persons_sd" if error is None else "error_of_measurement"],
            mend="give both error_of_measurement and persons_sd, of one sample",
        )
    if error is not None and retest is not None:
        yield file.make_problem(
            "CK462",
            "the reliability of one person's score is given twice",
            [*place, "error_of_measurement"],
            expected="retest_reliability, or error_of_measurement with persons_sd",
            mend="keep one of the two",
        )
    if (error is not None or retest is not None) and table.source is None:
        yield file.make_problem(
            "CK462",
            "a reliability is given without its source",
            place,
            mend='add source = "Author (year)"',
        )


def _check_languages(file: Definition[ScaleFile]) -> Iterator[Problem]:
    content = file.content
    bands = {band.name for score in content.scores.values() for band in score.bands}
    cautions = [str(place) for place in range(1, len(content.cautions) + 1)]
    for tag, words in content.languages.items():
        for what, names, known in (
            ("score", words.scores, content.scores),
            ("item", words.items, content.items),
            ("band", words.bands, bands),
            ("caution", words.cautions, cautions),
        ):
            for name in names:
                yield from _check_name(
                    file, what, name, known, ["languages", tag, f"{what}s", name]
                )


def _check_vectors(file: Definition[ScaleFile]) -> Iterator[Problem]:
    content = file.content
    for place, vector in enumerate(content.test_vectors):
        if vector.form is not None:
            yield from _check_name(
                file, "form", vector.form, content.forms, ["test_vectors", place, "form"]
            )
    for place, standard in enumerate(content.standard_vectors):
        yield from _check_name(
            file, "score", standard.score, content.scores, ["standard_vectors", place, "score"]
        )


def _check_numbers(
    file: Definition[ScaleFile], numbers: Iterable[int], key: Sequence[str | int]
) -> Iterator[Problem]:
    for number in numbers:
        yield from _check_name(file, "item", str(abs(number)), file.content.items, key)


def _check_name(
    file: Definition[ScaleFile],
    what: str,
    name: str,
    known: Iterable[str],
    key: Sequence[str | int],
) -> Iterator[Problem]:
    if name not in known:
        yield name_unknown(file, what, name, known, key)


def _list_turned(bands: Sequence[BandTable]) -> list[tuple[int, BandTable]]:
    return [
        (place, band)
        for place, band in enumerate(bands)
        if band.low is not None and band.high is not None and band.low >= band.high
    ]


def _turned(file: Definition[ScaleFile], name: str, place: int, band: BandTable) -> Problem:
    return file.make_problem(
        "CK429",
        f"the band {band.name} ends where it begins or before",
        ["scores", name, "bands", place],
        found=f"{_end(band.low)} to {_end(band.high)}",
    )


def _end(value: float | None) -> str:
    return "open" if value is None else f"{value:g}"
