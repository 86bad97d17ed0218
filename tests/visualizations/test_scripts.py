"""The scripts of the pages are files of their own: they are checked as such."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "visualizations" / "static"
SCRIPTS = sorted(STATIC.glob("*.js"))
PAIRS = (
    ("Ковалёв", "Kovalyov"), ("Ковалёв", "Kovalev"), ("Юрий", "Yuri"), ("Юрий", "Jurij"), ("Хмелёв", "Khmelyov"),
    ("Алексей", "Aleksey"), ("Алексей", "Alexei"), ("Цветов", "Tsvetov"), ("Зеленський", "Zelenskyi"),
    ("Менделеева", "Mendeleyeva"), ("Менделеева", "Mendeleeva"), ("Щёголев", "Shchyogolev"), ("Фёдор", "Fyodor"),
    ("Татьяна", "Tatiana"), ("Олег", "Oleh"), ("Ксения", "Xenia"), ("Подопригоров", "Podoprigorov"),
)  # fmt: skip


def _node() -> str:
    found = shutil.which("node")
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("node is not there")
        pytest.skip("node is not there; the browser tests run the scripts")
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_each_script_is_sound(path: Path) -> None:
    done = subprocess.run([_node(), "--check", str(path)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_no_script_makes_html_or_code_of_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for sign in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "XMLHttpRequest",
    ):
        assert sign not in text


def test_names_in_both_scripts_fold_to_one_key() -> None:
    code = f"const {{fold}}=require({json.dumps(str(STATIC / 'fold.js'))});const p={json.dumps(PAIRS)};"
    code += "console.log(JSON.stringify(p.filter(([a,b])=>fold(a)!==fold(b))))"
    assert json.loads(subprocess.run([_node(), "-e", code], check=True, capture_output=True).stdout) == []


def test_different_names_keep_different_keys() -> None:
    names = ("Ковалёв", "Кравченко", "Юрков", "Цветов", "Полянин", "Лопатин")
    code = f"const {{fold}}=require({json.dumps(str(STATIC / 'fold.js'))});console.log(new Set({json.dumps(names)}.map(fold)).size)"
    assert int(subprocess.run([_node(), "-e", code], check=True, capture_output=True).stdout) == len(names)


def test_cells_that_could_be_formulas_are_neutralised() -> None:
    cells = ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", 'a"b', "plain"]
    code = f"const {{files}}=require({json.dumps(str(STATIC / 'network_files.js'))});console.log(files.csv({json.dumps([cells])}))"
    out = subprocess.run([_node(), "-e", code], check=True, capture_output=True).stdout.decode()
    assert out.count("\"'") == 7
    assert '"a""b","plain"' in out
