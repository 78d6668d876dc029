"""What staff said: exports, roster and evidence log, read to one kind of table each."""
