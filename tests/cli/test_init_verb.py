"""``climatekit init``: a study from exports, by flags alone and by answering questions."""

import csv

import pytest
from plain_files import hash_tree, make_rows

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.draft.draft_files import FILES
from climatekit.run.study import load_study

TOPICS = [
    "Colleagues here feel like one group",
    "The staff meets what I need",
    "I belong to this school's staff",
    "People here count on one another",
    "My say counts in this building",
    "Members of the staff sway each other",
    "I feel tied to this school",
    "I am close to others on the staff",
]
LABELS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


def write_qualtrics(path, names, wordings, *, day, words=True, school="Q1", shift=0):
    """Write a made-up export with three heading rows: two schools of twelve."""
    head = ["StartDate", "EndDate", "Status", "Finished", "ResponseId", school, *names]
    texts = ["Start Date", "End Date", "Response Type", "Finished", "Response ID"]
    texts += ["Where do you teach?", *(f"How far do you agree? - {one}" for one in wordings)]
    ids = ["startDate", "endDate", "status", "finished", "_recordId", "QID1"]
    ids += [f"QID7_{number}" for number, _ in enumerate(names, start=1)]
    rows = [head, texts, [f'{{"ImportId":"{one}"}}' for one in ids]]
    for place, name in enumerate(("Oak Hill", "Elm Street")):
        for person in range(12):
            codes = [
                1 + (person * 3 + item * 2 + place + shift) % 5 for item, _ in enumerate(names)
            ]
            answers = [LABELS[code - 1] if words else str(code) for code in codes]
            stamp = f"{day} 09:00:{person:02d}"
            rows.append([stamp, stamp, "IP Address", "True", f"R_{day}{place}{person}"])
            rows[-1] += [name, *answers]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture
def exports(tmp_path):
    """Two waves: the first names its items, the second only keeps the import ids."""
    old = tmp_path / "spring_2025.csv"
    new = tmp_path / "spring_2026.csv"
    write_qualtrics(old, [f"bscs_{n}" for n in range(1, 9)], TOPICS, day="2025-04-25")
    write_qualtrics(
        new, [f"Q9_{n}" for n in range(1, 9)], TOPICS, day="2026-04-24", shift=1, words=False
    )
    return [old.name, new.name]


