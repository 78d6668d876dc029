"""Scale skeleton: a commented scale file to start a district's own scale from."""

from __future__ import annotations

import re

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.scales import list_scales

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")

_SKELETON = """\
# {title}: a scale of our own. `climatekit scales validate {id}.toml` lists every fault.
# docs/scales.md explains each key; `climatekit scales schema` writes the format for editors.

format_version = 1
id = "{id}"                       # also the file's name
version = "1.0.0"                 # raise it when anything below changes
title = "{title}"
abbreviation = "{abbreviation}"
status = "local"                  # our own questions; a published one is "draft" or "checked"
constructs = ["{construct}"]      # trust, community, collective_efficacy or related
item_count = {items}                    # two counts that must come out: a slip in a
reversed_count = 0                # key otherwise changes results without a word
response_set = "answers"

[level]
unit = "school"                   # whose property the score is: person, team or school
referent = "the staff of the school"   # whom or what the questions are about

[rights]
kind = "own survey"
statement = "Written by the district; free to use within it."
evidence = "district survey office"
wording_included = false          # never the questions themselves

[[citations]]
role = "development"
text = "District survey office. Staff survey."

[evidence]                        # how sure is each fact, and why
key = {{ confidence = "high", source = "the form" }}

# What people could answer. Label both ends, and whatever else the form labels.
[response_sets.answers]
kind = "agreement"                # agreement, frequency, extent, accuracy, truth, quantity
low = 1
high = {points}
favourable = {favourable}
not_answers = ["Not applicable", "Don't know", "Prefer not to answer"]

[response_sets.answers.labels]
1 = "Strongly disagree"           # as the form words it
{points} = "Strongly agree"

# [response_sets.answers.synonyms]
# {points} = ["Agree strongly"]         # other wordings of the same answer

# Number on the form = what the question is about, in at most six words of your own.
[items]
{list}
[scores.total]
title = "{title}"
construct = "{construct}"
items = [{numbers}]   # a minus sign reverses a question: [1, -2, 3]
# min_answered = 2                # where left out: two thirds of the questions, rounded up

# People made up, with scores worked out by hand: the surest guard against a slip.
[[test_vectors]]
name = "everybody gives the highest answer"
persons = [{{ every = {points}, expect = {{ total = {points}.0 }} }}]
"""


def write_skeleton(
    scale: str, *, title: str, construct: str = "related", items: int = 3, points: int = 5
) -> str:
    """Return the text of a scale file that is sound as it stands, with comments.

    Parameters
    ----------
    scale : str
        Id of the scale.
    title : str
    construct : {"trust", "community", "collective_efficacy", "related"}
    items, points : int
        Number of questions, and of answer options.

    Raises
    ------
    DefinitionError
        If the id is malformed, or a shipped scale's.
    """
    if not _ID.fullmatch(scale) or scale in list_scales():
        raise DefinitionError(
            Problem(
                code="CK418",
                message=f"{scale!r} cannot be the id of a scale of your own",
                found=scale,
                expected="small letters, digits and underscores, and no shipped scale's id",
                mend="choose another id",
            )
        )
    words = "".join(letter for letter in title if letter not in '"\\\\' and letter.isprintable())
    return _SKELETON.format(
        id=scale,
        title=words or scale,
        abbreviation="".join(word[0] for word in words.split()).upper()[:8] or scale.upper(),
        construct=construct,
        items=items,
        points=points,
        favourable=list(range(points - (points - 2) // 2, points + 1)),
        list="".join(f'{n} = {{ label = "Topic of question {n}" }}\n' for n in range(1, items + 1)),
        numbers=", ".join(map(str, range(1, items + 1))),
    )
