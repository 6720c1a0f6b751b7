"""BAPPS (Zhang et al. 2018): what people judged similar, and how far metrics agree with them."""
