"""Wording: the sentences of a report in one language, filled with facts."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

from pydantic import RootModel

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.definitions import Definition, open_definition, suggest
from climatekit.knowledge.resources import shipped

# A table with one of these holds plural forms; `other` is in every language.
_TEXTS = 4096  # more than any language has
_PLURALS = frozenset({"one", "other"})
_PLURAL_TABLE = "plural"
_USUAL_FORMS, _USUAL_RULE = ("one", "other"), "n != 1"  # as in English and Spanish
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# Message tables may be nested to any depth, which a model cannot name.
_MessageFile = RootModel[dict[str, object]]


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """The messages of one language.

    Attributes
    ----------
    language : str
        BCP 47 tag, e.g. ``"en"``.
    file : str
        Where the messages were read from; errors name it.
    _texts : mapping of str to mapping of str to str
        Dotted key to its plural form to its text; a message without plurals has
        ``other`` alone.
    _choose : callable
        From a whole number to the plural form that the language takes.
    """

    language: str
    file: str
    _texts: Mapping[str, Mapping[str, str]]
    _choose: Callable[[int], str]

    def say(self, key: str, /, **facts: object) -> str:
        """Return the message at `key` with `facts` in the places of its braces.

        Parameters
        ----------
        key : str
            Dotted key, e.g. ``"verdict.rose.sentence"``.
        **facts : object
            A value for each name in braces; further ones are passed over. A message with
            plural forms takes the one that the language has for the fact `count`.

        Raises
        ------
        DefinitionError
            Naming the file and the key, when there is no such message or when it asks for
            a fact that was not given.
        """
        forms = self._forms(key)
        if len(forms) > 1 and "count" not in facts:
            raise DefinitionError(self._lacks(key, "count"))
        text = self._choose_form(forms, facts.get("count"))
        missing = [name for name in _names_in(text) if name not in facts]
        if missing:
            raise DefinitionError([self._lacks(key, name) for name in missing])
        try:
            return text.format(**facts)
        except (TypeError, ValueError) as error:
            raise DefinitionError(
                Problem(
                    code="CK423",
                    message=f"the message {key} cannot write one of its facts: {error}",
                    file=self.file,
                    column=key,
                    mend="mend what stands after the colon in the braces",
                )
            ) from error

    def name(self, key: str, default: str) -> str:
        """Return the name at `key` in this language, or `default` where it has none."""
        return self._texts[key]["other"] if key in self._texts else default

    def under(self, table: str) -> Messages:
        """Return the messages of one table, by the rest of their keys."""
        head = f"{table}."
        inside = {key: text for key, text in self._texts.items() if key.startswith(head)}
        return replace(self, _texts={key.removeprefix(head): text for key, text in inside.items()})

    def keys(self) -> tuple[str, ...]:
        """Return every dotted key, in the order of the file."""
        return tuple(self._texts)

    def texts(self) -> tuple[str, ...]:
        """Return every text in every plural form, its facts in braces."""
        return tuple(text for forms in self._texts.values() for text in forms.values())

    def forms(self, key: str) -> Mapping[str, str]:
        """Return the text of the message at `key` in each plural form, facts in braces."""
        return self._forms(key)

    def tells(self, key: str, /, **facts: object) -> frozenset[str]:
        """Return which of the `facts` stand in the message at `key`, filled with them."""
        text = self._choose_form(self._forms(key), facts.get("count"))
        return frozenset(_names_in(text)) & facts.keys()

    def facts_of(self, key: str) -> frozenset[str]:
        """Return the names of the facts that the message at `key` asks for."""
        forms = self._forms(key)
        names = {name for text in forms.values() for name in _names_in(text)}
        return frozenset(names | {"count"} if len(forms) > 1 else names)

    def _choose_form(self, forms: Mapping[str, str], count: object) -> str:
        if len(forms) == 1 or not isinstance(count, int | float):
            return forms["other"]
        form = self._choose(int(count)) if float(count).is_integer() else "other"
        return forms.get(form, forms["other"])

    def _forms(self, key: str) -> Mapping[str, str]:
        if key in self._texts:
            return self._texts[key]
        closest = suggest(key, self._texts)
        raise DefinitionError(
            Problem(
                code="CK422",
                message=f"there is no message {key}",
                file=self.file,
                column=key,
                closest=closest,
                mend="add the message to the file",
            )
        )

    def _lacks(self, key: str, name: str) -> Problem:
        return Problem(
            code="CK423",
            message=f"the message {key} asks for the fact {name!r}, which it was not given",
            file=self.file,
            column=key,
            mend=f"take {{{name}}} out of the message; climatekit does not offer it here",
        )


def list_languages(folder: Path | None = None) -> tuple[str, ...]:
    """Return the languages that there are messages for, in alphabetical order."""
    return tuple(sorted(file.stem for file in (folder or _find_home()).glob("*.toml")))


def load_messages(language: str, folder: Path | None = None) -> Messages:
    """Return the messages of `language`.

    Parameters
    ----------
    language : str
        BCP 47 tag; the file is ``<language>.toml``.
    folder : Path, optional
        Folder of the message files; the shipped ones of the school brief by default.

    Raises
    ------
    DefinitionError
        When there is no such file, or with every fault of it at once.
    """
    return _load_shipped(language) if folder is None else _load(language, folder)


@cache
def _load_shipped(language: str) -> Messages:
    """Read the shipped messages once in a process: every brief needs them."""
    return _load(language, _find_home())


def _load(language: str, home: Path) -> Messages:
    path = home / f"{language}.toml"
    if not _LANGUAGE.fullmatch(language) or not path.is_file():
        known = list_languages(home)
        raise DefinitionError(
            Problem(
                code="CK424",
                message=f"there are no messages in the language {language!r}",
                file=str(home),
                found=language,
                expected=f"one of {', '.join(known) or '(none)'}",
                closest=suggest(language, known),
                mend="set language to one of these, or add the message file",
            )
        )
    content = open_definition(path, _MessageFile, _check_messages).content.root
    choose = _make_chooser(content.get(_PLURAL_TABLE, {}))
    texts = {
        ".".join(key): _plural_forms(value)
        for key, value in _walk_messages(content)
        if key[0] != _PLURAL_TABLE
    }
    return Messages(language, str(path), texts, choose)


def _find_home() -> Path:
    return shipped("report_templates") / "messages"


def _make_chooser(table: object) -> Callable[[int], str]:
    """Return the function that finds a count's plural form.

    ``rule`` is the expression that the GNU gettext manual (11.2.6) has for each language,
    ``forms`` names what its 0, 1, 2 ... stand for.
    """
    stated = table if isinstance(table, Mapping) else {}
    forms = tuple(str(stated["forms"]).split()) if "forms" in stated else _USUAL_FORMS
    rule = gettext.c2py(str(stated.get("rule", _USUAL_RULE)))
    return lambda count: forms[min(int(rule(abs(count))), len(forms) - 1)]


def _walk_messages(
    table: Mapping[str, object], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in table.items():
        if isinstance(value, Mapping) and not set(value) & _PLURALS:
            yield from _walk_messages(value, (*above, name))
        else:
            yield (*above, name), value


def _plural_forms(value: object) -> Mapping[str, str]:
    forms = value if isinstance(value, Mapping) else {"other": value}
    return {form: str(text) for form, text in forms.items()}


def _check_messages(file: Definition[RootModel[dict[str, object]]]) -> Iterator[Problem]:
    plural = file.content.root.get(_PLURAL_TABLE, {})
    forms_text = plural.get("forms") if isinstance(plural, Mapping) else None
    wanted = set(str(forms_text).split()) if forms_text else set(_USUAL_FORMS)
    try:
        _make_chooser(plural)
    except ValueError as error:
        yield file.make_problem(
            "CK421", f"the plural rule cannot be read: {error}", (_PLURAL_TABLE, "rule"),
            expected="an expression of n as gettext has it, such as n != 1",
        )  # fmt: skip
    for key, value in _walk_messages(file.content.root):
        forms = value if isinstance(value, Mapping) else {"other": value}
        if isinstance(value, Mapping) and set(forms) != wanted:
            yield file.make_problem(
                "CK421",
                f"the plural message {'.'.join(key)} does not have the language's forms alone",
                key,
                expected=" and ".join(sorted(wanted)),
            )
        for text in forms.values():
            fault = _find_fault(text)
            if fault:
                yield file.make_problem("CK421", f"the message {'.'.join(key)} {fault}", key)


def _find_fault(text: object) -> str | None:
    if not isinstance(text, str):
        return "is not text"
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        return f"has unsound braces: {error}"
    for _, name, spec, conversion in parts:
        # Plain names only: a message may print a fact, not reach into it.
        if name is not None and (not name.isidentifier() or conversion or "{" in (spec or "")):
            return f"has {{{name}}}, which is not the plain name of a fact"
    return None


@lru_cache(_TEXTS)
def _names_in(text: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(text) if name is not None)
