"""The ops UI's own tools, run from where everything else is run: build, check, test, pictures."""
