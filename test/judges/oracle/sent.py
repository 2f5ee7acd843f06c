"""Event objects as clients send them: urls, referrers, clocks that are wrong, copies, ids used twice."""

OWN_HOST = "shop.example.com"
SITE_HOSTS = [OWN_HOST, "m.shop.example.com"]

_PATHS = ("/", "/a", "/b/c", "/product/1", "/product/caf%C3%A9", "/cart", "/é", "/a//b/../c")
_CAMPAIGNS = (
    "utm_source=news&utm_medium=email&utm_campaign=spring%20sale",
    "utm_source=news&utm_medium=email&utm_campaign=spring+sale",
    "utm_source=news&utm_medium=email",
    "utm_source=Google&utm_medium=CPC&utm_campaign=brand",
    "utm_source=google&utm_medium=cpc&utm_campaign=brand",
    "utm_campaign=brand",
    "utm_source=&utm_medium=&utm_campaign=",
    "utm_source=&utm_source=late&utm_medium=banner",
    "utm_source=a%zzb%2&utm_medium=sm",
    "utm_medium=cpm&x=1&utm_source=youtube.com",
    "utm_term=shoes&utm_content=top",
    "utm_source=amazon&utm_medium=referral&utm_campaign=winter-shop&utm_term=%E9%9D%B4",
    "UTM_SOURCE=loud",
)
_CLICKS = ("gclid=1", "gclid=2", "fbclid=f%20x", "twclid=t&msclkid=m", "gclid=&dclid=d", "ttclid=")
_REFERRERS = (
    f"https://{OWN_HOST}/a",
    "https://WWW.Shop.Example.COM/x?utm_source=no",
    "https://www.google.com/search?q=1",
    "https://news.google.co.uk/",
    "https://duckduckgo.com/",
    "https://m.facebook.com/",
    "https://Partner.example.org/page",
    "https://www.partner.example.org/other",
    "https://shop.partner.example.org/",
    "https://pay.example.net/done",
    "https://youtube.com/watch?v=1",
    "not a referrer",
)
_MALFORMED = ("/a/relative?utm_source=x", "no url at all", "https://", "mailto:a@example.com")
_RARE_KINDS = ("screen_view", "impression", "identify", "mail_open", "mail_delivery")
_KINDS = ("page_view",) * 10 + ("event",) * 4 + _RARE_KINDS
_PROPERTIES = ({"size": "XL", "b": {"z": 1, "a": [1, None, "é"]}}, {"B": True, "a": False}, {"size": "S"})
_NAMES = ("purchase", "sign_up", "app_launch", "click")


def event(chance, plain=None):
    """What one event says, without id, visitor and time. A plain one is of that kind, or engagement, and has
    nothing that a rule could look at."""
    if plain and chance.random() < 0.1:
        return {"type": "engagement", "value": 1000}
    if plain:
        return {"url": _url(chance, True)} if plain == "page_view" else {"type": plain}
    kind = "engagement" if chance.random() < 0.16 else chance.choice(_KINDS)
    said = {}
    if kind == "page_view":
        said["url"] = _url(chance)
        if chance.random() < 0.5:
            said["type"] = kind
    elif kind == "event":
        said["name"] = chance.choice(_NAMES)
        if chance.random() < 0.5:
            said["type"] = kind
    else:
        said["type"] = kind
        if kind == "screen_view" or chance.random() < 0.2:
            said["name"] = chance.choice(("home", "list", *_NAMES))
    if kind == "identify" or chance.random() < 0.08:
        said["user"] = chance.choice(("u1", "u2", "üser"))
    if kind == "engagement":
        said["value"] = chance.choice((0, 1, 999, 1000, 15_000, 30_001))
    elif chance.random() < 0.15:
        said["value"] = chance.choice((0, -3, 12.5, 49.9, 1e9))
    if kind != "page_view" and chance.random() < 0.5:
        said["url"] = _url(chance)
    if chance.random() < 0.25:
        said["referrer"] = chance.choice(_REFERRERS)
    if chance.random() < 0.2:
        said["title"] = chance.choice(("Home", "Größe: \"XL\"", "名前", "it's"))
    if chance.random() < 0.2:
        said["properties"] = chance.choice(_PROPERTIES)
    if chance.random() < 0.05:
        said["colour"] = "red"
    return said


def _url(chance, plain=False):
    if plain:
        return f"https://{OWN_HOST}{chance.choice(_PATHS)}"
    if chance.random() < 0.04:
        return chance.choice(_MALFORMED)
    query = []
    if chance.random() < 0.22:
        query.append(chance.choice(_CAMPAIGNS))
    if chance.random() < 0.1:
        query.append(chance.choice(_CLICKS))
    if chance.random() < 0.2:
        query.insert(0, "q=1")
    host = chance.choice((OWN_HOST, OWN_HOST, f"www.{OWN_HOST}", "M.Shop.Example.com"))
    url = f"https://{host}{chance.choice(_PATHS)}"
    if query:
        url += "?" + "&".join(query)
    if chance.random() < 0.06:
        url += "#utm_source=fragment&gclid=9"
    return url


def clocks(chance, time, delay):
    """(time as the client says it or None, sent_at, received) such that the event's true time is `time`, a
    beacon that arrives `delay` ms after it."""
    received = time + delay
    kind = chance.random()
    if kind < 0.72:
        return time, None, received
    if kind < 0.8:
        return time + chance.choice((0.25, 0.999)), None, received
    if kind < 0.88:
        return time, received + chance.choice((0, 1, -1, 59_999, -60_000, 60_000)), received
    if kind < 0.95:
        skew = chance.choice((60_001, -60_001, 3_600_000, -3_600_000, 30 * 3_600_000))
        return time - skew, received - skew, received
    return None, None, time


def identifier(chance, style, number):
    """An event id of a visitor; styles sort unlike the order of time, some unlike UTF-16."""
    if style == "rising":
        return f"{number:04}"
    if style == "random":
        return f"{chance.getrandbits(48):012x}"
    letter = chance.choice(("\ufffd", "😀", "é", "Z", "a", "'", ""))
    return f"{letter}{chance.randint(0, 99)}.{number}"
