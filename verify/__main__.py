"""`python -m backproof.verify` is the command `backproof`."""

from backproof.verify.command_line import main

main()
