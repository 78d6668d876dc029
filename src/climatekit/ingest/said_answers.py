"""Said answers: what a district says its answers mean, in the configuration and the codebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from climatekit.errors import Problem
from climatekit.ingest.codebook import Codebook
from climatekit.ingest.text import closest
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.tidying import tidy_text


def said_answers(
    settings: Settings, codebook: Codebook | None, wave: str, response_set: str
) -> dict[str, int]:
    """Return wordings of a response set's answers in one wave, each with its code.

    What flags and configuration say wins over the codebook.
    """
    said = codebook.answers_for(wave, response_set) if codebook else {}
    return said | {
        tidy_text(text): code for text, code in settings.answers.get(response_set, {}).items()
    }


def check_said_answers(
    settings: Settings, codebook: Codebook | None, scales: Sequence[Scale], waves: Iterable[str]
) -> list[Problem]:
    """Return a warning for each response set that no scale has, and each answer said twice."""
    known = {name for scale in scales for name in scale.response_sets}
    rows = [row for row in codebook.rows if row.answer] if codebook else []
    named = {row.answer[0]: row.line for row in reversed(rows) if row.answer}
    problems = [
        _unknown(name, known, codebook.name if codebook else None, line)
        for name, line in named.items()
        if name not in known
    ]
    problems += [
        _unknown(name, known, settings.place, None)
        for name in settings.answers
        if name not in known
    ]
    if codebook is None:
        return problems
    told = set()
    for wave in waves:
        for name in sorted(settings.answers.keys() & known):
            book = codebook.answers_for(wave, name)
            for text, code in settings.answers[name].items():
                if book.get(tidy_text(text), code) != code and (name, text) not in told:
                    told.add((name, text))
                    problems.append(
                        Problem(
                            code="CK237",
                            severity="warning",
                            file=codebook.name,
                            message=f"the codebook and the configuration do not agree on what "
                            f"an answer of {name} means; the configuration was followed",
                            found=text[:60],
                            expected=f"code {code}, as under [answers.{name}] or --answer",
                            mend="correct the one that is wrong, or delete it",
                        )
                    )
    return problems


def _unknown(name: str, known: set[str], file: str | None, line: int | None) -> Problem:
    return Problem(
        code="CK229",
        severity="warning",
        file=file,
        line=line,
        message=f"no scale here has a response set {name!r}; what is said of its answers was "
        "not used",
        expected=", ".join(sorted(known)),
        closest=closest(name, known),
        mend="correct the response set; climatekit scales show names those of a scale",
    )
