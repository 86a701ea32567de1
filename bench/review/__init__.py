"""The review queue with many waiting drafts."""
