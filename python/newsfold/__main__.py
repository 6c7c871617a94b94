"""``newsfold`` and ``python -m newsfold``: the program itself."""

import signal
import sys

from . import _native


def main() -> None:
    """Does what the command line asks for, and ends the process with the program's exit code."""
    # The program obeys signals by itself; Python's answer to Ctrl-C would come on top of it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_native.main(["newsfold", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
