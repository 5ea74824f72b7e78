"""What tpg-sync can be asked; nothing here writes."""
