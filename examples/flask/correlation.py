# SPDX-License-Identifier: Apache-2.0
"""One correlation ID for each request of a Flask service that has OpenTelemetry for Python.

Copy this file and outbound_hosts.py. It speaks what @org/correlation speaks: the header X-Correlation-ID, and the entry
correlation.id of W3C baggage.
"""

import logging
import re
import uuid
from urllib.parse import quote, unquote

import requests
from opentelemetry import baggage, propagate, trace
from opentelemetry.processor.baggage import BaggageSpanProcessor
from opentelemetry.propagators.textmap import TextMapPropagator, default_getter, default_setter
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy

from outbound_hosts import may_get_the_id

HEADER = "X-Correlation-ID"
KEY = "correlation.id"
ID = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]{0,127}$")


def install(app, tracer_provider):
    """To be called once, before the first request."""
    propagate.set_global_textmap(CorrelationPropagator(propagate.get_global_textmap()))
    tracer_provider.add_span_processor(BaggageSpanProcessor(lambda key: key == KEY))
    # OpenTelemetry warns of baggage that it cannot read and quotes it: a refused text has no place in a log.
    logging.getLogger("opentelemetry.baggage").setLevel(logging.ERROR)

    @app.after_request
    def send_the_id_back(response):
        if current_id() is not None:
            response.headers.setdefault(HEADER, current_id())
        return response


def current_id():
    """The ID of the request that this code works for, or None."""
    value = baggage.get_baggage(KEY)
    return value if isinstance(value, str) and ID.fullmatch(value) else None


class CorrelationPropagator(TextMapPropagator):
    """Wraps the propagator in use: whatever comes in gets one ID, and what goes out has none (that is for session())."""

    def __init__(self, inner):
        self._inner = inner

    def extract(self, carrier, context=None, getter=default_getter):
        received = (_first(getter, carrier, HEADER).strip(" \t"), _entry_of(_first(getter, carrier, "baggage")))
        decided = next((each for each in received if ID.fullmatch(each)), None) or str(uuid.uuid4())
        return baggage.set_baggage(KEY, decided, self._inner.extract(carrier, context, getter))

    def inject(self, carrier, context=None, setter=default_setter):
        self._inner.inject(carrier, baggage.remove_baggage(KEY, context), setter)

    @property
    def fields(self):
        return self._inner.fields


def _first(getter, carrier, name):
    return next(iter(getter.get(carrier, name) or ()), "")


def _entry_of(header):
    # Not by OpenTelemetry's parser, which takes a plus sign for a space.
    for member in header.split(","):
        name, _, value = member.partition(";")[0].partition("=")
        if unquote(name.strip(" \t")) == KEY:
            return unquote(value.strip(" \t"))
    return ""


class CorrelationFilter(logging.Filter):
    """Gives records their correlation_id, trace_id and span_id. Add it to handlers: they run in the thread that logs."""

    def filter(self, record):
        span = trace.get_current_span().get_span_context()
        record.correlation_id = current_id()
        record.trace_id = trace.format_trace_id(span.trace_id) if span.is_valid else None
        record.span_id = trace.format_span_id(span.span_id) if span.is_valid else None
        return True


def session():
    """A requests.Session whose calls carry the ID to the hosts that may have it. No other call carries it."""
    made = requests.Session()
    for scheme in ("http://", "https://"):
        made.mount(scheme, _CorrelationAdapter())
    return made


class _CorrelationAdapter(HTTPAdapter):
    """Judges each hop by itself: a redirect comes through here again, with the headers of the hop before."""

    def send(self, request, *args, **kwargs):
        members = [each for each in request.headers.pop("baggage", "").split(",") if each and not _entry_of(each)]
        request.headers.pop(HEADER, None)
        current = current_id()
        hosts = (request.url, select_proxy(request.url, kwargs.get("proxies")))
        if current is not None and all(may_get_the_id(each) for each in hosts if each):
            request.headers[HEADER] = current
            members.insert(0, f"{KEY}={quote(current, safe='')}")
        if members:
            request.headers["baggage"] = ",".join(members)
        return super().send(request, *args, **kwargs)
