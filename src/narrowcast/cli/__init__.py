"""The command line: parse, call, print."""

from narrowcast.cli.app import main

__all__ = ["main"]
