"""What is drawn: pictures of lines, plots, and their colours."""
