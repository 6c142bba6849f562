"""What a visitor gives: pictures, drawings, brushes, numbers."""
