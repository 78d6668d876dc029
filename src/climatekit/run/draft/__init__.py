"""Drafts: from exports and a person's answers to the files of a study."""
