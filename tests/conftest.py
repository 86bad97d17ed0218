"""What holds for every test: which run when and beside which, nothing skips in CI, property tests are repeatable."""

from __future__ import annotations

import os
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# The same examples in every run, on machines of any speed: a red run can be repeated.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--thorough` runs the tests that are marked so, and no others; without it all but these run."""
    parser.addoption("--thorough", action="store_true", help="run the tests marked thorough, and only these")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not of this run, and begin with the server and the browser, which take longest."""
    wanted = bool(config.getoption("thorough"))
    others = [item for item in items if bool(item.get_closest_marker("thorough")) != wanted]
    if others:
        config.hook.pytest_deselected(items=others)
    left = set(others)
    long = ("neo4j", "browser")
    items[:] = sorted(
        (item for item in items if item not in left),
        key=lambda item: next((n for n, name in enumerate(long) if item.get_closest_marker(name)), len(long)),
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """A module stays in one process, and so do all that use the Neo4j server: it is started once, and emptied by turns.

    The mark `xdist_group` would say so too, but xdist 3.8 does not see it with pytest 9.2 (pytest-xdist issue 1386).
    """
    from xdist.scheduler import LoadScopeScheduling

    @cache
    def scope(module: str) -> str:
        return "neo4j" if "pytest.mark.neo4j" in (config.rootpath / module).read_text(encoding="utf-8") else module

    class Modules(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid.partition("::")[0])

    return Modules(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test of a server or browser that skips has failed."""
    report = yield
    needs = [name for name in ("neo4j", "browser") if item.get_closest_marker(name)]
    if os.environ.get("CI") and needs and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {reason}"
    return report


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the shipped data. Tests only read it; one that writes takes a copy."""
    from loaders.loading import load_paths
    from loaders.shipped import paths

    folder = tmp_path_factory.mktemp("demo") / "repgraph-demo"
    load_paths(folder, paths())
    return folder
