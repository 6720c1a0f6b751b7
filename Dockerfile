# syntax=docker/dockerfile:1
# Where pip finds a torch without CUDA (see docs/hosting.md), the image has a fifth of the size:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=… -t explorer .
FROM python:3.12-slim

ARG PIP_EXTRA_INDEX_URL=""
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 \
    GRADIO_TEMP_DIR=/tmp/gradio EXPLORER_CACHE=/home/explorer/cache

RUN useradd --create-home --uid 1000 explorer \
    && mkdir /home/explorer/cache && chown explorer /home/explorer/cache
WORKDIR /home/explorer/app

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt "gradio[mcp]"

COPY app.py README.md LICENSE ./
COPY assets assets
COPY explorer explorer

USER explorer
# Networks that are fetched stay here.
VOLUME /home/explorer/cache
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/health', timeout=8)"]
CMD ["python", "app.py"]
