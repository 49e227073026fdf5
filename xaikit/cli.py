"""The command line: `xaikit lab`, `xaikit doctor`, `xaikit reproduce`, `xaikit cache`.

Only what a command needs is imported, so that `--help` and `--list` answer at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from xaikit import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 asked for something there is not."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for_jupyter: list[str] = []
    if arguments[:1] == ["lab"] and "--" in arguments:
        cut = arguments.index("--")
        arguments, for_jupyter = arguments[:cut], arguments[cut + 1 :]
    options = _parser().parse_args(arguments)
    if options.command == "lab":
        from xaikit.lab import start_lab

        return start_lab(for_jupyter, options.students)
    if options.command == "doctor":
        from xaikit.doctor import examine

        return examine()
    if options.command == "cache" and options.what == "warm":
        from xaikit.classroom.warming import warm

        return warm(options.lessons, options.background)
    if options.command == "cache":
        from xaikit.core.store import tell

        return tell(options.what)
    from xaikit.reproduce.command import reproduce

    return reproduce(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="xaikit",
        description="Ask an image classifier why, in JupyterLab.",
        epilog="example: xaikit lab",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"xaikit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_lab(commands)
    _add_doctor(commands)
    _add_reproduce(commands)
    _add_cache(commands)
    return parser


def _add_lab(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "lab",
        help="open the notebooks in JupyterLab",
        usage="xaikit lab [-h] [--class N] [-- JUPYTER ARGUMENTS ...]",
        description=(
            "Open the course in JupyterLab. The notebooks are copied into the current folder where they are "
            "not there yet; a file that is there is never overwritten. What the lessons fit is made ready in "
            "the background. What follows -- goes to JupyterLab."
        ),
        epilog="example: xaikit lab -- --no-browser --port 8899",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--class",
        dest="students",
        type=_students,
        default=1,
        metavar="N",
        help="so many work on this machine at once: each kernel computes on its share of the cores",
    )


def _students(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a number of students, 1 or more; got {text!r}")
    return int(text)


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    commands.add_parser(
        "doctor",
        help="say what is installed, what is missing and what to do about it",
        description="Check the installation. Exits 1, with a remedy, where something is broken.",
        epilog="example: xaikit doctor",
        allow_abbrev=False,
    )


def _add_reproduce(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "reproduce",
        help="run a table or figure of a paper and print its numbers beside ours",
        description="Run tables and figures of the papers; print the paper's numbers beside ours.",
        epilog="example: xaikit reproduce vrx.fig4 --quick --json fig4.json --out pictures",
        allow_abbrev=False,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to run, such as vrx.fig4")
    parser.add_argument("--list", action="store_true", help="list what can be run, and what each needs")
    parser.add_argument(
        "--quick", action="store_true", help="fewer pictures: done inside 5 minutes on 2 cores"
    )
    parser.add_argument("--model", metavar="SPEC", help="the network to explain (default: toyworld/vehicles)")
    parser.add_argument("--weights", metavar="FILE", help="its weights: a .safetensors file, or 'default'")
    parser.add_argument("--data", metavar="SPEC", help="the pictures (default: toyworld/vehicles)")
    parser.add_argument("--device", default="auto", help="auto (the default), cuda, mps or cpu")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of every random choice (0)")
    parser.add_argument(
        "--json", metavar="FILE", help="write the numbers as JSON; - writes only them to stdout"
    )
    parser.add_argument("--out", metavar="FOLDER", help="save the pictures there")


def _add_cache(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "cache",
        help="make, list, weigh or delete the fits that are kept to be found again",
        description=(
            "A fit of the same network, pictures and method is made once and found again. XAIKIT_CACHE names "
            "the folder, which several people may share; XAIKIT_CACHE=off keeps none. `warm` makes those of "
            "the lessons, so that nobody waits for them."
        ),
        epilog="example: xaikit cache list",
        allow_abbrev=False,
    )
    parser.add_argument("what", choices=("warm", "list", "size", "clear"), help="what to do with the fits")
    parser.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="with warm: such as 00_start_here (default: all)"
    )
    parser.add_argument(
        "--background", action="store_true", help="with warm: stand back behind what else runs"
    )
