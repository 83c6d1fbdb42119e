"""Jobs on the server, and the pollers that follow them."""
