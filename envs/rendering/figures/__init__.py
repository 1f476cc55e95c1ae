"""Figures drawn: a symbol as in Aresti's catalogue, a ribbon in space, and the page and table of all of them."""
