"""The checkers of files and functions find what they must find."""

import ast

import pytest

from . import text_rules


@pytest.mark.parametrize(
    "text",
    [
        "index = https://" + "pypi" + ".org/simple",
        "deb http://" + "deb.debian" + ".org/debian bookworm main",
        "https://" + "files." + "pythonhosted" + ".org/packages/x.whl",
        "registry." + "npmjs" + ".org",
    ],
)
def test_a_registry_host_is_found(text: str) -> None:
    assert text_rules.registry_hosts(text)


@pytest.mark.parametrize("text", ["PyPI", "github.com/oceanremote", "pypi-organ.org.x"])
def test_other_addresses_are_no_registry(text: str) -> None:
    assert text_rules.registry_hosts(text) == []


@pytest.mark.parametrize("folder", ["work", "root", "home/someone"])
def test_a_path_of_a_machine_is_found(folder: str) -> None:
    assert text_rules.machine_paths(f"open('/{folder}/main/x')")


@pytest.mark.parametrize("text", ["/config/x", "network/work/x", "/usr/bin/chromium"])
def test_other_paths_are_fine(text: str) -> None:
    assert text_rules.machine_paths(text) == []


@pytest.mark.parametrize("kind", ["x86_64", "i386", "aarch64", "arm", "riscv64"])
def test_a_kind_of_machine_is_found(kind: str) -> None:
    assert text_rules.kinds_of_machine(f"/usr/lib/{kind}-linux-gnu/libfoo.so")


@pytest.mark.parametrize("text", ["linux-libc-dev", "$(uname -m)-linux-gnu", "alarm"])
def test_other_names_are_no_kind_of_machine(text: str) -> None:
    assert text_rules.kinds_of_machine(text) == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME"])
def test_unfinished_work_is_found(word: str) -> None:
    assert text_rules.unfinished(f"# {word}: later") == [word]


@pytest.mark.parametrize(
    "text", ["x = std::max(x, 1U);", "std::min (a, b)", "std::clamp(a, b, c)"]
)
def test_an_extreme_without_a_type_is_found(text: str) -> None:
    assert text_rules.untyped_extremes(text)


@pytest.mark.parametrize(
    "text", ["std::max<uint32_t>(x, 1U)", "std::min_element(a, b)", "min(a, b)"]
)
def test_an_extreme_with_a_type_is_fine(text: str) -> None:
    assert text_rules.untyped_extremes(text) == []


@pytest.mark.parametrize("text", ["a->shutdown(SHUT_RDWR)", "a.shutdown (0)"])
def test_a_socket_shut_down_is_found(text: str) -> None:
    assert text_rules.shutdowns(text)


@pytest.mark.parametrize("text", ["on_safe_shutdown()", "a->close()"])
def test_other_endings_are_fine(text: str) -> None:
    assert text_rules.shutdowns(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept:\n    ...",
        "for x in y:\n    try:\n        f()\n    except BaseException:\n        continue",
        "try:\n    f()\nexcept (ValueError, Exception):\n    'ignored'",
        "with suppress(Exception):\n    f()",
        "with contextlib.suppress(BaseException):\n    f()",
    ],
)
def test_a_swallowed_exception_is_found(text: str) -> None:
    assert list(text_rules.swallowed(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept ValueError:\n    pass",
        "try:\n    f()\nexcept Exception:\n    close()\n    raise",
        "with suppress(OSError):\n    f()",
    ],
)
def test_a_narrow_or_answered_exception_is_fine(text: str) -> None:
    assert list(text_rules.swallowed(ast.parse(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "LOGGER.info(f'{x}')",
        "_LOGGER.debug('%s' % x)",
        "self._logger.error('a' + x)",
        "LOGGER.warning('{}'.format(x))",
        "LOGGER.log(level, f'{x}')",
    ],
)
def test_an_eager_log_is_found(text: str) -> None:
    assert list(text_rules.eager_logs(ast.parse(text)))


def test_a_lazy_log_is_fine() -> None:
    tree = ast.parse("LOGGER.info('%s of %s', a + b, c)")
    assert list(text_rules.eager_logs(tree)) == []


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.skip\ndef test_x(): ...",
        "@pytest.mark.skipif(True, reason='')\ndef test_x(): ...",
        "@pytest.mark.xfail\ndef test_x(): ...",
        "pytest.skip('later')",
        "pytest.importorskip('x')",
    ],
)
def test_a_skipped_test_is_found(text: str) -> None:
    assert list(text_rules.skipped_tests(ast.parse(text)))


def test_a_long_function_is_found_and_its_docstring_not_counted() -> None:
    body = "\n".join("    x = 1" for _ in range(10))
    docstring = '    """' + "\n" * 20 + '    """'
    tree = ast.parse(f"def f():\n{docstring}\n{body}")
    assert list(text_rules.long_functions(tree, 9)) == ["f (10)"]
    assert list(text_rules.long_functions(tree, 10)) == []
