"""Scale checks: the rules of a scale file that reach across its tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from climatekit.errors import Problem
from climatekit.knowledge.definitions import Definition
from climatekit.knowledge.scale_format import PersonTable, ResponseSetTable, ScaleFile, ScoreTable
from climatekit.knowledge.scale_rules import (
    check_bands,
    check_comparability,
    check_methods,
    check_status,
    check_tables,
    name_unknown,
)
from climatekit.knowledge.tidying import tidy_text

MOST_LABEL_WORDS = 6  # a topic label names an item; a longer one starts to retell it
_MOST_STEPS = 100  # from the lowest code to the highest; answers are kept in a byte each

ScaleDefinition = Definition[ScaleFile]


def check_scale(file: ScaleDefinition) -> Iterator[Problem]:
    """Yield everything that is wrong with a scale file whose keys and types are right."""
    content = file.content
    if file.path.stem != content.id:
        yield file.make_problem(
            "CK418",
            f"the id {content.id!r} is not the file's name",
            ["id"],
            expected=file.path.stem,
            mend=f"call the file {content.id}.toml, or change the id",
        )
    for name, answers in content.response_sets.items():
        yield from _check_response_set(file, name, answers)
    yield from check_status(file)
    yield from _check_items(file)
    for name, score in content.scores.items():
        yield from _check_score(file, name, score)
    yield from _check_use(file)
    yield from _check_leads(file)
    yield from check_methods(file)
    yield from check_comparability(file)
    yield from check_bands(file)
    yield from check_tables(file)
    for number, vector in enumerate(content.test_vectors):
        yield from _check_names(file, vector.expect_school, number, "expect_school")
        for place, person in enumerate(vector.persons):
            yield from _check_person(file, person, number, place)


def _check_response_set(
    file: ScaleDefinition, name: str, answers: ResponseSetTable
) -> Iterator[Problem]:
    place = ["response_sets", name]
    span = f"a code from {answers.low} to {answers.high}"
    if answers.low >= answers.high:
        yield file.make_problem("CK416", "low is not below high", [*place, "low"])
        return
    if answers.high - answers.low > _MOST_STEPS:
        yield file.make_problem(
            "CK416",
            f"the codes span more than {_MOST_STEPS} steps",
            [*place, "high"],
            found=f"{answers.low} to {answers.high}",
            expected=f"at most {answers.low + _MOST_STEPS}",
        )
        return
    codes = {str(code) for code in range(answers.low, answers.high + 1)}
    for table in ("labels", "synonyms"):
        for code in getattr(answers, table):
            if code not in codes:
                yield file.make_problem(
                    "CK416",
                    f"the code {code} is outside the response set",
                    [*place, table, code],
                    found=code,
                    expected=span,
                )
    for code in (str(answers.low), str(answers.high)):
        if code not in answers.labels:
            yield file.make_problem(
                "CK416",
                f"the end code {code} has no label",
                [*place, "labels"],
                mend="label both ends, and every other code that the form labels",
            )
    yield from _check_codes(file, place, answers, codes)
    for number, favourable in enumerate(answers.favourable):
        if str(favourable) not in codes:
            yield file.make_problem(
                "CK416",
                f"the favourable code {favourable} is outside the response set",
                [*place, "favourable", number],
                found=str(favourable),
                expected=span,
            )
    yield from _check_wordings(file, name, answers)


def _check_codes(
    file: ScaleDefinition,
    place: Sequence[str | int],
    answers: ResponseSetTable,
    codes: set[str],
) -> Iterator[Problem]:
    for number, silent in enumerate(answers.missing_codes):
        if str(silent) in codes:
            yield file.make_problem(
                "CK416",
                f"the code {silent} is both an answer and no answer",
                [*place, "missing_codes", number],
                found=str(silent),
                expected=f"a number outside {answers.low} to {answers.high}",
            )
    for kind in ("languages", "platforms"):
        for name, wordings in getattr(answers, kind).items():
            for code in wordings.keys() - codes:
                yield file.make_problem(
                    "CK416",
                    f"the code {code} is outside the response set",
                    [*place, kind, name, code],
                    found=code,
                    expected=f"a code from {answers.low} to {answers.high}",
                )


def _check_wordings(
    file: ScaleDefinition, name: str, answers: ResponseSetTable
) -> Iterator[Problem]:
    meanings: dict[str, str] = {}
    wordings = [
        *((("labels", code), code, text) for code, text in answers.labels.items()),
        *(
            (("synonyms", code), code, text)
            for code, texts in answers.synonyms.items()
            for text in texts
        ),
        *(
            (("languages", tag, code), code, text)
            for tag, wordings in answers.languages.items()
            for code, texts in wordings.items()
            for text in texts
        ),
        *((("not_answers",), "no answer", text) for text in answers.not_answers),
    ]
    for key, meaning, text in wordings:
        first = meanings.setdefault(tidy_text(text), meaning)
        if first != meaning:
            yield file.make_problem(
                "CK416",
                f"the wording {text!r} stands for both {first} and {meaning}",
                ["response_sets", name, *key],
                found=text,
                mend="let each wording stand for one code",
            )


def _check_items(file: ScaleDefinition) -> Iterator[Problem]:
    content = file.content
    yield from _check_item_count(file)
    aliases: dict[str, str] = {}
    for number, item in content.items.items():
        if not number.isascii() or not number.isdigit() or number.startswith("0"):
            yield file.make_problem(
                "CK411",
                f"the item key {number!r} is not an item number",
                ["items", number],
                found=number,
                expected="the item's published number, from 1",
            )
        words = len(item.label.split())
        if words > MOST_LABEL_WORDS:
            yield file.make_problem(
                "CK415",
                f"the topic label of item {number} has {words} words",
                ["items", number, "label"],
                expected=f"at most {MOST_LABEL_WORDS} words of your own, not the item's wording",
            )
        for alias in item.aliases:
            if aliases.setdefault(tidy_text(alias), number) != number:
                yield file.make_problem(
                    "CK418",
                    f"the alias {alias!r} names two items",
                    ["items", number, "aliases"],
                    found=alias,
                )
        if item.response_set is not None:
            yield from _check_reference(file, item.response_set, ["items", number, "response_set"])
    if content.response_set is not None:
        yield from _check_reference(file, content.response_set, ["response_set"])
    elif any(item.response_set is None for item in content.items.values()):
        yield file.make_problem("CK405", "the key response_set is missing", ["response_set"])


def _check_item_count(file: ScaleDefinition) -> Iterator[Problem]:
    content = file.content
    reversed_items = {
        number for score in content.scores.values() for number in score.items if number < 0
    }
    for key, found in (
        ("item_count", len(content.items)),
        ("reversed_count", len(reversed_items)),
    ):
        declared = getattr(content, key)
        if declared != found:
            yield file.make_problem(
                "CK413",
                f"{key} says {declared}, but the file has {found}",
                [key],
                found=str(declared),
                expected=str(found),
                mend="find the item that is missing, doubled or wrongly signed",
            )


def _check_reference(file: ScaleDefinition, name: str, key: Sequence[str]) -> Iterator[Problem]:
    known = file.content.response_sets
    if name not in known:
        yield name_unknown(file, "response set", name, known, key)


def _check_score(file: ScaleDefinition, name: str, score: ScoreTable) -> Iterator[Problem]:
    place = ["scores", name]
    for index, number in enumerate(score.items):
        if str(abs(number)) not in file.content.items:
            yield name_unknown(
                file, "item", str(abs(number)), file.content.items, [*place, "items", index]
            )
    for number, times in Counter(map(abs, score.items)).items():
        if times > 1:
            yield file.make_problem(
                "CK414", f"item {number} stands {times} times in one score", [*place, "items"]
            )
    if score.count is not None and score.count != len(score.items):
        yield file.make_problem(
            "CK413",
            f"count says {score.count}, but the score has {len(score.items)} items",
            [*place, "count"],
            found=str(score.count),
            expected=str(len(score.items)),
        )
    if score.min_answered is not None and score.min_answered_share is not None:
        yield file.make_problem(
            "CK417",
            "the least number of answers is given twice: as a count and as a share",
            [*place, "min_answered_share"],
            mend="keep one of the two",
        )
    if score.min_answered is None and score.min_answered_share is None:
        if score.min_answered_basis == "published":
            yield file.make_problem(
                "CK417",
                "a published rule is claimed, but min_answered is not given",
                [*place, "min_answered_basis"],
                mend="add min_answered",
            )
    elif (
        score.min_answered is not None
        and score.items
        and not 1 <= score.min_answered <= len(score.items)
    ):
        yield file.make_problem(
            "CK417",
            f"min_answered is {score.min_answered}, but the score has {len(score.items)} items",
            [*place, "min_answered"],
            found=str(score.min_answered),
            expected=f"1 to {len(score.items)}",
        )


def _check_use(file: ScaleDefinition) -> Iterator[Problem]:
    content = file.content
    signs: dict[int, set[int]] = defaultdict(set)
    for score in content.scores.values():
        for number in score.items:
            signs[abs(number)].add(1 if number > 0 else -1)
    free = {
        abs(number)
        for score in content.scores.values()
        if score.own_signs
        for number in score.items
    }
    for number, found in signs.items():
        if len(found) > 1 and number not in free:
            yield file.make_problem(
                "CK414",
                f"item {number} is reversed in one score and not in another",
                ["items", str(number)],
                mend="give the item one sign in all scores, or own_signs = true to the score",
            )
    for key, item in content.items.items():
        used = key.isdecimal() and int(key) in signs
        if used == item.unscored:
            yield file.make_problem(
                "CK412",
                f"item {key} is marked unscored, but a score uses it"
                if used
                else f"item {key} is in no score",
                ["items", key],
                mend="take unscored out" if used else "add it to a score, or mark it unscored",
            )


def _check_leads(file: ScaleDefinition) -> Iterator[Problem]:
    content = file.content
    leads: dict[str, str] = {}
    for name, score in content.scores.items():
        if score.construct_ not in content.constructs:
            yield file.make_problem(
                "CK420",
                f"the construct {score.construct_} is not among the scale's constructs",
                ["scores", name, "construct"],
                found=score.construct_,
                expected=", ".join(content.constructs),
            )
        if score.lead and leads.setdefault(score.construct_, name) != name:
            yield file.make_problem(
                "CK420",
                f"the scores {leads[score.construct_]} and {name} both lead {score.construct_}",
                ["scores", name, "lead"],
                mend="let one score of each construct lead",
            )


def _check_person(
    file: ScaleDefinition, person: PersonTable, vector: int, place: int
) -> Iterator[Problem]:
    content = file.content
    key: list[str | int] = ["test_vectors", vector, "persons", place]
    for number in (*person.but, *map(str, person.missing)):
        if number not in content.items:
            yield name_unknown(file, "item", number, content.items, key)
    for number, item in content.items.items():
        if item.unscored:
            continue
        own = item.response_set or content.response_set
        form = content.forms.get(content.test_vectors[vector].form or "")
        own = (form.response_set if form else None) or own
        answers = content.response_sets.get(own or "")
        answer = person.but.get(number, person.every)
        if answers is not None and not answers.low <= answer <= answers.high:
            yield file.make_problem(
                "CK419",
                f"the worked answer {answer} to item {number} is outside its response set",
                key,
                found=str(answer),
                expected=f"a code from {answers.low} to {answers.high}",
            )
    yield from _check_names(file, person.expect, vector, "persons", place, "expect")


def _check_names(
    file: ScaleDefinition, names: Iterable[str], vector: int, *key: str | int
) -> Iterator[Problem]:
    for name in names:
        if name not in file.content.scores:
            yield name_unknown(
                file, "score", name, file.content.scores, ["test_vectors", vector, *key, name]
            )
