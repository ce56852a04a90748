"""Tables of rows that sort, filter and say what changed; no proxies in between."""
