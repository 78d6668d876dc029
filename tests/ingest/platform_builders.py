"""Made-over exports, each written in the true shape of the platform that it stands for.

Every builder takes the same answers and gives the bytes and the file's ending.
"""

import csv
import io

import xlsxwriter

TOPICS = ("Warm welcome", "Cold halls", "Fair say")
SCALE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
STEM = "How much do you agree?"
ANSWERS = [
    ["Agree", "Disagree", "Strongly agree"],
    ["Neutral", "", "Agree"],
    ["Strongly disagree", "Agree", "Neutral"],
]
CODES = [[4, 2, 5], [3, None, 4], [1, 4, 3]]
SCHOOLS = ["Birch", "Elm", "Birch"]


def to_text(records, *, delimiter=",", end="\r\n", quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(records)
    return out.getvalue()


def to_workbook(*sheets):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, records in sheets:
            sheet = book.add_worksheet(name)
            for row, record in enumerate(records):
                for column, cell in enumerate(record):
                    sheet.write(row, column, cell)
    return out.getvalue()


def people():
    return zip(SCHOOLS, ANSWERS, strict=True)


def surveymonkey():
    own = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"]
    first = [*own, "School", f"{STEM}", "", "", "What else?"]
    second = [""] * 5 + ["Response", *TOPICS, "Open-Ended Response"]
    rows = [
        [f"1140{n}", "42", "03/13/2020 5:53:38 AM", "03/13/2020 5:59:00 AM", "", school, *given, ""]
        for n, (school, given) in enumerate(people())
    ]
    return to_text([first, second, *rows]).encode(), "csv"


def surveymonkey_one_hot():
    first, second = ["Respondent ID", "School"], ["", "Response"]
    for topic in TOPICS:
        first += [topic, *[""] * 4]
        second += SCALE
    rows = [
        [
            str(n),
            school,
            *[label if label == one else "" for one in given for label in SCALE],
        ]
        for n, (school, given) in enumerate(people())
    ]
    return to_text([first, second, *rows]).encode("utf-8-sig"), "csv"


def surveymonkey_numbered_options():
    names = ["Respondent ID", "Collector ID", "School"]
    names += [f"{topic} - {number}" for topic in TOPICS for number in range(1, 6)]
    rows = [
        [
            str(n),
            "7",
            school,
            *[str(k) if k == code else "" for code in codes for k in range(1, 6)],
        ]
        for n, (school, codes) in enumerate(zip(SCHOOLS, CODES, strict=True))
    ]
    return to_text([names, *rows]).encode(), "csv"


def google_forms():
    names = ["Zeitstempel", "School", *[f"{STEM} [{topic}]" for topic in TOPICS]]
    names += ["Warm welcome [Punktzahl]", "Warm welcome [Feedback]"]
    rows = [
        [f"2024/04/15 4:37:5{n} PM GMT+2", school, *given, "-- / 0", ""]
        for n, (school, given) in enumerate(people())
    ]
    return to_text([names, *rows]).encode(), "csv"


def microsoft_forms():
    names = ["ID", "Start time", "Completion time", "Email", "Name", "School", *TOPICS]
    rows = [
        [n, "4/15/24 16:37:57", "4/15/24 16:40:00", "anonymous", "", school]
        + [code if code is not None else "" for code in codes]
        for n, (school, codes) in enumerate(zip(SCHOOLS, CODES, strict=True), start=1)
    ]
    return to_workbook(("Notes", [["made by", "the office"]]), ("Sheet1", [names, *rows])), "xlsx"


LIMESURVEY_OWN = {
    "codes": ["id", "submitdate", "lastpage", "startlanguage", "seed"],
    "texts": ["Response ID", "Date submitted", "Last page", "Start language", "Seed"],
}


def limesurvey(style, delimiter=";"):
    codes = [f"Q1[SQ00{n}]" for n in (1, 2, 3)]
    texts = [f"<b>{STEM}</b> [{topic}]" for topic in TOPICS]
    own, names, school = LIMESURVEY_OWN["codes"], codes, "School"
    if style == "texts":
        own, names = LIMESURVEY_OWN["texts"], texts
    if style == "both":
        own = [f"{a}. {b}" for a, b in zip(own, LIMESURVEY_OWN["texts"], strict=True)]
        names = [f"{a}. {b}" for a, b in zip(codes, texts, strict=True)]
        school = "School. At which school?"
    heading = [*own, school, *names, "interviewtime", "Group time: One"]
    rows = [
        [str(n), "1980-01-01 00:00" if n else "", "3", "en", "77", school, *given, "12.3", "4"]
        for n, (school, given) in enumerate(people())
    ]
    text = to_text([heading, *rows], delimiter=delimiter, end="\n", quoting=csv.QUOTE_ALL)
    return (text + "\n").encode("utf-8-sig"), "csv"


def redcap():
    names = ["record_id", "redcap_event_name", "school", "tst_1", "tst_2", "tst_3"]
    names += ["extra___1", "extra___2", "climate_complete"]
    rows = []
    for n, (school, codes) in enumerate(zip(SCHOOLS, CODES, strict=True), start=1):
        given = ["" if code is None else str(code) for code in codes]
        rows.append([str(n), "baseline_arm_1", school, *given, "0", "0", "2"])
        rows.append([str(n), "exit_arm_1", "", "", "", "", "1", "0", "0"])
    return to_text([names, *rows], end="\n").encode(), "csv"


def alchemer():
    names = ["Response ID", "Time Started", "Date Submitted", "Status", "School"]
    names += [f"{topic}:{STEM}" for topic in TOPICS]
    rows = [
        [str(n), "2015-12-21 22:21:47", "2015-12-21 22:21:51", "Complete", school, *given]
        for n, (school, given) in enumerate(people())
    ]
    rows.insert(1, ["9", "2015-12-21 22:00:00", "", "Partial", "Elm", "Agree", "", ""])
    return to_text([names, *rows], end="\n").encode(), "csv"


def typeform():
    names = ["#", "School", *[f"*{topic}*" for topic in TOPICS]]
    names += ["Other", "Other", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    rows = [
        [f"{n}ab4", school, *given, "", "", "2016-04-01 9:00", "2016-04-01 9:05", "f00"]
        for n, (school, given) in enumerate(people())
    ]
    return to_text([names, *rows], end="\n").encode(), "csv"


def kobo():
    names = ["start", "end", "g/school", "g/tst_1", "g/tst_2", "g/tst_3"]
    names += ["_id", "_uuid", "_submission_time", "_validation_status", "_index"]
    tags = ["#date+start", "#date+end", "#loc+school", *[f"#indicator+t{n}" for n in (1, 2, 3)]]
    rows = [
        [
            "2020-01-01",
            "2020-01-01",
            school,
            *["" if one is None else str(one) for one in codes],
            str(n),
            f"u-{n}",
            "2020-01-02T10:00:00",
            "Not Approved" if n == 2 else "",
            str(n),
        ]
        for n, (school, codes) in enumerate(zip(SCHOOLS, CODES, strict=True))
    ]
    records = [names, tags + [""] * 5, *rows]
    return to_text(records, delimiter=";", quoting=csv.QUOTE_ALL).encode(), "csv"


def jotform():
    names = ["Submission Date", "School", *[f"{STEM} >> {topic}" for topic in TOPICS]]
    rows = [
        ["2020-01-01 10:00:00", school, *given, f"4{n}"]
        for n, (school, given) in enumerate(people())
    ]
    return to_text([[*names, "Submission ID"], *rows]).encode(), "csv"


def qualtrics(*, delimiter=",", encoding="utf-8"):
    ids = ["startDate", "endDate", "status", "finished", "_recordId", "QID1"]
    ids += [f"QID2_{number}" for number in (1, 2, 3)]
    names = ["StartDate", "EndDate", "Status", "Finished", "ResponseId", "School"]
    records = [
        [*names, "Q2_1", "Q2_2", "Q2_3"],
        [*names, *[f"{STEM}\n - {topic}" for topic in TOPICS]],
        [f'{{"ImportId":"{one}","timeZone":"America/Denver"}}' for one in ids],
        *[
            [
                "2021-02-01 09:27:26",
                "2021-02-01 09:30:00",
                "IP Address",
                "True",
                f"R_{n}",
                school,
                *given,
            ]
            for n, (school, given) in enumerate(people())
        ],
    ]
    return to_text(records, delimiter=delimiter).encode(encoding), "csv"


PLATFORMS = {
    "qualtrics": (qualtrics, "qualtrics", 3),
    "qualtrics, UTF-16 with tabs": (
        lambda: (qualtrics(delimiter="\t", encoding="utf-16")[0], "tsv"),
        "qualtrics",
        3,
    ),
    "surveymonkey": (surveymonkey, "surveymonkey", 2),
    "surveymonkey, one column per option": (surveymonkey_one_hot, "surveymonkey", 2),
    "surveymonkey, options numbered": (surveymonkey_numbered_options, "surveymonkey", 1),
    "google forms": (google_forms, "google_forms", 1),
    "microsoft forms": (microsoft_forms, "microsoft_forms", 1),
    "limesurvey, texts": (lambda: limesurvey("texts"), "limesurvey", 1),
    "limesurvey, codes and texts": (lambda: limesurvey("both"), "limesurvey", 1),
    "limesurvey, comma": (lambda: limesurvey("both", ","), "limesurvey", 1),
    "redcap": (redcap, "redcap", 1),
    "alchemer": (alchemer, "alchemer", 1),
    "typeform": (typeform, "typeform", 1),
    "kobo": (kobo, "kobo", 1),
    "jotform": (jotform, "jotform", 1),
}
