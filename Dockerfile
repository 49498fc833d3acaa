# syntax=docker/dockerfile:1

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/grid
COPY requirements.txt ./
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home --uid 10001 grid
WORKDIR /srv/grid
# The same path as where it was made: a virtual environment does not move.
COPY --from=packages /srv/grid/.venv ./.venv
COPY alembic.ini pyproject.toml ./
COPY migrations ./migrations
COPY mobile_contract ./mobile_contract
COPY app ./app
RUN install -d -o grid -g grid -m 0700 var
USER grid
ENV PATH=/srv/grid/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# DATABASE_URL names a PostgreSQL 15 or newer with PostGIS 3.3 or newer.
VOLUME ["/srv/grid/var"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["sh", "-c", "python -m app.cli migrate && exec python -m app.cli serve --host 0.0.0.0 --port 8000 --workers ${WORKERS:-2}"]
