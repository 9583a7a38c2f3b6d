"""Providers' keys that were entered on a server: sealed, tested on entry, and to whose host each may go."""
