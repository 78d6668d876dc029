"""A poisoned school: its brief ends in one of four ways, in whatever process makes it."""

import os

from climatekit.run.workshop import batch, rendering

HURT = "School 100"


def apply():
    """Let the workers of this run make briefs with `make_files` from here."""
    batch.make_files = make_files


def make_files(job):
    if job.brief.school != HURT:
        return rendering.make_files(job)
    honest = rendering.render_html
    rendering.render_html = harm
    try:
        return rendering.make_files(job)
    finally:
        rendering.render_html = honest


def harm(*_, **_how):
    way = os.environ["POISON"]
    if way == "exception":
        raise ZeroDivisionError
    if way == "crash":
        import ctypes

        ctypes.string_at(0)
    elif way == "loop":
        while True:
            pass
    else:
        hoard = []
        while True:
            hoard.append(bytes(50_000_000))
