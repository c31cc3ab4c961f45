# docker build -t errordesk .   Content and code travel in the image; state is elsewhere.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY kb kb
COPY webapp webapp
COPY content content
RUN python -m venv /opt/errordesk \
 && /opt/errordesk/bin/pip install --no-cache-dir '.[postgresql,redis,semantic]' \
 && ERRORDESK_DATA=/index /opt/errordesk/bin/errordesk index

FROM python:3.13-slim
COPY --from=build /opt/errordesk /opt/errordesk
# The index of the shipped content is there already; an image with other content builds its own.
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin errordesk
COPY --from=build --chown=10001:10001 /index /data/index
USER 10001
ENV PATH=/opt/errordesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ERRORDESK_DATA=/data/index \
    ERRORDESK_DATABASE_URL=sqlite:////data/desk.db
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD \
  ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["errordesk", "serve", "--host", "0.0.0.0", "--port", "8000"]
