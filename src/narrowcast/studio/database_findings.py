"""What is well of a PostgreSQL server and what is not."""

from __future__ import annotations

from collections.abc import Iterator

from narrowcast.store.upkeep.condition import Condition
from narrowcast.studio.findings import Finding, Verdict

SHARE = 0.8
"""Of its connections; beyond it the next worker may find none."""
LONG_S = 600.0
OFFSET_S = 2.0
"""Less than this nobody notices. Leases and schedules go by one clock anyway: the server's."""


def of_database(found: Condition) -> Iterator[Finding]:
    """First what it is, then what is to be said of it."""
    used = f"{found.connections} of {found.connections_at_most} connections in use"
    crowded = found.connections > SHARE * found.connections_at_most
    yield Finding(
        "postgresql",
        Verdict.NOTE if crowded else Verdict.OK,
        f"{found.name}, version {found.version}, {used}",
        "Raise its max_connections, or run fewer processes: each holds up to 15." if crowded else "",
    )
    if found.longest_s > LONG_S:
        open_for = f"a transaction is open for {found.longest_s / 60:,.0f} min, and what it may see stays"
        yield Finding("postgresql", Verdict.NOTE, open_for, "Is it a backup? Else end it: see pg_stat_activity.")
    if abs(found.ahead_s) > OFFSET_S:
        differs = (
            f"its clock is {abs(found.ahead_s):,.1f} s {'ahead of' if found.ahead_s > 0 else 'behind'} this machine's"
        )
        yield Finding("clock", Verdict.NOTE, differs, "Set both by NTP: what is shown is told by either.")
    if found.episodes_left_behind and not found.episodes:
        behind = f"{found.episodes_left_behind:,} episodes lie in the home folder's own file, and none here"
        yield Finding("library", Verdict.NOTE, behind, "Stop everything, and take them along: narrowcast db copy.")
