from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bgtasks_gui.worker import importing


class Line:
    def __init__(self) -> None:
        self.messages: list[object] = []

    def send(self, message: object) -> None:
        self.messages.append(message)


@pytest.fixture
def _modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    texts = {
        "own_good": "def f():\n    ''' First.\n\n    Second. '''\nclass C:\n    def m(self): pass",
        "own_needs": "import own_absent",
        "own_fails": "1 / 0",
        "own_exits": "raise SystemExit(2)",
        "own_interrupts": "raise KeyboardInterrupt",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)


@pytest.mark.usefixtures("_modules")
class TestResolve:
    def test_functions_and_what_is_inside_classes(self) -> None:
        assert importing.resolve("own_good:f").__name__ == "f"
        assert importing.resolve("own_good:C.m").__name__ == "m"

    @pytest.mark.parametrize(
        ("target", "sentence"),
        [
            ("own_absent:f", "cannot import module 'own_absent': No module named 'own_absent'"),
            ("own_needs:f", "cannot import module 'own_needs': No module named 'own_absent'"),
            ("own_fails:f", "cannot import module 'own_fails': ZeroDivisionError: division by"),
            ("own_exits:f", "module 'own_exits' exits when it is imported"),
            ("own_interrupts:f", "cannot import module 'own_interrupts': KeyboardInterrupt: "),
            ("own_good:g", "module 'own_good' has no function 'g'"),
            ("own_good:C.n", "module 'own_good' has no function 'C.n'"),
            ("own_good:__name__", "'__name__' of module 'own_good' is not callable"),
            ("own_good", "'own_good' does not name a function"),
            (":f", "':f' does not name a function"),
            ("own_good:", "'own_good:' does not name a function"),
        ],
    )
    def test_what_cannot_be_had_is_named(self, target: str, sentence: str) -> None:
        with pytest.raises(importing.CannotImport) as error:
            importing.resolve(target)
        assert str(error.value).startswith(sentence)

    def test_the_word_that_sigterm_came_is_passed_on(self, tmp_path: Path) -> None:
        (tmp_path / "own_ended.py").write_text("class T(SystemExit): pass\nraise T(143)")
        with pytest.raises(SystemExit):
            importing.resolve("own_ended:f")


@pytest.mark.usefixtures("_modules")
def test_check_tells_how_it_went() -> None:
    line = Line()
    assert importing.check("own_good:f", line) == 0
    assert importing.check("own_good:C.m", line) == 0
    assert importing.check("own_good:g", line) == 1
    assert line.messages == [
        {"type": "checked", "ok": True, "doc": "First."},
        {"type": "checked", "ok": True, "doc": None},
        {"type": "checked", "ok": False, "message": "module 'own_good' has no function 'g'"},
    ]
