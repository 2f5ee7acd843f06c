"""What a definition says about labels on one local date, scopes laid over it."""

_LISTS = {"channels": "ga4_default", "page_groups": [], "conversions": []}


def labels_on(definition, site, date):
    """{channels, page_groups, conversions, filters} that hold for a site on a date; the later scope wins."""
    found = {key: definition.get(key) or plain for key, plain in _LISTS.items()}
    filters = {"internal": [], "internal_mode": "flag", **(definition.get("filters") or {})}
    for scope in definition.get("scopes") or []:
        if "sites" in scope and site["site"] not in scope["sites"]:
            continue
        if scope.get("from", "") <= date <= scope.get("to", "9999"):
            found.update({key: scope[key] for key in _LISTS if key in scope})
            filters.update(scope.get("filters") or {})
    return {**found, "filters": filters}
