"""Jobs that run at the server, and the pollers that follow them."""
