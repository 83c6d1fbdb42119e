"""CPU time per call of authorizing a request with a valid token, compared with a fixed header.

Both run as in the flow of a call, without a network. Budget: 5 µs.
`python -m benchmarks.auth_cost`
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

from tests.support.simulation import Simulation, fake_context
from xcaas_core import ApiKey, ClientCredentials
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import Authorizer, build_authorizer
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._messages import Request
from xcaas_core.sansio._steps import Flow

CALLS: Final = 50_000
ROUNDS: Final = 7
BUDGET: Final = 5e-6

SCHEMES: Final = {
    "oauth": Scheme("oauth2", credential="client-credentials", token_url="https://api.example.com/token"),
    "key": Scheme("api-key", credential="api-key", location="header", parameter="x-api-key"),
}
PRODUCT: Final = Product("sample", title="Sample", servers=(), schemes=SCHEMES, package="sample")


def authorized_flow(authorizer: Authorizer) -> Callable[[Request], Flow[object]]:
    """Return the authorizing part of a call's flow."""

    def flow(request: Request) -> Flow[object]:
        return (yield from authorizer.authorize(request, deadline=None))

    return flow


def fixed_header_flow(request: Request) -> Flow[object]:
    request.headers["authorization"] = "Bearer fixed"
    return None
    yield


def seconds_per_call(flow: Callable[[Request], Flow[object]]) -> float:
    """Return CPU seconds per call, in the best of several rounds."""
    headers = {"accept": "application/json", "user-agent": "bench", "accept-encoding": "gzip", "x-request-id": "1"}
    best = float("inf")
    for _ in range(ROUNDS):
        request = Request("GET", "https://api.example.com/things", dict(headers))
        start = time.process_time()
        for _ in range(CALLS):
            try:
                next(flow(request))
            except StopIteration:
                pass
        best = min(best, (time.process_time() - start) / CALLS)
    return best


def main() -> int:
    simulation = Simulation()
    base = seconds_per_call(fixed_header_flow)
    print(f"fixed header: {base * 1e6:.2f} µs")
    within_budget = True
    for name, credential in (("oauth", ClientCredentials("id", "secret")), ("key", ApiKey("key"))):
        context = fake_context(time.monotonic, random=random.random)
        authorizer = build_authorizer(PRODUCT, ((name,),), CredentialSet.parse(credential), context=context)
        assert authorizer is not None
        simulation.call(authorizer.authorize(Request("GET", "https://api.example.com", {}), deadline=None))
        added = seconds_per_call(authorized_flow(authorizer)) - base
        within_budget = within_budget and added < BUDGET
        print(f"{type(credential).__name__}: {added * 1e6:.2f} µs more (budget {BUDGET * 1e6:.0f} µs)")
    return 0 if within_budget else 1


if __name__ == "__main__":
    raise SystemExit(main())
