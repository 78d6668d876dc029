"""Linked respondents, through the command line: who is linked, and that nobody is given away."""

import csv
import hashlib
import hmac
import io
import json
import random
import zipfile

import numpy as np
import pytest

ITEMS = [f"bscs_{number}" for number in range(1, 9)]


def make_people(count=24, school="Alder Grove"):
    """Return (code, view) of each person; the view moves all answers alike."""
    rng = random.Random(f"{school} {count}")
    return [(f"{school[:2]}-{number:03d} ", rng.gauss(0, 1.2)) for number in range(count)]


def answer(people, wave, *, school="Alder Grove", up=0.0):
    rng = random.Random(f"{school} {wave}")
    rows = []
    for code, view in people:
        answers = [str(min(5, max(1, round(3.2 + view + up + rng.gauss(0, 0.6))))) for _ in ITEMS]
        rows.append([school, code, *answers])
    return rows


def write_wave(study, wave, rows, *, heading="Staff code"):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["School", heading, *ITEMS], *rows])
    (study / "exports" / f"{wave}.csv").write_text(buffer.getvalue(), encoding="utf-8")


def configure(study, extra='[columns]\nlink = "Staff code"\n'):
    config = study / "climatekit.toml"
    config.write_text(config.read_text(encoding="utf-8") + extra, encoding="utf-8")


