"""The test client's manners over a real connection to a running instance."""

from typing import Any

import httpx

from tests.client import Answer
from tests.instance import Instance


class HttpClient:
    """One caller with one role; may be used from many threads."""

    def __init__(self, instance: Instance, role: str = "admin", sub: str = "") -> None:
        self.instance = instance
        headers = {"authorization": f"Bearer {instance.token(role, sub)}"}
        limits = httpx.Limits(max_connections=64)
        self.http = httpx.Client(base_url=instance.base_url, headers=headers, limits=limits, timeout=60)

    def as_(self, _role: str, **_scope: Any) -> "HttpClient":
        return self

    def signed_in(self, role: str, sub: str) -> "HttpClient":
        """Somebody else: a doctor, a patient."""
        return HttpClient(self.instance, role, sub)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """A POST; headers are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._answer(self.http.post(path, json=body, headers=named))

    def put(self, path: str, body: Any = None) -> Answer:
        return self._answer(self.http.put(path, json=body))

    def delete(self, path: str) -> Answer:
        return self._answer(self.http.delete(path))

    def get(self, path: str, **query: Any) -> Answer:
        return self._answer(self.http.get(path, params=query))

    def _answer(self, reply: httpx.Response) -> Answer:
        return Answer(reply.status_code, dict(reply.headers), reply.text)
