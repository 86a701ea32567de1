"""Tools over HTTP: described as data, called within limits, authorised by the scope.

`HttpSpec` is the description, `http_tool` makes a tool of it. Nothing here is imported by a
process whose desks describe no such tool.
"""
