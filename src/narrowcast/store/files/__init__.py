"""What lies in files: blobs by key, indexes, uploads under way, folders to work in."""
