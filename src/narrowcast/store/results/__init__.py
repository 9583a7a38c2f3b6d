"""What was paid for, kept under the hash of what was asked."""
