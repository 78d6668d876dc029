"""The release gate: what may be said, and in what form."""
