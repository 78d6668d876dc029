"""Every problem code is explained, and no explanation is left over."""

import re
from pathlib import Path

import climatekit
from climatekit.knowledge.problem_catalogue import load_problem_catalogue

SOURCE = Path(climatekit.__file__).parent


def codes_in_source(pattern):
    return {
        code
        for path in SOURCE.rglob("*.py")
        for code in re.findall(pattern, path.read_text(encoding="utf-8"))
    }


def test_every_code_in_the_source_is_explained():
    unexplained = codes_in_source(r"\bCK\d{3}\b") - set(load_problem_catalogue())

    assert sorted(unexplained) == []


def test_no_explanation_is_left_of_a_code_that_is_gone():
    # A code counts where it stands alone in quotes; a mention in a help text raises nothing.
    raised = codes_in_source(r"""["'](CK\d{3})["']""")

    assert sorted(set(load_problem_catalogue()) - raised) == []


def test_entries_are_ready_to_print():
    for code, entry in load_problem_catalogue().items():
        assert entry.code == code
        assert not entry.title.endswith(".")
        assert entry.title[:1] == entry.title[:1].strip()
        assert entry.cause.endswith((".", "?"))
        assert entry.mend.endswith(".")
