"""What is drawn: SVG and plots, in the same colours."""
