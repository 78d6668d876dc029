"""run: a study from its files to a published release, left alone."""
