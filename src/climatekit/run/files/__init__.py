"""Files: how a table or a text becomes bytes on disk, whole or not at all."""
