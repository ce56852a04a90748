"""The rules of the repository that no single tool checks: mirrors, sizes, layers, documentation."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from statistics import median

import msgspec
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bgtasks_gui"
TESTS = ROOT / "tests"
TOP_LEVEL = {
    *("pyproject.toml", "README.md", "Makefile", "CHANGELOG.md", "LICENSE", ".gitignore", ".ci"),
    *("bgtasks_gui", "resources", "tests", "packaging", "docs"),
}
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST_MODULE, LONGEST_TEST, LONGEST_FUNCTION, USUAL_FUNCTION, FULLEST_FOLDER = 300, 400, 50, 9, 12
# core lists one decision a file, as the layout of the design does; its tests share samples.
FULLEST_CORE = 28


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def function_lengths(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def run_python(code: str) -> str:
    # Measuring a child's coverage would load modules that the child itself does not.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def undocumented(names: list[str]) -> list[str]:
    """The names that no document shows as code: in backticks or in JSON."""
    text = "\n".join(path.read_text() for path in DOCUMENTS)
    return [name for name in names if not re.search(rf"[`\"]{re.escape(name)}[`\"]", text)]


def test_top_level_holds_nothing_else() -> None:
    patterns = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    here = [path.name for path in ROOT.iterdir() if path.name != ".git"]
    kept = {name for name in here if not any(fnmatch(name, pattern) for pattern in patterns)}
    assert kept - TOP_LEVEL == set()


@pytest.mark.parametrize("path", sources(PACKAGE), ids=relative)
def test_module_has_its_mirror_and_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not tree.body or ast.get_docstring(tree), "says not what it owns"
    if path.stem != "__init__":
        folder = TESTS / path.parent.relative_to(PACKAGE)
        mirror = {f"test_{path.stem.strip('_')}.py", "__init__.py"}
        assert mirror - {file.name for file in folder.glob("*.py")} == set(), f"not in {folder}"


@pytest.mark.parametrize("path", [*sources(PACKAGE), *sources(TESTS)], ids=relative)
def test_sizes(path: Path) -> None:
    longest = LONGEST_TEST if path.is_relative_to(TESTS) else LONGEST_MODULE
    lines = path.read_text().count("\n")
    assert lines <= longest
    assert [pair for pair in function_lengths(path) if pair[1] > LONGEST_FUNCTION] == []


def test_most_functions_are_short() -> None:
    lengths = [length for path in sources(PACKAGE) for _, length in function_lengths(path)]
    assert median(lengths) <= USUAL_FUNCTION


@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for top in (PACKAGE, TESTS) for path in sources(top)}),
    ids=relative,
)
def test_folders_are_not_full(folder: Path) -> None:
    files = [path.name for path in folder.iterdir() if path.is_file()]
    most = FULLEST_CORE if folder.name == "core" else FULLEST_FOLDER
    assert len(set(files) - {"__init__.py", "conftest.py"}) <= most, files


def test_import_contracts_hold() -> None:
    run_python("from importlinter import cli; raise SystemExit(cli.lint_imports(no_cache=True))")


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("agent.app", {"PySide6", "qasync", "click", "rich", "httpx"}),
        ("cli", {"asyncio", "httpx", "rich", "apscheduler", "PySide6"}),
        ("client", {"PySide6", "httpx", "apscheduler", "sqlite3"}),
        ("supervisor", {"msgspec", "psutil", "apscheduler", "click"}),
        ("worker", {"msgspec", "psutil", "apscheduler", "click", "asyncio"}),
        ("__main__", {"asyncio", "apscheduler", "PySide6"}),
    ],
)
def test_what_a_process_does_not_load(module: str, absent: set[str]) -> None:
    loaded = run_python(f"import bgtasks_gui.{module}, sys; print(*sys.modules, sep='\\n')")
    assert absent & set(loaded.split()) == set()


def test_every_trigger_and_kind_is_documented() -> None:
    from bgtasks_gui import kinds, triggers

    tags = [str(trigger.__struct_config__.tag) for trigger in triggers.TRIGGERS]
    tags += [kind.name for kind in kinds.KINDS]
    assert undocumented(tags) == []


def test_every_setting_is_documented() -> None:
    from bgtasks_gui import settings

    assert undocumented([field.name for field in msgspec.structs.fields(settings.Settings)]) == []


def test_every_route_is_documented() -> None:
    from bgtasks_gui.wire import routes

    assert undocumented([f"{route.method} {route.path}" for route in routes.ROUTES]) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_documents_name_only_what_exists(document: Path) -> None:
    text = document.read_text()
    named = re.findall(
        r"(?<![\w/.])(?:bgtasks_gui|tests|packaging|resources|\.ci)/[\w./-]*\w", text
    )
    linked = re.findall(r"\]\((?!\w+:|#)([^)#]+)", text)
    # NAME stands for the reader's own file in the pages on how to add something.
    missing = {path for path in named if "NAME" not in path and not (ROOT / path).exists()}
    missing |= {path for path in linked if not (document.parent / path).exists()}
    assert missing == set()