def read_book(folder):
    with (folder / "codebook.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_flags_alone_make_a_study_that_checks_and_runs_at_once(climatekit, exports, tmp_path):
    ended = climatekit(
        "init", *exports, "--school-column", "Q1", "--accept", "import-id",
        "--district", "Test", "--as-of", "2026-06-01", "--label", "Spring 2025",
        "--label", "Spring 2026",
    )  # fmt: skip
    checked = climatekit("check")
    config = tmp_path / "climatekit.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("output =", 'formats = ["pdf"]\noutput ='), encoding="utf-8")
    done = climatekit("run")

    assert ended.code == 0, ended.err
    assert ended.out.split() == list(FILES)
    assert checked.code == 0, checked.err
    assert done.code == 0, done.err
    # Blanks in a school's name reach the PDF engine as part of an address.
    assert len(list(tmp_path.glob("briefs/*/oak-hill-*.pdf"))) == 1
    book = [row for row in read_book(tmp_path) if row["wave_id"] == "spring_2026"]
    assert {row["column"]: row["item"] for row in book} == {
        "Q1": "school",
        "ResponseId": "respondent",
        **{f"Q9_{n}": f"bscs_{n}" for n in range(1, 9)},
    }
    config = (tmp_path / "climatekit.toml").read_text("utf-8")
    assert "opened = 2025-04-25\nclosed = 2025-04-25" in config
    assert "opened = 2026-04-24\nclosed = 2026-04-24" in config
    with (tmp_path / "roster.csv").open(encoding="utf-8", newline="") as stream:
        roster = [list(row.values()) for row in csv.DictReader(stream)]
    assert [row[:3] for row in roster] == [
        [school, school, wave]
        for school in ("Elm Street", "Oak Hill")
        for wave in ("spring_2025", "spring_2026")
    ]
    assert not any("".join(row[3:]) for row in roster)


def test_an_unusual_way_of_writing_is_laid_down_where_all_exports_share_it(
    climatekit, exports, tmp_path
):
    for name in exports:
        text = (tmp_path / name).read_text(encoding="utf-8").replace("Oak Hill", "Peñasco")
        rows = csv.reader(text.splitlines())
        lines = [
            ";".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows
        ]
        (tmp_path / name).write_text("\n".join(lines), encoding="cp1252")
    asked = ("--school-column", "Q1", "--accept", "import-id", "--link-column", "ResponseId")

    same = climatekit("init", *exports, *asked, "--out", "same")
    (tmp_path / exports[1]).write_text("\n".join(lines), encoding="utf-8")
    other = climatekit("init", *exports, *asked, "--out", "other")

    assert (same.code, other.code) == (0, 0), same.err + other.err
    text = (tmp_path / "same" / "climatekit.toml").read_text("utf-8")
    assert '[columns]\nlink = "ResponseId"\n' in text
    assert '[reading]\nencoding = "cp1252"\ndelimiter = ";"\n' in text
    text = (tmp_path / "other" / "climatekit.toml").read_text("utf-8")
    assert '# encoding of spring_2025.csv: "cp1252", as found\n' in text
    assert '\ndelimiter = ";"\n' in text
    assert "\nencoding =" not in text
    # A UTF-8 export that is read by last year's encoding is told.
    checked = climatekit("check", "--config", "same/climatekit.toml")
    assert "CK141" in checked.err
    assert "spring_2026.csv" in checked.err


def test_what_nobody_confirmed_is_refused_with_the_flag_and_nothing_is_written(
    climatekit, exports, tmp_path
):
    before = hash_tree(tmp_path)

    ended = climatekit("init", *exports)

    assert ended.code == 3
    assert "CK226" in ended.err
    assert "--accept import-id" in ended.err
    assert "--school-column" in ended.err
    assert hash_tree(tmp_path) == before


def test_nothing_is_overwritten(climatekit, exports, tmp_path):
    (tmp_path / "roster.csv").write_text("mine", encoding="utf-8")
    before = hash_tree(tmp_path)

    ended = climatekit("init", *exports, "--school-column", "Q1", "--accept", "all")

    assert ended.code == 5
    assert "CK526" in ended.err
    assert hash_tree(tmp_path) == before


def test_a_reworded_item_is_told_and_not_compared(climatekit, tmp_path):
    write_qualtrics(
        tmp_path / "w1.csv", [f"bscs_{n}" for n in range(1, 9)], TOPICS, day="2025-04-25"
    )
    changed = ["Some of us here feel like one group", *TOPICS[1:]]
    write_qualtrics(
        tmp_path / "w2.csv", [f"bscs_{n}" for n in range(1, 9)], changed, day="2026-04-24"
    )

    ended = climatekit("init", "w1.csv", "w2.csv", "--school-column", "Q1", "--as-of", "2026-06-01")
    compared = climatekit("compare", "--format", "csv")

    assert ended.code == 0, ended.err
    assert "reworded between w1 and w2: bscs_1" in ended.err
    notes = {row["item"]: row["note"] for row in read_book(tmp_path) if row["wave_id"] == "w2"}
    assert "reads otherwise than in w1" in notes["bscs_1"]
    assert "not_compared" in compared.out


def test_check_counts_warnings_as_the_other_verbs_do(climatekit, exports, tmp_path):
    newest = tmp_path / exports[-1]
    text = newest.read_text("utf-8")
    newest.write_text(text.replace("How far do you agree? - ", "Rate this: - "), encoding="utf-8")
    climatekit("init", *exports, "--school-column", "Q1", "--accept", "import-id")

    checked, scored = climatekit("check"), climatekit("score")

    assert "CK219" in checked.err
    assert "; 8 warnings" in checked.err
    assert "8 warnings" in scored.err


def test_order_in_a_block_is_a_suggestion_that_must_be_taken(climatekit, tmp_path):
    write_qualtrics(tmp_path / "w.csv", [f"Q9_{n}" for n in range(1, 9)], TOPICS, day="2026-04-24")
    flags = ("init", "w.csv", "--school-column", "Q1", "--scale", "bscs", "--out", "s")

    asked = climatekit(*flags)
    taken = climatekit(*flags, "--accept", "order")

    assert asked.code == 3
    assert "by the order of the block alone" in asked.err
    assert " -> bscs_1, Own needs met here" in asked.err
    assert taken.code == 0, taken.err
    items = [row["item"] for row in read_book(tmp_path / "s") if row["column"].startswith("Q9")]
    assert items == [f"bscs_{n}" for n in range(1, 9)]


def test_answers_in_other_words_are_named_where_they_hide_a_block(climatekit, tmp_path):
    names = [f"Q9_{n}" for n in range(1, 9)]
    write_qualtrics(tmp_path / "w.csv", names, TOPICS, day="2026-04-24")
    text = (tmp_path / "w.csv").read_text("utf-8")
    spanish = ["Muy en contra", "En contra", "Ni una ni otra", "A favor", "Muy a favor"]
    for label, word in sorted(zip(LABELS, spanish, strict=True), key=lambda pair: -len(pair[0])):
        text = text.replace(label, word)
    (tmp_path / "w.csv").write_text(text, "utf-8")
    flags = ["init", "w.csv", "--map", "Q1=school", "--scale", "bscs", "--accept", "order"]
    said = [
        part for n, word in enumerate(spanish, 1) for part in ("--answer", f"agree5:{word}={n}")
    ]

    asked = climatekit(*flags)
    ended = climatekit(*flags, *said)

    assert asked.code == 3
    assert "answers that no response set holds" in asked.err
    assert all(word in asked.err for word in spanish)
    assert "SET is agree5" in asked.err
    assert "Oak Hill" not in asked.err
    assert ended.code == 0, ended.err


def test_one_column_said_by_hand_leaves_the_others_linked(climatekit, tmp_path):
    reworded = "All that I need for my work is there"
    names = [f"N{place}" for place in range(1, 9)]
    texts = [TOPICS[0], reworded, *TOPICS[2:]]
    write_qualtrics(tmp_path / "w1.csv", names, TOPICS, day="2025-04-25")
    write_qualtrics(tmp_path / "w2.csv", ["A", "B", *names[2:]], texts, day="2026-04-24")
    text = (tmp_path / "w2.csv").read_text("utf-8")  # import ids of a survey made anew
    (tmp_path / "w2.csv").write_text(text.replace("QID7_", "QID9_"), encoding="utf-8")

    ended = climatekit(
        "init", "w1.csv", "w2.csv", "--scale", "bscs", "--school-column", "Q1",
        "--accept", "order", "--accept", "wording", "--map", "B=bscs_2",
    )  # fmt: skip

    assert ended.code == 0, ended.err
    book = {(row["wave_id"], row["item"]): row for row in read_book(tmp_path)}
    assert [book["w2", f"bscs_{n}"]["column"] for n in (1, 2, 3)] == ["A", "B", "N3"]
    assert "reads otherwise" in book["w2", "bscs_2"]["note"]


def test_a_wave_before_that_lacks_an_item_is_linked_to_the_one_that_has_all(climatekit, tmp_path):
    names = [f"N{place}" for place in range(1, 9)]
    write_qualtrics(tmp_path / "w1.csv", names[:7], TOPICS[:7], day="2025-04-25")
    write_qualtrics(tmp_path / "w2.csv", names, TOPICS, day="2026-04-24")

    ended = climatekit(
        "init", "w1.csv", "w2.csv", "--scale", "bscs", "--school-column", "Q1",
        "--accept", "order", "--accept", "import-id", "--accept", "not-asked",
    )  # fmt: skip

    assert ended.code == 0, ended.err
    book = {(row["wave_id"], row["item"]): row for row in read_book(tmp_path)}
    assert book["w1", "bscs_7"]["column"] == "N7"
    assert book["w1", "bscs_8"]["flags"] == "not_asked"


def test_map_says_columns_by_hand_and_a_slip_is_told(climatekit, tmp_path):
    write_qualtrics(tmp_path / "w.csv", [f"Q9_{n}" for n in range(1, 9)], TOPICS, day="2026-04-24")
    maps = [flag for n in range(1, 9) for flag in ("--map", f"Q9_{n}=bscs_{9 - n}")]

    slip = climatekit("init", "w.csv", "--map", "Q10_1=bscs_1")
    ended = climatekit("init", "w.csv", "--map", "Q1=school", "--scale", "bscs", *maps)

    assert slip.code == 3
    assert "CK228" in slip.err
    assert ended.code == 0, ended.err
    book = {row["column"]: row["item"] for row in read_book(tmp_path)}
    assert book["Q9_1"] == "bscs_8"


def test_a_mistyped_answer_is_taken_only_when_somebody_says_so(climatekit, tmp_path):
    write_qualtrics(
        tmp_path / "w.csv", [f"bscs_{n}" for n in range(1, 9)], TOPICS, day="2026-04-24"
    )
    text = (tmp_path / "w.csv").read_text("utf-8")
    (tmp_path / "w.csv").write_text(text.replace("Strongly agree", "Strongly agre"), "utf-8")

    asked = climatekit("init", "w.csv", "--map", "Q1=school")
    ended = climatekit("init", "w.csv", "--map", "Q1=school", "--accept", "answers")

    assert asked.code == 3
    assert "Strongly agre=5" in asked.err
    assert "one of 1 Strongly disagree, " in asked.err
    assert ended.code == 0, ended.err
    rows = [row for row in read_book(tmp_path) if row["column"] == "Strongly agre"]
    assert [(row["item"], row["note"]) for row in rows] == [("agree5=5", "Strongly agree")]


def test_the_wizard_asks_and_takes_nothing_without_a_yes(
    climatekit, exports, tmp_path, monkeypatch
):
    asked = []
    answers = iter(
        [
            "2025-04-25", "", "Cedar Valley", "Spring 2025", "", "2026-06-01",
            "yes", "1", "1",
        ]
    )  # fmt: skip

    def answer(prompt="", **_more):
        asked.append(str(prompt))
        return next(answers)

    monkeypatch.setattr("climatekit.cli.init.may_ask", lambda: True)
    monkeypatch.setattr("rich.console.Console.input", lambda _self, prompt="", **_m: answer(prompt))

    ended = climatekit("init", *exports)

    assert ended.code == 0, ended.err
    config = (tmp_path / "climatekit.toml").read_text("utf-8")
    assert 'district = "Cedar Valley"' in config
    assert "closed = 2026-04-24" in config
    assert 'label = "Spring 2026"' in config
    assert any("Take these?" in prompt for prompt in asked)
    assert climatekit("check").code == 0


def test_copy_template_copies_what_templates_copy_does(climatekit, exports, tmp_path):
    climatekit("templates", "copy", "one")
    alone = climatekit("init", "--copy-template", "two")
    study = climatekit(
        "init", *exports, "--map", "Q1=school", "--accept", "all", "--copy-template", "three"
    )

    assert alone.code == study.code == 0
    copies = [hash_tree(tmp_path / name) for name in ("one", "two", "three")]
    assert copies[0] == copies[1] == copies[2]
    assert 'templates = "three"' in (tmp_path / "climatekit.toml").read_text("utf-8")


def test_without_an_export_the_usage_is_told(climatekit):
    ended = climatekit("init")

    assert ended.code == 2
    assert "climatekit init spring_2025.csv" in ended.err


def test_two_waves_of_one_label_are_refused_before_a_study_is_written(
    climatekit, exports, tmp_path
):
    ended = climatekit("init", *exports, "--label", "Spring", "--label", "Spring")

    assert ended.code == 2
    assert "two --label are the same" in ended.err
    assert not (tmp_path / "climatekit.toml").exists()


def test_match_adds_a_wave_to_the_codebook_and_keeps_what_stands_there(climatekit, tmp_path):
    names = [f"bscs_{n}" for n in range(1, 9)]
    write_qualtrics(tmp_path / "w1.csv", names, TOPICS, day="2025-04-25")
    climatekit("init", "w1.csv", "--map", "Q1=school", "--as-of", "2026-06-01")
    book, config = tmp_path / "codebook.csv", tmp_path / "climatekit.toml"
    before = book.read_bytes().replace(b"heading", b"asked in the hall")
    book.write_bytes(before.rstrip(b"\n"))
    names = [f"Q9_{n}" for n in range(1, 9)]
    write_qualtrics(tmp_path / "w2.csv", names, TOPICS, day="2026-04-24", shift=1)
    more = '[[waves]]\nid = "w2"\nclosed = 2026-04-24\nexports = ["w2.csv"]\n'
    config.write_text(config.read_text("utf-8") + "\n" + more, encoding="utf-8")
    roster = tmp_path / "roster.csv"
    text = roster.read_text("utf-8")
    roster.write_text(text + text.partition("\n")[2].replace(",w1,", ",w2,"), encoding="utf-8")

    asked = climatekit("match", "--map", "Q1=school")
    unchanged = book.read_bytes() == before.rstrip(b"\n")
    ended = climatekit("match", "--map", "Q1=school", "--accept", "import-id")

    assert asked.code == 3
    assert "--accept import-id" in asked.err
    assert unchanged
    assert ended.code == 0, ended.err
    assert book.read_bytes().startswith(before)
    added = [row for row in read_book(tmp_path) if row["wave_id"] == "w2"]
    assert len(added) == 9
    assert climatekit("check").code == 0


def test_match_names_the_roster_rows_that_a_new_wave_lacks(climatekit, study):
    listed = ["Oak,Oak,w1,30", "Elm,Elm,w1,", "Ash,Ash,w1,9", "Oak,Oak,w2,"]
    roster = "\n".join(["school_id,school_name,wave_id,eligible", *listed])
    (study / "roster.csv").write_text(roster + "\n", encoding="utf-8")
    (study / "codebook.csv").write_text("column,item\n", encoding="utf-8")
    config = study / "climatekit.toml"
    named = 'codebook = "codebook.csv"\nroster = "roster.csv"\noutput ='
    config.write_text(config.read_text("utf-8").replace("output =", named, 1), encoding="utf-8")

    lacking = climatekit("match")
    (study / "roster.csv").write_text(roster + "\nElm,Elm,w2,\n", encoding="utf-8")
    whole = climatekit("match")

    assert lacking.code == whole.code == 0
    assert "roster.csv has no row of w2 for 1 school: Elm;" in lacking.err
    assert "the response rate cannot be told" in lacking.err
    assert "has no row" not in whole.err


def test_match_writes_confirmed_answers_to_the_codebook_and_later_waves_read_by_it(
    climatekit, tmp_path, monkeypatch
):
    names = [f"bscs_{n}" for n in range(1, 9)]
    write_qualtrics(tmp_path / "w1.csv", names, TOPICS, day="2025-04-25")
    climatekit("init", "w1.csv", "--map", "Q1=school")
    text = (tmp_path / "w1.csv").read_text("utf-8")
    text = text.replace("Strongly agree", "Strongly agre").replace("Neither agree nor", "No say:")
    (tmp_path / "w1.csv").write_text(text, "utf-8")
    book = tmp_path / "codebook.csv"
    before = book.read_bytes()

    refused = climatekit("match")

    def answer(prompt="", **_more):
        return "n" if "No say" in str(prompt) else "y"

    monkeypatch.setattr("climatekit.cli.match.may_ask", lambda: True)
    monkeypatch.setattr("rich.console.Console.input", lambda _self, prompt="", **_m: answer(prompt))
    ended = climatekit("match")

    assert refused.code == 3
    assert "Strongly agre" in refused.err
    assert ended.code == 0, ended.err
    assert "2 rows added" in ended.err
    assert book.read_bytes().startswith(before)
    added = {row["column"]: row["item"] for row in read_book(tmp_path)[-2:]}
    assert added == {"Strongly agre": "agree5=5", "No say: disagree": "agree5=none"}
    checked = climatekit("check")
    assert checked.code == 0, checked.err
    assert "Strongly agre → 5" in checked.out
    clash = climatekit("check", "--answer", "agree5:Strongly agre=4")
    assert "CK237" in clash.err
    assert "Strongly agre → 4" in clash.out


def test_the_wizard_asks_for_role_and_respondent_and_flags_name_them(
    climatekit, tmp_path, monkeypatch
):
    heading = ["Token", "Site", "Job", *(f"bscs_{n}" for n in range(1, 9))]
    people = [
        [f"t{n}", ("Oak", "Elm")[n % 2], ("Teacher", "Aide", "Clerk")[n % 3], *"12345123"]
        for n in range(24)
    ]
    with (tmp_path / "w.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([heading, *people])
    asked = []

    def answer(prompt="", **_more):
        asked.append(str(prompt))
        return "1" if "Which column" in str(prompt) else "none" if "day" in str(prompt) else ""

    flags = ("--role-column", "Job", "--respondent-column", "Token", "--out", "two")
    said = climatekit("init", "w.csv", *flags)
    monkeypatch.setattr("climatekit.cli.init.may_ask", lambda: True)
    monkeypatch.setattr("rich.console.Console.input", lambda _self, prompt="", **_m: answer(prompt))
    told = climatekit("init", "w.csv")

    assert (said.code, told.code) == (0, 0), said.err + told.err
    questions = [one for one in asked if "Which column" in one]
    assert ["staff group" in one for one in questions] == [True, False]
    assert "tells respondents apart" in questions[1]
    for folder in (tmp_path, tmp_path / "two"):
        special = {row["item"]: row["column"] for row in read_book(folder)[:3]}
        assert special == {"school": "Site", "role": "Job", "respondent": "Token"}


def test_a_first_export_in_own_words_is_mapped_by_few_answers(climatekit, tmp_path, monkeypatch):
    asked = [f"Please rate [{one}, at our school]" for one in TOPICS]
    others = ["How was lunch?", *(f"Extra {place}" for place in "ABCDEFGH")]
    heading = ["School", *others, *asked]
    words = ["Strongly disagree", "Disagree", "So so", "Agree", "Strongly agree"]
    people = [
        ["Oak", *(f"lunch {n} {k}" for k in range(9)), *(words[(n + k) % 5] for k in range(8))]
        for n in range(24)
    ]
    with (tmp_path / "Staff 2026.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([heading, *people])
    told = {"Which were": "bscs", "Take these": "yes", "Code of": "3", "day": "none", "Day": "none"}
    questions = []

    def answer(prompt="", **_more):
        questions.append(str(prompt))
        return next((said for part, said in told.items() if part in str(prompt)), "")

    refused = climatekit("init", "Staff 2026.csv")
    monkeypatch.setattr("climatekit.cli.init.may_ask", lambda: True)
    monkeypatch.setattr("rich.console.Console.input", lambda _self, prompt="", **_m: answer(prompt))
    told["Take these"] = "no"
    told["In which column"] = "10"
    ended = climatekit("init", "Staff 2026.csv")

    assert (refused.code, "CK227" in refused.err, "--scale ID" in refused.err) == (3, True, True)
    assert ended.code == 3  # the block was shown twice, and refused twice
    assert sum("Take these" in one for one in questions) == 2
    told["Take these"] = "yes"
    ended = climatekit("init", "Staff 2026.csv")
    assert ended.code == 0, ended.err
    assert "Answers of the set agree5: 1 Strongly disagree, 2 Somewhat disagree, " in ended.err
    book = read_book(tmp_path)
    assert {row["item"]: row["column"] for row in book}["bscs_3"] == asked[2]
    assert ("So so", "agree5=3") in {(row["column"], row["item"]) for row in book}
    assert {row["wave_id"] for row in book} == {"2026", ""}


def test_a_school_is_found_in_the_roster_that_was_written_for_it(climatekit, tmp_path):
    names = (
        '=Elm, "old"',
        "Oak\u00a0Street",
        "Oak Street",
        "+1 School",
        "St. John's",
        "St. John\u2019s",
    )
    with (tmp_path / "spring.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(make_rows(names))

    ended = climatekit("init", "spring.csv", "--scale", "bscs", "--as-of", "2026-06-01")
    checked = climatekit("check")

    assert (ended.code, checked.code) == (0, 0), ended.err + checked.err
    with (tmp_path / "roster.csv").open(encoding="utf-8", newline="") as stream:
        listed = {row["school_name"] for row in csv.DictReader(stream)}
    # What a spreadsheet would run is kept from it; the school is called as before.
    assert listed == {'\'=Elm, "old"', "'+1 School", "Oak Street", "St. John's"}
    study = load_study(read_settings(tmp_path / "climatekit.toml"))
    assert set(study.names.values()) == {'=Elm, "old"', "+1 School", "Oak Street", "St. John's"}
    assert study.figures.answered["Oak Street", "spring"] == 24
