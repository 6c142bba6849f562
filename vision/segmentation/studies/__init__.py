"""What looks closer at a trained model: its pixels, its inside, its failures, other streets."""
