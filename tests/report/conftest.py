"""What the tests of the report share: made-up briefs, and each of them as PDF, made once."""

import importlib.util
import sys
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _load_samples():
    spec = importlib.util.spec_from_file_location("report_samples", HERE / "samples.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["report_samples"] = module
    spec.loader.exec_module(module)
    return module


SAMPLES = _load_samples()


@pytest.fixture(scope="session")
def as_pdf():
    """Return a function from a sample's name to its PDF's bytes."""
    from climatekit.report.pdf import render_pdf

    return cache(lambda name: render_pdf(SAMPLES.SAMPLES[name]()))


@pytest.fixture(scope="session")
def as_html():
    """Return a function from a sample's name to its web page."""
    from climatekit.report.html import render_html

    return cache(lambda name: render_html(SAMPLES.SAMPLES[name]()))
