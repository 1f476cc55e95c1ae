"""Commands that print a table and draw a page of what there is: aircraft, discrepancies, figures."""
