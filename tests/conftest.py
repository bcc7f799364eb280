"""What holds for every test: an example of a property has no time limit, for a busy machine would exceed any."""

from hypothesis import HealthCheck, settings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure() -> None:
    settings.load_profile("no clock")
