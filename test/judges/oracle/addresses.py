"""What a url says: host, path, campaign parameters, click id. Also how hosts are compared.

Addresses are read by hand and not through urllib, whose unquoting and query rules differ from the
contract's (broken escapes stay literal, the first occurrence of a parameter wins, `;` separates nothing).
"""

import re

CLICK_IDS = ("gclid", "gbraid", "wbraid", "dclid", "msclkid", "fbclid", "ttclid", "twclid")
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\s]+)([^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?$")
_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def comparable_host(host):
    """A host as it is compared: lower case, without one leading `www.`."""
    host = host.lower()
    return host[4:] if host.startswith("www.") else host


def unescaped(text):
    """A value of a query string: `+` is a space, escapes are UTF-8, what is no escape stays as it is."""

    def decode(match):
        try:
            return bytes.fromhex(match.group().replace("%", "")).decode("utf-8")
        except UnicodeDecodeError:
            return match.group()

    return _ESCAPES.sub(decode, text.replace("+", " "))


def parts(url):
    """(host in lower case, raw path, {parameter: first value}) of a url; (None, None, {}) if malformed."""
    match = _URL.match(url) if url is not None else None
    if match is None:
        return None, None, {}
    _, authority, path, query = match.groups()
    host = authority.rsplit("@", 1)[-1].split(":", 1)[0]
    if not _HOST.match(host):
        return None, None, {}
    parameters = {}
    for pair in (query or "").split("&"):
        name, _, value = pair.partition("=")
        parameters.setdefault(name, unescaped(value))
    return host.lower(), path or "/", parameters


def referrer_host(referrer):
    """The comparable host of a referrer, None where there is none to read."""
    host = parts(referrer)[0]
    return None if host is None else comparable_host(host)


def utm(parameters):
    """The five utm columns; absent and empty are the same: None."""
    return tuple(parameters.get(name) or None for name in UTM)


def click_id(parameters):
    """`<name>=<value>` of the first known click id that is there and not empty, else None."""
    for name in CLICK_IDS:
        if parameters.get(name):
            return f"{name}={parameters[name]}"
    return None
