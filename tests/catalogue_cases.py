"""The bad-input catalogue, rows 1 to 70: what goes in, and how it must end.

Rows 52 and 53 have two ends: a fault of the exports or the roster is an input refused (3), the
same fault in climatekit.toml a configuration refused (4), as the exit codes have it.

Each case changes a small study of two waves (tests/plain_files.py). A case with exit 0 says
in `wanted` what must be told; a refused one leaves everything as it was.
"""

import csv
import gzip
import io
import zipfile
from itertools import pairwise

import xlsxwriter
from catalogue_kinds import Case
from plain_files import ITEMS, make_rows, to_csv

GOOD = make_rows(wave=1)
CSV = to_csv(GOOD)
LINES = CSV.splitlines(keepends=True)


def answer(text, *, line=4, column=4):
    """Write one answer into line 4 (of the file), column 5: the item bscs_3."""
    rows = [list(cells) for cells in GOOD]
    rows[line - 1][column] = text
    return quoted(rows)


def quoted(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def school(name):
    """Write both waves with the school `name` in the place of Oak."""
    return lambda wave: quoted(make_rows(schools=(name, "Elm"), wave=wave - 1))


def heading(old, new):
    return CSV.replace(old, new, 1)


def each_line(change):
    return b"".join(change(number, line) for number, line in enumerate(LINES))


def add_column(cell):
    return each_line(lambda n, line: line.rstrip(b"\n") + (b"," + cell if n else b",") + b"\n")


def insert(line, text):
    return b"".join([*LINES[: line - 1], text, *LINES[line - 1 :]])


def workbook(rows, *, sheet="Sheet1"):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for row, cells in enumerate(rows):
            page.write_row(row, 0, cells)
    return out.getvalue()


def package(extra):
    """Return a good workbook with more members in its zip."""
    out = io.BytesIO(workbook(GOOD))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in extra.items():
            archive.writestr(name, content)
    return out.getvalue()


def entity_bomb():
    steps = "".join(f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in pairwise("abcdefghi"))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{steps}]>'
    sheet += "<worksheet><sheetData><row><c><v>&i;</v></c></row></sheetData></worksheet>"
    before = zipfile.ZipFile(io.BytesIO(workbook(GOOD)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in before.namelist():
            content = sheet if name == "xl/worksheets/sheet1.xml" else before.read(name)
            archive.writestr(name, content)
    return out.getvalue()


def qualtrics(people=GOOD, day="2026-04-06"):
    head = ["StartDate", "EndDate", "Finished", "ResponseId", "School", *ITEMS]
    ids = [f'{{"ImportId":"{one}"}}' for one in head]
    rows = [[f"{day} 08:00:00"] * 2 + ["True", *cells] for cells in people[1:]]
    return quoted([head, [f"Text of {one}" for one in head], ids, *rows])


def dated(wave):
    """Write both waves with the times of the other one."""
    day = ("2026-04-06", "2025-04-07")[wave - 1]
    return qualtrics(make_rows(wave=wave - 1), day)


def in_xlsx(content):
    return {"content": content, "export": "exports/w2.xlsx", "edits": (("w2.csv", "w2.xlsx"),)}


def with_log(day):
    log = f"school_id,wave_id,event,date,status\nOak,w2,shared_back,{day},done\n"
    return {
        "files": (("log.csv", log.encode()),),
        "edits": (('output = "briefs"', 'output = "briefs"\nevidence_log = "log.csv"'),),
    }


def with_roster(*names, last="w2"):
    rows = "school_id,school_name,wave_id,staff_group,eligible\n"
    rows += "".join(f"{name},{name},{wave},,20\n" for name in names for wave in ("w1", last))
    return {
        "files": (("roster.csv", rows.encode()),),
        "edits": (('output = "briefs"', 'output = "briefs"\nroster = "roster.csv"'),),
    }


def with_codebook(text):
    return {
        "files": (("codebook.csv", b"column,item,wave_id,flags\n" + text),),
        "edits": (('output = "briefs"', 'output = "briefs"\ncodebook = "codebook.csv"'),),
    }


STRICT = "\n[reading]\nstrict = true\n"
WIDE = b",".join([b"a"] * 1_000_000) + b"\n" + b"1\n"
UTF8_BROKEN = LINES[0] + b"".join(
    b"q%d,%s,1,2,3,4,5,1,2,3\n" % (n, b"Ch\xeane" if n == 40_000 else "Chêne".encode())
    for n in range(2, 40_010)
)
NFC, NFD = "\u00c9lan", "E\u0301lan"

CASES = (
    Case(1, "no byte at all", b"", code="CK105", wanted=("is empty",)),
    Case(2, "a byte mark alone", b"\xef\xbb\xbf", code="CK105", wanted=("is empty",)),
    Case(2, "blank lines alone", b"\n\n\n", code="CK105", wanted=("is empty",)),
    Case(3, "headings alone", LINES[0], code="CK120", wanted=("no answers",)),
    Case(3, "headings alone, allowed", LINES[0], 0, args=("run", "--allow-empty"),
         wanted=("no answers yet in", "w2.csv", "nothing was published; exit 0")),
    Case(3, "headings alone, allowed but for once", LINES[0], code="CK120",
         args=("run", "--refuse-empty"), edits=(("output =", "allow_empty = true\noutput ="),)),
    Case(4, "a folder", code="CK102", args=("score", "exports"), wanted=("folder",)),
    Case(4, "no such file", code="CK101", args=("score", "nowhere.csv"), wanted=("no such file",)),
    Case(4, "a pipe", code="CK104", args=("score", "pipe"), wanted=("a pipe",)),
    Case(4, "a device", code="CK104", args=("score", "/dev/null"), wanted=("device",)),
    Case(5, "Windows-1252", CSV.replace(b"Oak", "Chêne".encode("cp1252")), 0, "CK110",
         ("Windows-1252", "Chêne", "--encoding cp1252")),
    Case(5, "Windows-1252, strict", CSV.replace(b"Oak", "Chêne".encode("cp1252")), code="CK110",
         config=STRICT, wanted=("--encoding cp1252",)),
    Case(6, "one broken byte in UTF-8", UTF8_BROKEN, code="CK109", wanted=("line 40000", "UTF-8")),
    Case(7, "UTF-16 with its mark", CSV.decode().encode("utf-16"), 0),
    Case(8, "UTF-16 without a mark", CSV.decode().encode("utf-16-le"), code="CK107",
         wanted=("UTF-16",)),
    Case(9, "encoded twice", CSV.replace(b"Oak", "Ch\u00c3\u00aane".encode()), 0, "CK118",
         ("encoded twice",)),
    Case(10, "NUL in a field", CSV.replace(b"Elm", b"E\0m", 1), code="CK107",
         wanted=("NUL", "line 14")),
    Case(11, "Ctrl-Z in the middle", CSV.replace(b"Elm", b"E\x1am", 1), code="CK108",
         wanted=("line 14",)),
    Case(12, "a non-character in a school", both=school("Oak\uffff"), code="CK233",
         wanted=("\\uffff",)),
    Case(12, "a private-use character in a school", both=school("Oak\ue000"), code="CK233"),
    Case(12, "a lone surrogate in a school", both=school("Oak\ud800"), code="CK109"),
    Case(12, "a private-use character in a comment",
         each_line(lambda n, line: line.rstrip(b"\n") + ("," + ("so \ue000" if n else "Comment")
                                                         ).encode() + b"\n"), 0),
    Case(13, "CR alone at line ends", CSV.replace(b"\n", b"\r"), 0),
    Case(13, "CR LF at line ends", CSV.replace(b"\n", b"\r\n"), 0),
    Case(13, "mixed line ends",
         each_line(lambda n, line: line if n % 2 else line[:-1] + b"\r\n"), 0),
    Case(14, "a line break inside quotes, then a fault",
         insert(2, b'"p\nq",Oak,1,1,1,1,1,1,1,1\n').replace(b"p0-0,Oak,2", b"p0-0,Oak,9", 1),
         code="CK206", wanted=("line 4",)),
    Case(15, "a quote left open", LINES[0] + b'"open,' + CSV[60:] * 50, code="CK113",
         wanted=("line 2",)),
    Case(16, "a stray quote", CSV.replace(b"Oak", b'O"Brien', 1), code="CK114", wanted=("line 2",)),
    Case(17, "text after a closing quote", CSV.replace(b"Oak", b'"Oa"k', 1), code="CK114",
         wanted=("line 2",)),
    Case(18, "every row one field longer",
         each_line(lambda n, line: line.rstrip(b"\n") + (b",3" if n else b"") + b"\n"),
         code="CK116", wanted=("the rows below have 11",)),
    Case(19, "one row longer", insert(4, b"px,Oak,1,1,1,1,1,1,1,1,1\n"), code="CK115",
         wanted=("line 4", "--skip-bad-rows")),
    Case(19, "one row shorter", insert(4, b"px,Oak,1,1\n"), code="CK115", wanted=("line 4",)),
    Case(19, "one row longer, left out", insert(4, b"px,Oak,1,1,1,1,1,1,1,1,1\n"), 0,
         config="\n[reading]\nskip_bad_rows = true\n", wanted=("1 wrong length",)),
    Case(20, "a comma at each line's end", add_column(b""), 0, "CK117", ("column 11",)),
    Case(20, "a filled column without a heading", add_column(b"7"), code="CK126",
         wanted=("column 11",)),
    *(
        Case(21, f"delimited by {mark!r}", CSV.replace(b",", mark), 0, "CK112")
        for mark in (b";", b"\t", b"|")
    ),
    Case(21, "semicolons, strict", CSV.replace(b",", b";"), code="CK112", config=STRICT,
         wanted=("--delimiter",)),
    Case(22, "a sep= line", b"sep=;\n" + CSV.replace(b",", b";"), 0),
    Case(22, "a sep= line alone", b"sep=;\n", code="CK105", wanted=("is empty",)),
    Case(23, "a heading twice", heading(b"bscs_2", b"bscs_1"), code="CK123",
         wanted=("columns 3 and 4",)),
    Case(24, "headings equal but for case", heading(b"bscs_2", b"BSCS_1"), code="CK124"),
    Case(24, "headings equal but for blanks", heading(b"bscs_2", b" bscs_1 "), code="CK123"),
    Case(25, "a no-break space in a heading", heading(b"school", "\u00a0school\u200b".encode()), 0,
         "CK125", ("\\u200b",)),
    Case(25, "a direction mark in a heading", heading(b"school", "\u200fschool".encode()), 0,
         "CK125", ("\\u200f",)),
    Case(26, "a heading left blank", heading(b"bscs_2", b""), code="CK126", wanted=("column 4",)),
    Case(27, "three heading rows of Qualtrics", qualtrics(), 0, wanted=("import ids",)),
    Case(27, "a second line of question texts",
         insert(2, b"Id of each,School you work at," + b",".join(
             b"Please say how far you agree %d" % n for n in range(8)) + b"\n"),
         code="CK121", wanted=("line 2", "--heading-rows 2")),
    Case(28, "a million columns", WIDE, 6, "CK603", ("max_columns",)),
    Case(29, "more rows than the limit", CSV, 6, "CK602", ("max_rows",),
         config="\n[reading]\nmax_rows = 20\n"),
    Case(30, "one enormous field", answer("x" * 20_000), 6, "CK604", ("line 4", "max_field")),
    Case(31, "one enormous heading", heading(b"school", b"s" * 20_000), 6, "CK604", ("line 1",)),
    Case(32, "gzip called .csv", gzip.compress(CSV), code="CK106", wanted=("gzip",)),
    Case(32, "the file that Excel keeps of an open workbook", b"\x05owner" + bytes(160),
         export="exports/~$w2.xlsx", args=("check", "exports/~$w2.xlsx"), code="CK106",
         wanted=("close it in Excel", "name w2.xlsx")),
    Case(32, "a workbook called .csv", workbook(GOOD), code="CK106", wanted=("zip",)),
    Case(32, "a PDF called .csv", b"%PDF-1.7\n" + CSV, code="CK106", wanted=("PDF",)),
    Case(33, "a workbook", exit=0, wanted=("xlsx",), **in_xlsx(workbook(GOOD))),
    Case(34, "a workbook that unpacks to more than the limit", exit=6, code="CK609",
         config="\n[reading]\nmax_bytes = 100_000\n",
         **in_xlsx(package({"xl/media/a.bin": b"0" * 50_000_000}))),
    Case(35, "entities in a workbook", code="CK137", **in_xlsx(entity_bomb())),
    Case(36, "a member that leads outside", code="CK137",
         **in_xlsx(package({"../outside.txt": b"x"}))),
    Case(37, "a workbook with macros", code="CK106", wanted=("macros",),
         **in_xlsx(package({"xl/vbaProject.bin": b"x"}))),
    Case(37, "an encrypted workbook", code="CK106",
         **in_xlsx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)),
    *(
        Case(38, f"the answer {text}", answer(text), code="CK206",
             wanted=("line 4", "bscs_3", "1 to 5"))
        for text in ("0", "6", "-1", "99")
    ),
    Case(38, "99 declared as no answer", answer("99"), 0, wanted=("99 → no answer",),
         config="\n[answers.agree5]\n99 = 99\n"),
    *(
        Case(39, f"the answer {text!a}", answer(text), code="CK204", wanted=("line 4",))
        for text in ("3.5", "3,5", "\uff14", "\u0664")
    ),
    Case(39, "a blank behind the answer", answer("4 "), 0),
    Case(40, "words of the set among numbers", answer("Strongly agree"), 0,
         wanted=("Strongly agree → 5",)),
    Case(40, "words of no set", answer("Strongly  agre"), code="CK204",
         wanted=("closest  Strongly agree",)),
    *(
        Case(41, f"the answer {text}", answer(text), code="CK204", wanted=("line 4",))
        for text in ("TRUE", "FALSE", "inf", "nan", "1e400", "0x5", "1_0")
    ),
    Case(42, "a number of 5,000 digits", answer("9" * 5_000), code="CK204",
         wanted=("a text of 5000 characters",)),
    *(
        Case(43, f"the answer {text}", answer(text), code="CK204", wanted=("line 4",))
        for text in ("=1+1", "@SUM(A1)")
    ),
    Case(44, "a person without an answer", CSV + b"px,Oak,,,,,,,,\n", 0, wanted=("no answers",)),
    Case(45, "a straight-liner", CSV + b"px,Oak,3,3,3,3,3,3,3,3\n", 0, wanted=("25 people",)),
    Case(46, "an item that nobody answered",
         quoted([[*r[:4], "" if n else r[4], *r[5:]] for n, r in enumerate(GOOD)]),
         code="CK208", wanted=("bscs_3",)),
    Case(46, "an item that was not asked",
         quoted([[*r[:4], *r[5:]] for r in GOOD]), 0,
         **with_codebook(b",bscs_3,w2,not_asked\n")),
    Case(47, "one person twice, alike", CSV + LINES[1], 0, wanted=("24 people",)),
    Case(48, "one person twice, otherwise", CSV + b"p0-0,Oak,1,1,1,1,1,1,1,1\n", code="CK240",
         wanted=("--duplicates",)),
    Case(48, "one person twice, the last counts", CSV + b"p0-0,Oak,1,1,1,1,1,1,1,1\n", 0,
         config='\n[reading]\nduplicates = "last"\n', wanted=("24 people",)),
    Case(49, "00123 and 123", CSV.replace(b"p0-0", b"00123").replace(b"p0-1,", b"123,"), 0, "CK231",
         ("24 people", "leading zeros")),
    Case(50, "an id that a spreadsheet rounded", CSV.replace(b"p0-0", b"1.23E+11"), code="CK230",
         wanted=("rounded by a spreadsheet",)),
    *(
        Case(51, f"the day {day}", code="CK326", wanted=("date",), **with_log(day))
        for day in ("03/04/2026", "2026-02-30", "0000-01-01")
    ),
    Case(51, "the year 9999", code="CK328", wanted=("date",), **with_log("9999-01-01")),
    Case(52, "two waves of one name", exit=4, code="CK433", wanted=("W1",),
         edits=(('id = "w2"', 'id = "W1 "'),)),
    *(
        Case(21, f"{key} asked of text", code="CK143", exit=0, args=("check", "--" + key, value),
             wanted=(f"{key.replace('-', '_')} is asked for", kind))
        for key, value, kind in (("sheet", "2", "a workbook"), ("event", "spring", "REDCap"),
                                 ("answers-from", "codes", "an SPSS file"))
    ),
    Case(52, "two waves of one label", exit=4, code="CK433",
         wanted=("'w1' and 'w2' are both called 'Spring 2026'", "line 16", "another label"),
         edits=(("Spring 2025", "spring 2026"),)),
    Case(52, "two waves of one label in one language", exit=4, code="CK433",
         wanted=("'primavera' in the language 'es'", "give one of the two another label"),
         edits=(('"Spring 2025"', '"Spring 2025"\nlabels = { es = "Primavera" }'),
                ('"Spring 2026"', '"Spring 2026"\nlabels = { es = "primavera" }'))),
    Case(52, "a wave of the roster nearly as in the configuration", code="CK305",
         wanted=("closest  w2",), **with_roster("Oak", "Elm", last="W2")),
    Case(53, "exports against time", both=dated, code="CK241",
         wanted=("older than those of wave 'w1'",)),
    Case(53, "waves against time", exit=4, code="CK433", wanted=("does not close after",),
         edits=(("2026-04-24", "2024-04-24"),)),
    Case(53, "one file for two waves", to_csv(make_rows()), code="CK128", wanted=("w1.csv",)),
    Case(54, "an item lacks in one wave", quoted([[*r[:4], *r[5:]] for r in GOOD]), 0,
         args=("compare", "--format", "csv"), wanted=("not_compared",),
         **with_codebook(b",bscs_3,w2,not_asked\n")),
    Case(55, "0 to 4 in one wave, 1 to 5 in the other",
         quoted([[*r[:2], *(c if not n else str(int(c) - 1) for c in r[2:])]
                 for n, r in enumerate(GOOD)]), code="CK206", wanted=("1 to 5",)),
    *(
        Case(56, f"a school called {name}", both=school(name), exit=0,
             args=("score", "--format", "csv"), wanted=(f"\n{name},{name},w2,,bscs.total",))
        for name in ("None", "NA", "null", "nan", "TRUE", "1E5", "00123")
    ),
    Case(57, "a school left blank", CSV.replace(b"p0-0,Oak", b"p0-0, "), code="CK232",
         wanted=("line 2",)),
    Case(60, "two spellings of one accent",
         CSV.replace(b"Oak", NFC.encode(), 6).replace(b"Oak", NFD.encode()), 0,
         wanted=("Unicode spellings are one school",)),
    Case(61, "schools that differ in accents", CSV.replace(b"Oak", "École".encode())
         .replace(b"Elm", b"ecole"), 0, "CK234", ("nearly equal",)),
    Case(62, "a direction override in a school", both=school("Oak\u202egpj"), exit=0,
         wanted=("\\u202e",), args=("score", "--format", "table")),
    Case(65, "10,000 marks on one letter", both=school("e" + "\u0301" * 10_000), exit=6,
         code="CK604", wanted=("max_field",)),
    Case(65, "a word of 5,000 letters", both=school("e" * 5_000), exit=6, code="CK608",
         wanted=("300",)),
    Case(66, "escape codes in a school", both=school("Oak\x1b[2J\x07"), exit=0,
         args=("score", "--format", "table"), wanted=("\\x1b[2J",)),
    Case(69, "a school that the roster lacks", code="CK235", wanted=("Elm",), **with_roster("Oak")),
    Case(69, "a school that only the roster has", exit=0, code="CK236", wanted=("Fir",),
         content=CSV, **with_roster("Oak", "Elm", "Fir")),
    Case(70, "5,001 schools", quoted([GOOD[0], *([f"q{n}", f"S{n}", *"12345123"]
                                                 for n in range(5_001))]), 6, "CK607",
         ("5,000",)),
)  # fmt: skip
