"""The audit: a release read and attacked from its files alone."""
