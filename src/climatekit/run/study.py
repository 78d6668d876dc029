"""Study: one run's inputs, statistics, release, ratings and briefs, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from climatekit import __version__
from climatekit.data_use.facts import SchoolFacts
from climatekit.data_use.rating import DataUse, rate_data_use
from climatekit.errors import InputError, Problem, count_of
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.definitions import suggest
from climatekit.knowledge.needs import find_waves_ahead, require_as_of
from climatekit.knowledge.rubric import Rubric, load_rubric
from climatekit.knowledge.scale_use import speak_language
from climatekit.knowledge.scales import Scale, list_imported
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.settings_file import fingerprint_settings
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.measure.coding import check_coding
from climatekit.measure.coding_problems import list_coding_problems, list_negative_alphas
from climatekit.measure.second_opinion import SecondOpinion, ask_second_opinion
from climatekit.release.assembly import Release, SchoolRelease
from climatekit.release.coefficients import Coefficient
from climatekit.release.gate import Gate
from climatekit.release.known import Known
from climatekit.release.standards import Standard, list_standards
from climatekit.report.brief import Brief, DataUsePage
from climatekit.report.builder import BriefContext, build_brief
from climatekit.report.data_use_words import describe_data_use
from climatekit.report.history import tell_history
from climatekit.run.figures.base import keep_shown
from climatekit.run.figures.coefficients import gather_coefficients
from climatekit.run.figures.facts import gather_facts
from climatekit.run.figures.figures import Figures, measure_study, release_study
from climatekit.run.figures.inputs import Inputs, read_inputs
from climatekit.run.figures.item_words import word_items
from climatekit.run.figures.screened import gather_screening
from climatekit.run.figures.trends import find_trends

_MOST_LISTED = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """One run, whole.

    Attributes
    ----------
    names : mapping of str to str
        School id to its name; the id itself where there is no roster.
    release : Release
        The only numbers that any table, file or brief is made of.
    """

    settings: Settings
    inputs: Inputs
    figures: Figures
    release: Release
    rubric: Rubric
    names: Mapping[str, str]
    grades: Mapping[str, str]

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scales, in the order of the settings."""
        return self.inputs.scales

    @property
    def waves(self) -> tuple[str, ...]:
        """Wave ids with answers, in time order."""
        return self.inputs.intake.responses.waves

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Everything that was read with a warning, or does not look as declared."""
        return (
            *find_waves_ahead(self.settings),
            *self.inputs.intake.warnings,
            *list_coding_problems(self.figures.coding),
            *list_negative_alphas(self.figures.reliability),
        )

    @cached_property
    def standards(self) -> Mapping[str, Mapping[tuple[str, str], Standard]]:
        """Standard scores and bands by school, then by wave and score."""
        roster = self.inputs.roster
        countries = {name: use.norm_country for name, use in self.settings.scale_use.items()}
        return {
            name: list_standards(
                released,
                self.scales,
                school_level=roster.schools[name].level
                if roster and name in roster.schools
                else "",
                countries=countries,
            )
            for name, released in self.release.schools.items()
        }

    @cached_property
    def items_apart(self) -> frozenset[str]:
        """Items that run against the others, by the people of shown schools alone (rule D16)."""
        told = keep_shown(self.figures.scores.responses, self.figures.shown)
        return frozenset(
            one.item
            for one in check_coding(told, self.scales)
            if one.finding in {"looks_unreversed", "looks_reversed_twice"}
        )

    @cached_property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """Every statistic on the scores' quality that may be told, of the whole district."""
        return gather_coefficients(
            self.figures,
            self.scales,
            Gate(self.settings.disclosure),
            self.settings.role_groups,
        )

    @cached_property
    def screening(self) -> tuple[Coefficient, ...]:
        """What may be told of careless answering, of the whole district."""
        return gather_screening(
            self.inputs.intake.responses,
            self.scales,
            Gate(self.settings.disclosure),
            self.figures.told_shown,
            self.figures.told_bases,
        )

    @cached_property
    def facts(self) -> Mapping[str, SchoolFacts]:
        """What the data-use rating is made from, by school."""
        return gather_facts(self.settings, self.inputs, self.figures, self.rubric)

    @cached_property
    def ratings(self) -> Mapping[str, DataUse]:
        """The data-use rating of each school, as of the settings' day.

        Raises
        ------
        DefinitionError
            If the settings name no day.
        """
        as_of = self.require_as_of()
        return {
            school: rate_data_use(
                facts,
                self.log_of(school),
                self.rubric,
                as_of=as_of,
                log_start=self.settings.rubric.log_start,
            )
            for school, facts in self.facts.items()
        }

    def log_of(self, school: str) -> Sequence[EvidenceRow]:
        """Return a school's rows of the evidence log."""
        return self._logs.get(school, ())

    @cached_property
    def _logs(self) -> Mapping[str, Sequence[EvidenceRow]]:
        logs: dict[str, list[EvidenceRow]] = {}
        for row in self.inputs.log:
            logs.setdefault(row.school, []).append(row)
        return logs

    def require_as_of(self) -> date:
        """Return the day as of which data use is rated, or refuse."""
        return require_as_of(self.settings)

    def find_language(self, school: str) -> str:
        """Return the language of a school's brief: the roster's, or the settings' own."""
        roster = self.inputs.roster
        known = roster.schools.get(school) if roster else None
        return (known.language if known else "") or self.settings.language

    def list_translations(self, school: str) -> tuple[str, ...]:
        """Return the languages that a school's brief is written in besides its own."""
        settings = self.settings
        if not settings.also_in:
            return ()
        own = self.find_language(school)
        wanted = dict.fromkeys((settings.language, *settings.also_in))
        return tuple(tag for tag in wanted if tag != own)

    def ask_second_opinion(self) -> SecondOpinion:
        """Return how far pingouin's district-level numbers lie from ours."""
        return ask_second_opinion(
            self.inputs.intake.responses,
            self.figures.scores,
            self.scales,
            pairs=tuple(pairwise(self.waves)),
            # How many numbers can be worked out again would else tell of the hidden.
            among=self.figures.bases,
        )

    def choose_schools(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Return the ids of the schools asked for by id or any of their names; all when none is.

        Raises
        ------
        InputError
            With the closest name for each school that is not there.
        """
        if not wanted:
            return tuple(self.release.schools)
        by_name = {name: school for school, name in self.names.items()}
        known = {**by_name, **{school: school for school in self.release.schools}}
        roster = self.inputs.roster
        newest = self.settings.waves[-1].id if self.settings.waves else ""
        found = {
            one: known.get(one) or (roster.names.find(one, newest) if roster else None)
            for one in wanted
        }
        listed = ", ".join(list(self.release.schools)[:_MOST_LISTED])
        listed += ", ..." if len(self.release.schools) > _MOST_LISTED else ""
        faults = [
            Problem(
                code="CK302",
                message="no such school has answers",
                found=one,
                expected=f"one of {listed}",
                closest=suggest(one, known),
                mend="name a school by its id or name as the roster has it",
            )
            for one, school in found.items()
            if school not in self.release.schools
        ]
        if faults:
            raise InputError(faults)
        return tuple(dict.fromkeys(school for school in found.values() if school))

    def last_line(self, done: str, schools: int | None = None) -> str:
        """Return the line that closes a verb: what happened, to how many schools or to all."""
        schools = len(self.release.schools) if schools is None else schools
        waves = len(self.waves)
        warned = sum(problem.count for problem in self.warnings)
        return (
            f"climatekit: {done} {count_of(schools, 'school')} in {count_of(waves, 'wave')}; "
            f"{count_of(warned, 'warning')}; exit 0"
        )


def load_study(
    settings: Settings,
    *,
    known: Known | None = None,
    inputs: Inputs | None = None,
) -> Study:
    """Read, score, compare and gate everything that the settings name.

    Parameters
    ----------
    settings : Settings
    known : Known, optional
        What earlier releases printed of the same people.
    inputs : Inputs, optional
        What the settings name, where it was read already.

    Raises
    ------
    InputError, DefinitionError, LimitError
        With every fault at once; nothing is written.
    """
    inputs = inputs or read_inputs(settings)
    responses = inputs.intake.responses
    figures = measure_study(
        responses,
        inputs.scales,
        inputs.roster,
        settings,
        imported=inputs.imported,
        known=known,
    )
    release = release_study(figures, inputs.scales, responses.waves, settings)
    roster = inputs.roster
    names = {
        school: roster.schools[school].name if roster and school in roster.schools else school
        for school in release.schools
    }
    grades = {
        school: (roster.schools[school].grades or "") if roster and school in roster.schools else ""
        for school in release.schools
    }
    return Study(
        settings=settings,
        inputs=inputs,
        figures=figures,
        release=release,
        rubric=load_rubric(),
        names=names,
        grades=grades,
    )


def make_brief_context(study: Study, language: str | None = None) -> BriefContext:
    """Return what all pages of one release share, in the settings' language or another."""
    language = language or study.settings.language
    messages = load_messages(language)
    waves = tuple(replace(wave, label=wave.label_in(language)) for wave in study.settings.waves)
    # A scale file's own words come before those of the message file.
    scales = tuple(speak_language(name_scale(scale, messages), language) for scale in study.scales)
    return BriefContext(
        settings=replace(study.settings, waves=waves),
        scales=scales,
        messages=messages,
        release=study.release,
        as_of=study.require_as_of(),
        breaks=_list_breaks(study),
        items=word_questions(study, scales, messages),
        fingerprint=fingerprint_settings(study.settings),
        version=__version__,
        slopes=find_trends(
            study.release,
            waves=study.waves,
            breaks=study.figures.breaks,
            settings=study.settings,
            leave_out=list_imported(study.scales),
        ),
    )


def word_questions(
    study: Study, scales: Sequence[Scale] | None = None, messages: Messages | None = None
) -> dict[str, dict[str, str]]:
    """Return by wave what is printed for each item: in the main language, or the messages'.

    Parameters
    ----------
    scales : sequence of Scale, optional
        As they are named in that language; made here where not given.
    """
    messages = messages or load_messages(study.settings.language)
    named = scales or tuple(
        speak_language(name_scale(scale, messages), messages.language) for scale in study.scales
    )
    return word_items(
        study.inputs.intake.reports, study.settings, named, messages, asked=study.scales
    )


def build_briefs(study: Study, schools: Sequence[str]) -> tuple[Brief, ...]:
    """Return the briefs of the schools, in order, each in its own language."""
    return tuple(iterate_briefs(study, schools))


def iterate_briefs(study: Study, schools: Sequence[str]) -> Iterator[Brief]:
    """Yield what `build_briefs` returns, each as soon as it is built."""
    return _build_all(study, [(school, study.find_language(school)) for school in schools])


def build_translations(study: Study, schools: Sequence[str]) -> dict[str, tuple[Brief, ...]]:
    """Return the briefs of each school in the further languages that the settings ask for."""
    pairs = [(school, tag) for school in schools for tag in study.list_translations(school)]
    made: dict[str, tuple[Brief, ...]] = {}
    for (school, _), brief in zip(pairs, _build_all(study, pairs), strict=True):
        made[school] = (*made.get(school, ()), brief)
    return made


def _build_all(study: Study, pairs: Sequence[tuple[str, str]]) -> Iterator[Brief]:
    """Yield a brief for each pair of school and language."""
    contexts = {tag: make_brief_context(study, tag) for tag in {tag for _, tag in pairs}}
    for school, tag in pairs:
        context = contexts[tag]
        log = study.log_of(school)
        yield build_brief(
            study.release.schools[school],
            name=study.names[school],
            grades=study.grades[school],
            context=context,
            data_use=describe_rating(study, school, context.messages),
            since_last_time=tell_history(log, as_of=context.as_of, messages=context.messages),
        )


def describe_rating(study: Study, school: str, messages: Messages) -> DataUsePage:
    """Return the data-use page of one school's brief."""
    labels = {wave.label: wave.label_in(messages.language) for wave in study.settings.waves}
    return describe_data_use(
        study.ratings[school],
        study.facts[school],
        study.rubric,
        messages,
        hidden_waves=list_hidden_waves(study.release.schools[school]),
        labels=labels,
        wording=study.settings.rubric,
    )


def name_scale(scale: Scale, messages: Messages) -> Scale:
    """Return a scale whose scores and items are named in the language of the messages."""
    scores = {
        score: replace(rule, title=messages.name(f"scores.{score}", rule.title))
        for score, rule in scale.scores.items()
    }
    items = {
        item: replace(one, label=messages.name(f"items.{item}", one.label))
        for item, one in scale.items.items()
    }
    return replace(scale, scores=scores, items=items)


def list_hidden_waves(school: SchoolRelease) -> frozenset[str]:
    """Return the waves of which nothing may be told of a school."""
    return frozenset(wave for wave, shown in school.waves.items() if not shown.shown)


def _list_breaks(study: Study) -> frozenset[tuple[str, str]]:
    """Return (wave, score) pairs whose wave is not comparable with the one just before."""
    steps = set(pairwise(study.waves))
    return frozenset(
        (after, score)
        for (before, after, score), reason in study.figures.breaks.items()
        if reason is not None and (before, after) in steps
    )
