"""Figures: what a study's files amount to, brought to the release gate."""
