"""The house: imports point one way, names clash with nobody's, the documents tell the truth."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from cli import main
from scripts import readme

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ontology", "graph", "loaders", "visualizations")
MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "ontology": frozenset(),
    "graph": frozenset({"ontology"}),
    "loaders": frozenset({"ontology", "graph"}),
    "visualizations": frozenset({"ontology", "graph"}),
    "cli": frozenset(PACKAGES),
}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    found = {"cli": ROOT / "cli.py"}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@dataclass(frozen=True, slots=True)
class Import:
    """One import: what is imported, and whether that happens when the importing module is loaded."""

    target: str
    on_load: bool


def imports(path: Path) -> Iterator[Import]:
    """All imports of a module, also those in functions and those for the type checker alone."""

    def walk(node: ast.AST, on_load: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, on_load) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: relative import"
                yield from (Import(f"{child.module}.{alias.name}", on_load) for alias in child.names)
            else:
                late = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
                yield from walk(child, on_load and not late and not typing)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), True)


def module_of(target: str, known: Mapping[str, Path]) -> str | None:
    """The module of ours that an import leads to: `graph.dates.first_day` to `graph.dates`."""
    parts = target.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((name for name in names if name in known), None)


def test_imports_point_one_way() -> None:
    known = modules()
    wrong = [
        f"{name} imports {found.target}"
        for name, path in known.items()
        for found in imports(path)
        if (package := found.target.split(".")[0]) in MAY_IMPORT
        and package != name.split(".")[0]
        and package not in MAY_IMPORT[name.split(".")[0]]
    ]
    assert wrong == []


def test_no_module_imports_itself_through_others_when_it_is_loaded() -> None:
    known = modules()
    edges = {
        name: {m for i in imports(path) if i.on_load and (m := module_of(i.target, known)) and m != name}
        for name, path in known.items()
    }
    assert _cycle(edges) == []


def _cycle(edges: Mapping[str, set[str]]) -> list[str]:
    """One cycle as a path, empty if there is none."""
    state: dict[str, str] = {}

    def visit(name: str, path: list[str]) -> list[str]:
        if state.get(name) == "done":
            return []
        if state.get(name) == "open":
            return [*path[path.index(name) :], name]
        state[name] = "open"
        for other in sorted(edges[name]):
            if found := visit(other, [*path, name]):
                return found
        state[name] = "done"
        return []

    return next((found for name in sorted(edges) if (found := visit(name, []))), [])


def test_nothing_imports_the_command_or_the_tests() -> None:
    wrong = [
        f"{name} imports {found.target}"
        for name, path in modules().items()
        for found in imports(path)
        if found.target.split(".")[0] in ("cli", "tests", "benchmarks", "scripts")
    ]
    assert wrong == []


def test_no_installed_package_has_the_name_of_one_of_ours() -> None:
    others = packages_distributions()
    clashes = {name: set(others.get(name, ())) - {"repgraph"} for name in (*PACKAGES, "cli")}
    assert {name: found for name, found in clashes.items() if found} == {}


def test_every_module_says_in_its_first_lines_what_it_holds() -> None:
    silent = [
        name for name, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_file_that_the_packages_read_is_installed() -> None:
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [p for package in PACKAGES for p in (ROOT / package).rglob("*") if p.is_file()]
    lost = [
        str(p.relative_to(ROOT))
        for p in files
        if p.suffix not in (".py", ".pyc") and not any(fnmatch(p.name, pattern) for pattern in patterns)
    ]
    assert lost == []


def test_the_lock_has_every_dependency_with_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)}
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=!~ ;\[]", text)[0].lower().replace("_", "-") for text in wanted}
    assert names - pinned == set()
    assert "://" not in lock
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_every_ignored_rule_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.flake8-tidy-imports]")]
    ignored = section[section.index("ignore = [") :]
    rules = [line for line in ignored.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*"', line)]
    assert rules
    assert [line for line in rules if "#" not in line] == []


# --- documents ----------------------------------------------------------------------------------------------


def documents() -> list[Path]:
    named = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*named, *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if link and not (page.parent / link).exists()] == []


def test_every_make_target_that_a_document_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = "\n".join(p.read_text(encoding="utf-8") for p in documents())
    named = set(re.findall(r"`make ([a-z0-9-]+)", text)) | set(
        re.findall(r"^(?:\$ )?make ([a-z0-9-]+)", text, re.MULTILINE)
    )
    assert named - targets == set()
    assert {"demo", "test", "lint"} <= targets


def test_readme_commands() -> None:
    """Each `$ repgraph …` line prints what stands below it; `scripts/readme.py --write` puts in what it prints now."""
    text = readme.README.read_text(encoding="utf-8")
    assert [s for s in readme.shown(text) if s.command.startswith("repgraph ")], "README.md shows no command"
    found, _ = readme.differences(text)
    assert not found, "\n\n".join(found)


def test_the_comparison_of_outputs_knows_its_wildcards() -> None:
    assert readme.alike(("a … c", "…", "z"), ["a b c", "1", "2", "z"])
    assert readme.alike(("…",), ["anything", "at all"])
    assert not readme.alike(("a",), ["a", "b"])
    assert not readme.alike(("a … c",), ["a b d"])


# --- examples -----------------------------------------------------------------------------------------------


def examples() -> list[str]:
    """The examples in the help of all commands, in the order in which they are written."""
    text = (ROOT / "cli.py").read_text(encoding="utf-8")
    return re.findall(r"^\s+Example: ([^{\n]*(?:\{ .* \}[^{\n]*)?)$", text, re.MULTILINE)


def test_every_command_has_an_example() -> None:
    commands = {name for name, command in main.commands.items() if not command.hidden}
    shown = {found[1] for example in examples() if (found := re.search(r"\brepgraph ([a-z-]+)", example))}
    assert sorted(commands - shown) == []


@pytest.mark.thorough
def test_every_example_works_in_a_shell(tmp_path: Path) -> None:
    """All in one folder, as somebody would who reads the help from the top; those of a server need one.

    `tests/test_cli.py` runs them in one process, without pipes and files.
    """
    failed = []
    with readme.shell(tmp_path) as environment:
        shutil.copytree(ROOT / "loaders" / "shipped" / "cases-ru", tmp_path / "work" / "my-tables")
        for example in examples():
            if re.search(r"neo4j|bolt", example):
                continue
            if "template" in example:
                shutil.rmtree(tmp_path / "work" / "my-tables")
            lines = readme.printed(tmp_path, f"({example}) || echo FAILED", environment)
            if "FAILED" in lines[-1:]:
                failed.append("\n".join([f"$ {example}", *lines[-4:]]))
    assert not failed, "\n\n".join(failed)
