"""What is kept: results by the hash of what was asked, rows in a database, blobs in an object store."""