def read_text(path):
    """Return what a stranger would read in a file, workbooks unpacked."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())
    return path.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def linked(study):
    people = make_people()
    write_wave(study, "w1", answer(people, "w1"))
    later = [(code.strip().upper().replace("-", ""), view) for code, view in people]
    # Two have left, two are new, one gives no code.
    later = [*later[2:-1], ("", later[-1][1]), ("ZZ900", 0.3), ("ZZ901", -0.4)]
    write_wave(study, "w2", answer(later, "w2", up=0.5))
    configure(study)
    return study


def compare(climatekit, study):
    ended = climatekit("compare", "--config", study / "climatekit.toml", "--format", "json")
    assert ended.code == 0, ended.err
    return {row["score"]: row for row in json.loads(ended.out)["data"]}


def find_points(study, wave):
    with (study / "exports" / f"{wave}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {
        row[1].strip().upper().replace("-", "") or f"nobody {number}": np.mean(
            [25.0 * (int(cell) - 1) for cell in row[2:]]
        )
        for number, row in enumerate(rows)
    }


def test_most_people_linked_makes_it_the_test_of_overlapping_samples(climatekit, linked):
    row = compare(climatekit, linked)["bscs.total"]

    first, second = find_points(linked, "w1"), find_points(linked, "w2")
    both = sorted(first.keys() & second.keys() - {"nobody 21", "nobody 23"})
    assert len(both) == 21  # of 24: over 70%
    x, y = (np.array([side[code] for code in both]) for side in (first, second))
    a, b = (np.array(list(side.values())) for side in (first, second))
    r = np.corrcoef(x, y)[0, 1]
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    error = (va + vb - 2 * r * a.std(ddof=1) * b.std(ddof=1) * 21 / (len(a) * len(b))) ** 0.5
    assert row["tags"] == "linked"
    # Printed in whole points, t about 2.06 with some 24 degrees of freedom.
    assert row["high"] - row["low"] == pytest.approx(2 * 2.06 * error, abs=1.1)
    assert row["difference"] == row["points_after"] - row["points_before"]
    unlinked = 2 * 2.01 * (va + vb) ** 0.5
    assert row["high"] - row["low"] < 0.7 * unlinked


def test_the_brief_says_in_words_that_people_were_linked(climatekit, linked):
    for language, words in (("en", "could be linked between the two"), ("es", "se pudo enlazar")):
        config = linked / f"{language}.toml"
        text = (linked / "climatekit.toml").read_text(encoding="utf-8")
        config.write_text(f'language = "{language}"\n{text}', encoding="utf-8")
        ended = climatekit(
            "brief", "--config", config, "--format", "json", "--out", linked / language
        )
        assert ended.code == 0, ended.err
        (brief,) = (linked / language).glob("*.json")
        assert words in brief.read_text(encoding="utf-8")


def test_with_too_few_linked_the_waves_are_compared_as_before(climatekit, study):
    people = make_people()
    write_wave(study, "w1", answer(people, "w1"))
    strangers = [(f"N{number}", view) for number, (_, view) in enumerate(people)]
    # 16 of 24 are 67%.
    write_wave(study, "w2", answer([*people[:16], *strangers[16:]], "w2"))
    configure(study)
    linked = compare(climatekit, study)["bscs.total"]

    (study / "climatekit.toml").write_text(
        (study / "climatekit.toml").read_text(encoding="utf-8").split("[columns]")[0]
    )
    plain = compare(climatekit, study)["bscs.total"]

    assert linked["tags"] == ""
    assert linked == plain


def test_a_wave_without_codes_and_a_code_that_two_people_gave_link_nobody(climatekit, study):
    people = make_people()
    write_wave(study, "w1", answer(people, "w1"), heading="Something else")
    write_wave(study, "w2", answer(people, "w2"))
    configure(study)
    assert compare(climatekit, study)["bscs.total"]["tags"] == ""

    same = [("AAA", view) for _, view in people]
    write_wave(study, "w1", answer(same, "w1"))
    write_wave(study, "w2", answer(same, "w2"))
    assert compare(climatekit, study)["bscs.total"]["tags"] == ""


def test_a_person_who_moved_to_another_school_is_no_stayer(climatekit, study):
    people, others = make_people(), make_people(school="Birch Hill")
    write_wave(
        study, "w1",
        [*answer(people, "w1"), *answer(others, "w1", school="Birch Hill")],
    )  # fmt: skip
    write_wave(
        study, "w2",
        [*answer(others, "w2"), *answer(people, "w2", school="Birch Hill")],
    )  # fmt: skip
    configure(study)

    assert compare(climatekit, study)["bscs.total"]["tags"] == ""


def test_the_key_is_made_for_its_owner_alone_and_any_key_links_the_same(climatekit, linked):
    first = compare(climatekit, linked)
    key = linked / "linking.key"
    before = key.read_text(encoding="ascii")
    assert key.stat().st_mode & 0o777 == 0o600
    assert compare(climatekit, linked) == first
    assert key.read_text(encoding="ascii") == before

    key.unlink()
    assert compare(climatekit, linked) == first
    assert key.read_text(encoding="ascii") != before


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda key: key.chmod(0o640), "others may read"),
        (lambda key: key.write_text("0" * 63), "holds no linking key"),
    ],
)
def test_an_unfit_key_is_refused(climatekit, linked, spoil, says):
    compare(climatekit, linked)
    spoil(linked / "linking.key")

    ended = climatekit("compare", "--config", linked / "climatekit.toml")

    assert ended.code == 4
    assert "CK456" in ended.err
    assert says in ended.err


def test_a_key_in_the_output_folder_is_refused_before_it_is_made(climatekit, linked):
    config = linked / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text('link_key = "briefs/linking.key"\n' + text, encoding="utf-8")

    ended = climatekit("run", "--config", config)

    assert (ended.code, (linked / "briefs" / "linking.key").exists()) == (4, False)
    assert "CK456" in ended.err


def test_neither_code_nor_token_nor_key_stands_in_any_output(climatekit, linked):
    ended = climatekit("run", "--config", linked / "climatekit.toml", "--log-file", linked / "log")
    assert ended.code == 0, ended.err
    rows = climatekit(
        "score", "--config", linked / "climatekit.toml", "--respondents", linked / "people.csv"
    )
    key = (linked / "linking.key").read_text(encoding="ascii").strip()
    codes = ["al-007", "al007", "zz900"]
    tokens = [
        hmac.new(bytes.fromhex(key), code.encode(), hashlib.sha256).hexdigest() for code in codes
    ]
    bare = [hashlib.sha256(code.encode()).hexdigest() for code in codes]

    written = [path for path in linked.rglob("*") if path.is_file()]
    texts = [
        read_text(path).casefold()
        for path in written
        if path.parent.name != "exports" and path.name != "linking.key"
    ]
    assert len(texts) > 5
    for secret in (key, *codes, *tokens, *bare):
        assert not any(secret in text for text in (*texts, ended.err, rows.out, rows.err))
