"""What lies in a storage beside the files that are kept."""

from __future__ import annotations

from narrowcast.store.files.folder_writes import INCOMING

PROBES = "probes"
MARK = "installation/storage"
"""Says which database's files these are: see `store.upkeep.mark`."""
BESIDES = (f"{INCOMING}/", f"{PROBES}/", f"{MARK.partition('/')[0]}/")
"""What begins so is none of the files that are kept."""
