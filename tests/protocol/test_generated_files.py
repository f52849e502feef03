"""What `script/generate` writes is what lies in the repository."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

import domain_document
import domain_grammar
import domain_header
import generate
import pytest

from custom_components.oceanremote.protocol.domains.fields import Field, Reading


@dataclass(frozen=True, slots=True)
class Novelty(Field[Any]):
    """A type that nobody has taught the generator."""

    @override
    def read(self, value: Any, reading: Reading) -> Any:
        return value


@pytest.mark.parametrize(
    ("path", "text"), [pytest.param(p, t, id=p.name) for p, t in generate.files()]
)
def test_a_file_is_current(path: Path, text: str) -> None:
    """Should this fail: `script/generate`."""
    assert generate.is_current(path, text)


def test_a_file_that_is_not_current_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "made.h"
    file.write_text("old")
    monkeypatch.setattr(generate, "REPO", tmp_path)
    monkeypatch.setattr(generate, "files", lambda: [(file, "new")])
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    assert generate.main() == 1
    assert "made.h is not current" in capsys.readouterr().out
    assert file.read_text() == "old"
    monkeypatch.setattr("sys.argv", ["generate.py"])
    assert generate.main() == 0
    assert file.read_text() == "new"
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    assert generate.main() == 0


def test_only_what_lies_between_the_marks_is_written() -> None:
    assert generate.between("head<old>tail", "<", ">", "new") == "head<new>tail"
    with pytest.raises(ValueError, match="no '<'"):
        generate.between("head", "<", ">", "new")


@pytest.mark.parametrize(
    "name_it",
    [domain_document.words, domain_grammar.type_of, domain_header.argument_type],
)
def test_a_type_without_words_is_not_passed_over(name_it: Any) -> None:
    with pytest.raises(NotImplementedError):
        name_it(Novelty())
