"""Policy text: reading it, cutting it into passages, finding the one that answers."""
