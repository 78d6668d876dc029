"""The doors: one file a verb, each thin. Nothing heavy is imported at the top."""

from climatekit.cli._group import main

__all__ = ["main"]
