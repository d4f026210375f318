"""`python -m backproof` is the command `backproof`."""

from __future__ import annotations

from backproof.verify.__main__ import main

if __name__ == "__main__":
    main()
