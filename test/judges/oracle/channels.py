"""Where a session came from: source, medium, and GA4's default channel group over them."""

import json
import re
from pathlib import Path

_LIST = Path(__file__).parents[3] / "shared" / "core" / "labels" / "source-categories.json"
CATEGORIES = json.loads(_LIST.read_text("utf-8"))

# Public suffixes of two labels that generated hosts may have; others are taken to have one.
LONG_SUFFIXES = frozenset({"co.uk", "co.jp", "com.au"})

_CLICK_SOURCES = {
    "gclid": "google",
    "gbraid": "google",
    "wbraid": "google",
    "dclid": "google",
    "msclkid": "bing",
    "fbclid": "facebook",
    "ttclid": "tiktok",
    "twclid": "twitter",
}
_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$", re.DOTALL)
_SHOPPING = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$", re.DOTALL)


def listed(name):
    """(entry, category) that the source-category list has for a source: itself, its parents, the first label
    of its registrable domain; None when it has none."""
    labels = name.split(".")
    candidates = [".".join(labels[at:]) for at in range(len(labels))]
    suffix = 2 if ".".join(labels[-2:]) in LONG_SUFFIXES else 1
    if len(labels) > suffix:
        candidates.append(labels[-suffix - 1])
    for candidate in candidates:
        if candidate in CATEGORIES:
            return candidate, CATEGORIES[candidate]
    return None


def source_and_medium(utm, click, external_host):
    """(source, medium) of a session from its first event: utm tuple (source, medium, campaign, ..) with None
    for absent, click id as `<name>=<value>`, host of an external referrer."""
    source, medium, campaign = utm[:3]
    if source or medium or campaign:
        return source or "(not set)", medium or "(not set)"
    if click:
        return _CLICK_SOURCES[click.split("=", 1)[0]], "cpc"
    if external_host:
        entry = listed(external_host)
        if entry and entry[1] == "search":
            return entry[0], "organic"
        return external_host, "referral"
    return "(direct)", "(none)"


def channel_of(source, medium, campaign):
    """GA4's default channel for a source, a medium and a campaign (or None)."""
    source, medium, campaign = source.lower(), medium.lower(), (campaign or "").lower()
    entry = listed(source)
    category = entry[1] if entry else None
    paid = bool(_PAID.search(medium))
    shopping = category == "shopping" or bool(_SHOPPING.search(campaign))
    rules = (
        ("Direct", source == "(direct)" and medium in ("(none)", "(not set)")),
        ("Cross-network", "cross-network" in campaign),
        ("Paid Shopping", shopping and paid),
        ("Paid Search", category == "search" and paid),
        ("Paid Social", category == "social" and paid),
        ("Paid Video", category == "video" and paid),
        ("Display", medium in ("display", "banner", "expandable", "interstitial", "cpm")),
        ("Paid Other", paid),
        ("Organic Shopping", shopping),
        (
            "Organic Social",
            category == "social"
            or medium in ("social", "social-network", "social-media", "sm", "social network", "social media"),
        ),
        ("Organic Video", category == "video" or "video" in medium),
        ("Organic Search", category == "search" or medium == "organic"),
        ("Referral", medium in ("referral", "app", "link")),
        ("Email", any(word in ("email", "e-mail", "e_mail", "e mail") for word in (source, medium))),
        ("Affiliates", medium in ("affiliate", "affiliates")),
        ("Audio", medium == "audio"),
        ("SMS", "sms" in (source, medium)),
        (
            "Mobile Push Notifications",
            medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase",
        ),
    )
    return next((name for name, holds in rules if holds), "Unassigned")
