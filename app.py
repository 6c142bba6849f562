"""Vision Lab's web app."""

from vision.ui import create_app, launch

if __name__ == "__main__":
    launch(create_app())
