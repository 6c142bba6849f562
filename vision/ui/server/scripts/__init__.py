"""Gradio's scripts as they are served: with this page's words, quicker, in the reader's words."""
