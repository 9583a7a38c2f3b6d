"""What people are told: the inbox, webhooks, and messages on their way."""
