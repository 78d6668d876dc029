"""Measure: what the answers amount to, in numbers with intervals."""
