"""`python -m narrowcast` is the `narrowcast` command."""

from narrowcast.cli import main

main()
