# The page as one process, http://127.0.0.1:7860/:
#   docker build -t lenet-sketchpad . && docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:7860:7860 lenet-sketchpad

FROM python:3.12-slim AS build
# A virtual environment without a pip of its own, so that nothing to build or install with comes along.
# PyTorch first, from its CPU index: most of the image, and what changes least.
RUN python -m venv --without-pip /opt/lenet && \
    pip --python /opt/lenet install --no-cache-dir \
        --index-url https://download.pytorch.org/whl/cpu torch==2.13.0
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY weights weights
COPY lenet lenet
COPY demo demo
RUN pip --python /opt/lenet install --no-cache-dir "/src[demo]"

FROM python:3.12-slim
COPY --from=build /opt/lenet /opt/lenet
# Gradio makes a folder for its caches at start; on a read-only file system only /tmp can be written.
ENV HOME=/tmp \
    GRADIO_TEMP_DIR=/tmp/gradio \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860
WORKDIR /tmp
USER 1000:1000
EXPOSE 7860
HEALTHCHECK --start-period=60s CMD ["/opt/lenet/bin/python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"GRADIO_SERVER_PORT\"]}/healthz', timeout=5)"]
CMD ["/opt/lenet/bin/python", "-m", "lenet_sketchpad"]
