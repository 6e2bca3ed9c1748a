# SPDX-License-Identifier: Apache-2.0
"""The service `stock`: how many of an item are left. It tells the notifier of each question."""

import json
import logging
import os
import signal
import sys
from datetime import datetime, timezone

from flask import Flask, abort
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from waitress import create_server
from werkzeug.exceptions import HTTPException

import correlation

STOCK = {"tea": 120, "coffee": 80, "cake": 7, "gold-plated-kettle": 1}
THREADS = 8


class JsonFormatter(logging.Formatter):
    """A line of JSON for each record, with the fields that the Node.js services have."""

    def format(self, record):
        time = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"timestamp": time, "level": record.levelname.lower(), "message": record.getMessage()}
        for field in ("correlation_id", "trace_id", "span_id"):
            if getattr(record, field, None) is not None:
                line[field] = getattr(record, field)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


handler = logging.StreamHandler(sys.stdout)
handler.addFilter(correlation.CorrelationFilter())
handler.setFormatter(JsonFormatter())
logging.basicConfig(level=logging.INFO, handlers=[handler])
# Waitress warns of each request that waits for a thread, be it for a moment.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)
log = logging.getLogger("stock")

# The names of attributes that the Node.js services use.
os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
provider = TracerProvider(resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or "stock"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

app = Flask("stock")
# First of all, so that whatever else looks at a request finds the ID.
FlaskInstrumentor().instrument_app(app)
RequestsInstrumentor().instrument()
correlation.install(app, provider)


@app.get("/stock/<item>")
def stock(item):
    log.info("counting %s", item)
    if item not in STOCK:
        abort(404)
    notify({"item": item, "left": STOCK[item]})
    log.info("%d of %s left", STOCK[item], item)
    return {"item": item, "left": STOCK[item]}


def notify(message):
    if not os.environ.get("NOTIFIER_URL"):
        return
    with correlation.session() as http:
        http.post(f"{os.environ['NOTIFIER_URL']}/notifications", json=message, timeout=10).raise_for_status()


@app.errorhandler(HTTPException)
def error_page(error):
    """Flask calls it for what the app aborts and, as a 500, for what it throws."""
    response = error.get_response()
    response.data = (
        f"<!doctype html>\n<title>{error.code} {error.name}</title>\n<h1>{error.name}</h1>\n"
        f"<p>Correlation ID: <code>{correlation.current_id()}</code></p>\n"
    )
    return response


def main():
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "5000"))
    server = create_server(app, host=host, port=port, threads=THREADS)
    print(json.dumps({"listening": int(server.effective_port)}), flush=True)
    # The interpreter's orderly end sends the spans that are still queued.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()


if __name__ == "__main__":
    main()
