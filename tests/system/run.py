"""Runs one scenario: python3 run.py NAME, or `list`. Exit code 0 passed, 1 failed, 77 skipped with one line
saying why.

A scenario is a function in one of the scenario_*.py files, decorated with @scenario(seconds). Its docstring is
the claim.
"""

import faulthandler
import importlib
import os
import pathlib
import signal
import sys
import traceback

import harness
import judge
from scenario import SCENARIOS

SKIPPED = 77


def load_all():
    for path in sorted(pathlib.Path(__file__).parent.glob("scenario_*.py")):
        importlib.import_module(path.stem)


def on_alarm(_number, _frame):
    raise judge.Verdict("the scenario's time is over")


def use_environment(found):
    """Scenarios with emulators need boto3: they run in the Python environment that ./test makes."""
    python = os.path.join(os.environ["DRAY_VENV"], "bin", "python")
    if not found.needs_environment or os.environ.get("DRAY_IN_VENV") == "1":
        return
    if not os.access(python, os.X_OK):
        raise harness.Skip("DRAY_VENV names no Python environment; ./test makes one")
    os.execve(python, [python, "-B", *sys.argv], {**os.environ, "DRAY_IN_VENV": "1"})


def run(found):
    bench, passed = None, False
    try:
        use_environment(found)
        signal.signal(signal.SIGALRM, on_alarm)
        signal.alarm(found.seconds)
        bench = harness.Bench(found.name)
        found.function(bench)
        passed = True
        print(f"passed: {found.name}: {found.claim}")
        return 0
    except harness.Skip as reason:
        passed = True
        print(f"skipped: {found.name}: {reason}")
        return SKIPPED
    except judge.Verdict as verdict:
        print(f"FAILED: {found.name}: {verdict}")
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        signal.alarm(0)
        if bench is not None:
            bench.close(keep=not passed or os.environ.get("DRAY_SYSTEM_KEEP") == "1")


def main():
    faulthandler.enable()
    build = pathlib.Path(__file__).resolve().parents[2] / "build"
    os.environ.setdefault("DRAY_VENV", str(build / "venv"))
    os.environ.setdefault("DRAY_SYSLOG_NG", str(build / "syslog-ng"))
    load_all()
    if len(sys.argv) != 2 or sys.argv[1] not in [*SCENARIOS, "list"]:
        print(f"usage: run.py list|NAME; names: {' '.join(SCENARIOS)}")
        return 64
    if sys.argv[1] == "list":
        print("\n".join(f"{name};{found.seconds}" for name, found in SCENARIOS.items()))
        return 0
    return run(SCENARIOS[sys.argv[1]])


if __name__ == "__main__":
    sys.exit(main())
