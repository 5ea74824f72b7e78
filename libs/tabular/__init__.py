"""Tables people keep in spreadsheets: read with a verdict for every row, written so that no cell runs."""
