"""Every test may ask for the fixtures of `libs.testing`; property tests are the same ones on every machine."""

from hypothesis import Phase, settings

pytest_plugins = ["libs.testing.plugin"]

# Explaining a failure traces every line, which on a small machine takes longer than any test may.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
)
settings.load_profile("house")
