# Narrowcast in a container: the web server, hands and all commands. How to run it: docs/deploy.md.
#
#   docker build -t narrowcast .
#   docker build -t narrowcast --build-arg EXTRAS=kokoro,anthropic .     # optional parts besides
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements/build.txt requirements/scale.txt requirements/
RUN python -m venv /opt/narrowcast \
    && /opt/narrowcast/bin/pip install --quiet --require-hashes -r requirements/build.txt \
    && /opt/narrowcast/bin/pip install --quiet --require-hashes --no-build-isolation -r requirements/scale.txt
COPY LICENSE README.md pyproject.toml ./
COPY src src
RUN /opt/narrowcast/bin/pip install --quiet --no-deps --no-build-isolation .
# What is optional has no hashes here, and keeps to the pinned versions of all else.
ARG EXTRAS=
RUN if [ -n "$EXTRAS" ]; then \
        sed -n 's/^\([a-z0-9][^ ;]*==[^ ;]*\).*/\1/p' requirements/scale.txt > pins.txt \
        && /opt/narrowcast/bin/pip install --quiet --no-build-isolation -c pins.txt ".[$EXTRAS]"; \
    fi
# What builds packages stays behind.
RUN /opt/narrowcast/bin/pip uninstall --quiet --yes editables hatchling pathspec pluggy setuptools tomlkit trove-classifiers pip \
    && /opt/narrowcast/bin/narrowcast --version

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="Narrowcast" \
      org.opencontainers.image.description="Turns what you have to read into episodes to listen to" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 narrowcast \
    && useradd --system --uid 10001 --gid narrowcast --home-dir /data --no-create-home --shell /usr/sbin/nologin narrowcast \
    && install --directory --owner=narrowcast --group=narrowcast --mode=0700 /data
COPY --from=build /opt/narrowcast /opt/narrowcast
ENV PATH=/opt/narrowcast/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    NARROWCAST_HOME=/data \
    NARROWCAST_HOST=0.0.0.0 \
    NARROWCAST_PORT=8484
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8484
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --start-interval=2s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['NARROWCAST_PORT'] + '/healthz', timeout=5)"]
ENTRYPOINT ["narrowcast"]
CMD ["serve"]
