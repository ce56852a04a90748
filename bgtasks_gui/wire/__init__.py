"""What crosses the socket: shapes, routes and the JSON codec."""
