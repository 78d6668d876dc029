import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from climatekit.knowledge.toml_lines import find_line, locate_keys

_DOCUMENT = '''# a comment with [brackets] and "quotes"
title = "a # that is no comment"
"quoted.key" = 1
nested.deep = { inner = [1, { leaf = 2 }], other = """
two lines""" }

[table]
list = [
  "first",   # with a comment, and ] in it
  [2, 3],
]

[[rows]]
name = 'it is'

[[rows]]
name = """ends with a quote\\""""" # odd but sound
[rows.inside]
flag = true
'''


def test_every_kind_of_key_has_its_line():
    lines = locate_keys(_DOCUMENT)

    tomllib.loads(_DOCUMENT)  # the document itself is sound
    assert lines["title",] == 2
    assert lines["quoted.key",] == 3
    assert lines["nested", "deep", "inner", 1, "leaf"] == 4
    assert lines["nested", "deep", "other"] == 4
    assert lines["table",] == 7
    assert lines["table", "list", 1, 0] == 10
    assert lines["rows", 0, "name"] == 14
    assert lines["rows", 1, "name"] == 17
    assert lines["rows", 1, "inside", "flag"] == 19


def test_a_key_that_is_not_there_takes_the_line_of_its_parent():
    lines = locate_keys("[table]\na = 1\n[table.b]\n")

    assert find_line(lines, ("table", "b", "missing")) == 3
    assert find_line(lines, ("nowhere",)) is None


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=6))
def test_any_quoted_keys_and_values_are_found_each_on_its_line(table):
    def quote(text):
        return '"' + "".join(f"\\U{ord(char):08X}" for char in text) + '"'

    table = {key: value for key, value in table.items() if _is_sound(key + value)}
    document = "".join(f"{quote(key)} = {quote(value)}\n" for key, value in table.items())

    lines = locate_keys(document)

    assert list(tomllib.loads(document)) == list(table)
    assert lines == {(key,): number for number, key in enumerate(table, 1)}


def _is_sound(text):
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in text)
