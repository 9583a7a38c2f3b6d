"""Jobs: handed in, claimed, run, ended; their events; the providers' slots that they share."""
