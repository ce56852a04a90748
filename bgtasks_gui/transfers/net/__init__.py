"""Connections: sockets, TLS and proxies, one for each transfer and none shared."""
