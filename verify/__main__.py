"""`python -m backproof.verify` is the command `backproof`. What goes wrong while it is imported ends in a line, too."""

from __future__ import annotations

import sys


def main() -> None:
    """Import the command line and run it."""
    try:
        from backproof.verify.commands.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(2)
    except Exception as error:
        sys.stderr.write(f"backproof cannot start: {type(error).__name__}: {str(error)[:300]!a}; install it again\n")
        sys.exit(3)
    run()


if __name__ == "__main__":
    main()
