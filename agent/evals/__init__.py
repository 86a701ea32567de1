"""How good the parts are: cases read from files, figures computed, reports drawn."""
