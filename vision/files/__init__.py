"""What is written: whole or not at all, by one maker at a time, as tables and plain types."""
