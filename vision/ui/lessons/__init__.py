"""The lesson of a tab: text, exercises, and published numbers beside ours."""
