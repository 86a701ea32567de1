"""Drafts back into a helpdesk, as drafts: nothing here sends anything to a customer."""
