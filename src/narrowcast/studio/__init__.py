"""The composition root: builds the parts from the settings, and offers every verb.

- `studio`: one home folder: make, estimate, rewrite, hear; what each run is given is built here, with `means` (keys and
  addresses), `own_servers` (those that profiles name), `model_writing` (the writer that asks models), `tenancy` (shares
  of providers' slots) and `queueing`.
- Asked of a server: `wanted` resolves a wish to a `request`, `submit` writes it down as a job, `estimating` says what
  it would take, `rewriting` changes a script, `previewing` lets one turn of it be heard; `paying_parts` tells whether
  it can cost anything.
- Run by a worker: `jobs` makes what a job asks for, from what is `given`; `job_progress` says how far it got;
  `budgets` holds it to the month's money, `spending` keeps the books.
- What people bring and keep: `reading`, `reading_several` (documents), `profiles`, `provider_keys`.
- Of what is heard: `hearing` takes in what players tell, and says how far a listener is; `listening_figures` are what
  became of it by days and episodes; `weekly` is what a week is told as; `cue_sheets` tells who says what when.
- For whoever runs it: `doctor` says what is well (`findings`, `database_findings`, `server_findings`,
  `storage_findings`), `housekeeping` forgets what is old; `warming` imports beforehand what runs need; `samples` lets
  a voice be heard; `sample_episode` is what a new server makes first.
"""

from __future__ import annotations

from narrowcast.studio.studio import Studio

__all__ = ["Studio"]
