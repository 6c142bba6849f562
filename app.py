"""Vision Lab's web app."""

from vision.errors import ending_with_a_sentence

with ending_with_a_sentence():
    from vision.ui import create_app, launch

    if __name__ == "__main__":
        launch(create_app())
