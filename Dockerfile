# One image for web, worker and migrate; compose.yaml says who runs what.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /app
COPY pyproject.toml .python-version ./
RUN uv sync --no-dev
COPY manage.py ./
COPY scrm scrm
COPY customers customers
COPY loyalty loyalty
COPY campaigns campaigns
COPY templates templates
COPY locale locale
# Static files get names with a hash; no secret and no database is needed for that.
RUN SECRET_KEY=only-to-collect DATA_DIR=/tmp/build .venv/bin/python manage.py collectstatic --noinput -v 0

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin scrm \
    && install -d -o scrm -g scrm -m 0700 /data
COPY --from=build --chown=root:root /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
USER scrm
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["granian", "scrm.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
