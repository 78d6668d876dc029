"""Publishing: one release after another in an output folder, each whole."""
