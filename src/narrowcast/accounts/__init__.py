"""Who may do what: users, roles, tiers, passwords, sessions, tokens."""
