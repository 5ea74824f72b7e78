"""What a run's evidence pack holds beside what the owners hand over, and the page a person reads first."""
