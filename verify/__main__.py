"""`python -m backproof.verify` is the command `backproof`."""

from backproof.verify.commands.main import main

main()
