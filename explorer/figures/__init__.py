"""Results → figures: plain data for the page's own drawing, plotly figures on demand."""
