"""What tpg-sync can be told to do, one unit of work each; the caller commits."""
