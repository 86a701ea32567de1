"""Language models behind one protocol; imports nothing else of ours."""
