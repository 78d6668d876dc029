"""Tables: released numbers as rows, for a terminal, a file and the ledger."""
