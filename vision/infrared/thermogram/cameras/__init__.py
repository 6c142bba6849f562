"""Files as thermal cameras write them: one small reader a file, found by what is in it."""
