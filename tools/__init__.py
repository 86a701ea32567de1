"""What the agent can look up or do, each tool behind a gateway protocol."""
