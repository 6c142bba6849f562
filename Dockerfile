# Vision Lab for a classroom server:  docker build -t vision-lab .  and
# docker run -p 7860:7860 vision-lab
FROM python:3.12-slim

COPY packages.txt requirements.txt /tmp/
RUN apt-get update \
    && xargs -a /tmp/packages.txt apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/* \
    && pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
        -r /tmp/requirements.txt \
    && useradd --create-home lab

WORKDIR /home/lab/app
COPY --chown=lab app.py ./
COPY --chown=lab vision vision
COPY --chown=lab assets assets
COPY --chown=lab checkpoints checkpoints
USER lab

ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=9)"]
CMD ["python", "app.py"]
