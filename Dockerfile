# Built in two stages: pip and the build tools stay in the first one.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/citedesk
COPY requirements/base.txt requirements/build.txt /src/requirements/
# The locks change rarely: this layer is built anew only when they do.
RUN /opt/citedesk/bin/pip install --require-hashes -r /src/requirements/base.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r /src/requirements/build.txt
COPY pyproject.toml README.md LICENSE /src/
COPY agent /src/agent
COPY engine /src/engine
COPY retrieval /src/retrieval
COPY tools /src/tools
COPY migrations /src/migrations
COPY desks /src/desks
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist /src \
    && /opt/citedesk/bin/pip install --no-deps /dist/*.whl \
    && /opt/citedesk/bin/pip uninstall -y pip

FROM python:3.13-slim
LABEL org.opencontainers.image.title="citedesk" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /var/lib/citedesk --create-home citedesk
COPY --from=build /opt/citedesk /opt/citedesk
ENV PATH=/opt/citedesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CITEDESK_DATA=/var/lib/citedesk/data \
    CITEDESK_HTTP__HOST=0.0.0.0
WORKDIR /var/lib/citedesk
USER 10001
EXPOSE 8080
VOLUME /var/lib/citedesk
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["citedesk"]
CMD ["serve"]
