"""That everybody chose the end of a scale is never told: not by a word, a reason or a gap."""

import csv
import io

import pytest
from plain_files import make_rows, to_csv, write_study

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.study import load_study
from climatekit.run.tables.quality_tables import SCHOOL_COLUMNS, list_own_reliability

PEOPLE = 32  # enough for a reliability of the school's own
# These hold hashes of the exports, which differ.
MARKED = {"ledger.csv", "manifest.json", "technical_note.html", "technical_note.json"}


def answer(folder, best, other, waves):
    """Have everybody at Oak choose `best`, and each ninth answer of theirs be `other`."""
    for wave in waves:
        rows = make_rows(people=PEOPLE, wave=wave)
        for number, row in enumerate(rows):
            if row[1] == "Oak":
                row[2:] = [other if (number + 5 * k) % 9 == 0 else best for k in range(8)]
        (folder / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(rows))


@pytest.mark.parametrize(
    ("best", "next_best", "waves", "verdict"),
    [
        ("5", "4", (0, 1), ("not_compared", "capped")),
        ("1", "2", (0, 1), ("not_compared", "capped")),
        ("5", "4", (1,), ("rose", "not shown, to protect the people who answered")),
    ],
)
def test_a_unanimous_school_cannot_be_told_from_a_nearly_unanimous_one(
    climatekit, tmp_path, best, next_best, waves, verdict
):
    told = {}
    for name, other in (("all", best), ("nearly", next_best)):
        folder = tmp_path / name
        write_study(folder, people=PEOPLE)
        answer(folder, best, other, waves)
        config = folder / "climatekit.toml"
        text = config.read_text(encoding="utf-8").replace('["json"]', '["html", "json"]')
        config.write_text(text, encoding="utf-8")
        assert climatekit("run", "--config", config).code == 0
        (release,) = folder.glob("briefs/release-1-*")
        told[name] = {
            path.name: path.read_bytes()
            for path in release.iterdir()
            if path.suffix in {".csv", ".html", ".json"} and path.name not in MARKED
        }
        for verb in (("compare",), ("reliability", "--schools"), ("score",), ("rate",)):
            told[name][verb] = climatekit(*verb, "--config", config, "--format", "csv").out
        alphas = list_own_reliability(load_study(read_settings(config)))
        places = [SCHOOL_COLUMNS.index(column) for column in ("school", "wave", "score", "alpha")]
        told[name]["alpha"] = [[row[place] for place in places] for row in alphas]

    assert told["all"] == told["nearly"]
    rows = [*csv.DictReader(io.StringIO(told["all"]["changes.csv"].decode("utf-8-sig")))]
    oak = [row for row in rows if row["school"] == "Oak"]
    assert {(row["verdict"], row["withheld"]) for row in oak} == {verdict}
    assert not any(row["detectable"] for row in oak)
    assert all(row["points_after"] in {"95 or more", "5 or less"} for row in oak)
