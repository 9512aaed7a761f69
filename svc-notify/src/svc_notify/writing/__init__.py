"""A claimed delivery in the words of its channel."""
