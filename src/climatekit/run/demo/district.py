"""District: a made-up district on disk, to try climatekit on and to test it with."""

from __future__ import annotations

from pathlib import Path

from climatekit.errors import OutputError, Problem
from climatekit.ingest.evidence_log import HEADINGS as LOG_HEADINGS
from climatekit.knowledge.scales import load_scales
from climatekit.run.demo.answers import answer_waves
from climatekit.run.demo.exports import list_codebook, write_exports
from climatekit.run.demo.log import list_log
from climatekit.run.demo.records import write_roster, write_settings, write_table
from climatekit.run.demo.schools import list_schools
from climatekit.run.files.refusals import make_write_error

SCALES = ("ots", "ces_sf", "bscs")

_README = """A made-up district

Nothing here is about real people: every school, answer and record comes from a seeded
generator. `climatekit demo` writes the same files.

climatekit.toml      what the district decided; start here
exports/             the surveys of three springs, as Qualtrics exports them
  spring_2024.csv    answers in words; columns are named after the items (OTS_1)
  spring_2025.csv    answers as numbers; columns say nothing, so codebook.csv names them
  spring_2026.csv    answers in words; columns are found by the questions' words
codebook.csv         which column of 2025 holds which item, and one that is already reversed
roster.csv           how many staff each school had, by staff group
evidence_log.csv     what each school did with its results

The questions' words are short topic labels of climatekit. The published items are not
here: ask their authors or publishers for the forms.

Things to notice, as real exports have them: preview rows, unfinished answers, a blank
row, a response sent twice, a mistyped answer, an accent written in two ways, two items in
another order, a school of nine, a wave with too few answers, a school that joined late.

To make the briefs:  climatekit run
"""


def write_district(folder: Path, *, seed: int = 20260401, schools: int = 8) -> Path:
    """Write a made-up district: exports, codebook, roster, evidence log and settings.

    The same `seed` and `schools` give the same bytes on every machine.

    Parameters
    ----------
    folder : Path
        Made when it is missing. A file in it that holds something else is never
        overwritten.
    seed : int
        Seed of the generator, 0 or more.
    schools : int
        How many schools, 1 to 500; the first eight each tell a story.

    Returns
    -------
    Path
        The ``climatekit.toml`` that was written.

    Raises
    ------
    OutputError
        If a file is there already with other content, or the disk refuses.
    ValueError
        If `seed` is negative or `schools` is out of range.
    """
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, not {seed}")
    files = {name: text.encode() for name, text in _make_files(seed, schools).items()}
    _refuse_to_overwrite(folder, files)
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        mend = "free some space, or name a folder that you may write to"
        raise make_write_error(
            "CK518", "cannot write the district", error, folder, mend=mend
        ) from error
    return folder / "climatekit.toml"


def _make_files(seed: int, schools: int) -> dict[str, str]:
    plan = list_schools(schools)
    scales = load_scales(SCALES)
    exports = write_exports(answer_waves(plan, scales, seed=seed), scales, seed=seed)
    return {
        "README.txt": _README,
        "climatekit.toml": write_settings(),
        "codebook.csv": write_table(
            ("column", "item", "wave_id", "flags", "note"), list_codebook(scales)
        ),
        "roster.csv": write_roster(plan),
        "evidence_log.csv": write_table(LOG_HEADINGS, list_log(plan)),
        **{f"exports/{name}": text for name, text in exports.items()},
    }


def _refuse_to_overwrite(folder: Path, files: dict[str, bytes]) -> None:
    other = [
        folder / name
        for name, content in files.items()
        if (folder / name).exists()
        and not ((folder / name).is_file() and (folder / name).read_bytes() == content)
    ]
    if other:
        raise OutputError(
            [
                Problem(
                    code="CK519",
                    message="something else is there already, and nothing is overwritten",
                    file=str(path),
                    mend="name a new or empty folder",
                )
                for path in other
            ]
        )
