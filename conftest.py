"""Every test may ask for the fixtures of `libs.testing`."""

pytest_plugins = ["libs.testing.plugin"]
