"""What holds for every test: in CI nothing that needs a server or a browser may skip; property tests are repeatable."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run, on machines of any speed: a red run can be repeated.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the Neo4j server in one process, so that it is started once."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if item.get_closest_marker("neo4j"):
            item.add_marker(pytest.mark.xdist_group("neo4j"))


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
