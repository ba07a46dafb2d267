"""Generated requests against an instance of its own, every answer checked against the API's description."""
