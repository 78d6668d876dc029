"""climatekit: from a staff survey export to scores that hold and a brief per school.

The names below are the whole public interface; each is loaded on first use, so that
importing climatekit costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from climatekit.data_use.rating import DataUse as DataUse
    from climatekit.data_use.rating import rate_data_use as rate_data_use
    from climatekit.errors import ClimatekitError as ClimatekitError
    from climatekit.errors import Problem as Problem
    from climatekit.ingest.evidence_log import read_evidence_log as read_evidence_log
    from climatekit.ingest.intake import read_export as read_export
    from climatekit.ingest.responses import Responses as Responses
    from climatekit.ingest.roster import read_roster as read_roster
    from climatekit.knowledge.rubric import load_rubric as load_rubric
    from climatekit.knowledge.scales import Scale as Scale
    from climatekit.knowledge.scales import load_scale as load_scale
    from climatekit.knowledge.settings import Settings as Settings
    from climatekit.knowledge.settings_file import read_settings as read_settings
    from climatekit.measure.agreement import check_agreement as check_agreement
    from climatekit.measure.change import Change as Change
    from climatekit.measure.change import compare as compare
    from climatekit.measure.consistency import check_reliability as check_reliability
    from climatekit.measure.school_means import SchoolMeans as SchoolMeans
    from climatekit.measure.school_means import estimate_school_means as estimate_school_means
    from climatekit.measure.scoring import Scores as Scores
    from climatekit.measure.scoring import score as score
    from climatekit.measure.screening import Screening as Screening
    from climatekit.measure.screening import screen as screen
    from climatekit.measure.summaries import summarize as summarize
    from climatekit.release.released import Released as Released
    from climatekit.report.brief import Brief as Brief
    from climatekit.report.builder import build_brief as build_brief
    from climatekit.report.html import render_html as render_html
    from climatekit.report.pdf import render_pdf as render_pdf
    from climatekit.run.release import run_study as run_study
    from climatekit.values import Estimate as Estimate
    from climatekit.values import Withheld as Withheld

__all__ = [
    "Brief",
    "Change",
    "ClimatekitError",
    "DataUse",
    "Estimate",
    "Problem",
    "Released",
    "Responses",
    "Scale",
    "SchoolMeans",
    "Scores",
    "Screening",
    "Settings",
    "Withheld",
    "build_brief",
    "check_agreement",
    "check_reliability",
    "compare",
    "estimate_school_means",
    "load_rubric",
    "load_scale",
    "rate_data_use",
    "read_evidence_log",
    "read_export",
    "read_roster",
    "read_settings",
    "render_html",
    "render_pdf",
    "run_study",
    "score",
    "screen",
    "summarize",
]

_HOME = {
    "Brief": "report.brief",
    "Change": "measure.change",
    "ClimatekitError": "errors",
    "DataUse": "data_use.rating",
    "Estimate": "values",
    "Problem": "errors",
    "Released": "release.released",
    "Responses": "ingest.responses",
    "Scale": "knowledge.scales",
    "SchoolMeans": "measure.school_means",
    "Scores": "measure.scoring",
    "Screening": "measure.screening",
    "Settings": "knowledge.settings",
    "Withheld": "values",
    "build_brief": "report.builder",
    "check_agreement": "measure.agreement",
    "check_reliability": "measure.consistency",
    "compare": "measure.change",
    "estimate_school_means": "measure.school_means",
    "load_rubric": "knowledge.rubric",
    "load_scale": "knowledge.scales",
    "rate_data_use": "data_use.rating",
    "read_evidence_log": "ingest.evidence_log",
    "read_export": "ingest.intake",
    "read_roster": "ingest.roster",
    "read_settings": "knowledge.settings_file",
    "render_html": "report.html",
    "render_pdf": "report.pdf",
    "run_study": "run.release",
    "score": "measure.scoring",
    "screen": "measure.screening",
    "summarize": "measure.summaries",
}


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
