"""@scenario: registers a function as a scenario under its own name."""

import dataclasses
import typing

SCENARIOS = {}


@dataclasses.dataclass
class Scenario:
    name: str
    seconds: int
    claim: str
    function: typing.Callable
    needs_environment: bool


def scenario(seconds, needs_environment=False):
    """seconds: after so many the scenario has failed. needs_environment: run with DRAY_VENV's Python."""

    def register(function):
        claim = " ".join((function.__doc__ or "").split())
        SCENARIOS[function.__name__] = Scenario(function.__name__, seconds, claim, function, needs_environment)
        return function

    return register
