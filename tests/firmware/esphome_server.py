"""ESPHome's command line, imported once: what it does for each command is a fork's.

Run by ESPHome's own interpreter. A line of JSON on standard input names the arguments,
the environment and the file for what ESPHome says; a line with its exit code answers.
"""

from importlib import import_module
import json
import os
import sys

# What nearly every configuration of a test has; the rest is loaded by who needs it.
COMMON = (
    "esphome.config",
    "esphome.core.config",
    "esphome.writer",
    "esphome.components.external_components",
    "esphome.components.host",
    "esphome.components.logger",
    "esphome.components.network",
    "esphome.components.packages",
    "esphome.components.sensor",
    "esphome.components.substitutions",
    "esphome.components.switch",
    "esphome.components.template",
)


def obey(request: dict) -> int:
    """Be the command; return its exit code."""
    os.environ.clear()
    os.environ.update(request["environment"])
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    sys.argv = ["esphome", *request["arguments"]]
    try:
        code = import_module("esphome.__main__").main()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


def serve() -> None:
    """Obey until standard input ends."""
    import_module("esphome.__main__")
    for name in COMMON:
        import_module(name)
    for line in sys.stdin:
        if not (child := os.fork()):
            result = 70
            try:
                result = obey(json.loads(line))
            finally:
                os._exit(result)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
