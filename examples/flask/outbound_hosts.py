# SPDX-License-Identifier: Apache-2.0
"""Which hosts may get the correlation ID: those of CORRELATION_PROPAGATE_TO, or else internal ones.

The entries are a part of what the Node.js package reads: internal, all, none, a host, *.suffix.
"""

import ipaddress
import os
import re
from urllib.parse import urlsplit

_NETWORKS = [ipaddress.ip_network(each) for each in ("127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_DOMAINS = (".localhost", ".local", ".svc", ".cluster.local", ".home.arpa", ".lan", ".corp", ".consul")
# Where clouds hand out credentials.
_METADATA = ("metadata", "instance-data", "rancher-metadata")
# The last label begins with a letter: 134744072 and 0x8080808 are addresses to a resolver.
_NAME = re.compile(r"([a-z0-9_-]+\.)*[a-z][a-z0-9_-]*")


def _read(text):
    rules = [each.strip().lower() for each in (text.strip() or "internal").split(",")]
    # An entry that this cannot read may be one that keeps a host out, so it must not be skipped.
    if not all(re.fullmatch(r"(\*\.)?[a-z0-9_][a-z0-9_.-]*", each) for each in rules):
        raise ValueError("CORRELATION_PROPAGATE_TO has an entry that is none of: internal, all, none, a host, *.suffix.")
    return [] if "none" in rules else rules


_RULES = _read(os.environ.get("CORRELATION_PROPAGATE_TO", ""))


def may_get_the_id(url):
    """Whether a request to this URL may carry the ID. Names are not resolved."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host != "" and any(_matches(rule, host) for rule in _RULES)


def _matches(rule, host):
    if rule == "internal":
        return _is_internal(host)
    return rule in ("all", host) or (rule.startswith("*.") and host.endswith(rule[1:]))


def _is_internal(host):
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_ours = "." not in host or host.endswith(_DOMAINS)
        return is_ours and host not in _METADATA and _NAME.fullmatch(host) is not None
    return any(address in network for network in _NETWORKS)
