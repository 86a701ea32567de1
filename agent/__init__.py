"""citedesk: an event-driven support-ticket agent whose drafts carry their proof."""
