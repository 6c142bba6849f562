"""Which files the page takes, keeps and gives."""
