"""Sites and their addresses. Addresses are written at once; an equal one is not added again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from ..._examples import response_example
from ..._replies import Problem, Reply
from ..._store import Store, values_at
from ._lists import number_page, scroll_page

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call, Handler
    from ..._specs import Node, Product
    from ._jobs import Jobs

__all__ = ["Addresses", "Sites"]

_CITIES: Final = (("Campbell", "CA"), ("Austin", "TX"), ("Boise", "ID"), ("Salem", "OR"), ("Tulsa", "OK"))
_USES: Final = ("customer", "site", "userPersonal", "userExtension", "trunk", "operatorConnect", "license")
_FIELDS: Final = (
    "organization", "building", "streetNumber", "streetName", "dependentStreet", "secondaryLocation", "city",
    "dependentCity", "state", "county", "postal", "zip4", "country",
)  # fmt: skip
_SITES: Final = ("Headquarters", "Warehouse", "Branch North", "Branch South", "Call Center")


class Addresses:
    """Civic addresses. The first one has the id of the spec's example, and is that of the sites."""

    def __init__(self, product: Product, clock: Clock, sites: Store) -> None:
        self._clock = clock
        self._sites = sites
        self.store = Store("address")
        example = response_example(product, "getAddress")
        for index, (city, state) in enumerate(_CITIES):
            fields = {**example, "city": city, "state": state}
            address_id = example["id"] if index == 0 else str(uuid.uuid5(uuid.NAMESPACE_DNS, city))
            self._put(address_id, {name: value for name, value in fields.items() if name in _FIELDS})
        self.handlers: dict[str, Handler] = {
            "listAddresses": self.list,
            "createAddress": self.create,
            "getAddress": lambda call: Reply(self._with_usage(self.store.get(call.parameter("addressId")))),
            "deleteAddress": self.delete,
        }

    def list(self, call: Call) -> Reply:
        rows = [self._with_usage(row) for row in self.store.rows()]
        return scroll_page(call, rows, self._clock)

    def create(self, call: Call) -> Reply:
        fields: Node = call.json()
        if len(fields["country"]) != 2 or not fields["country"].isupper():
            raise Problem(400, "country has two capital letters", code="VALIDATION_ERROR", field="country")
        for row in self.store.rows():
            if {name: row[name] for name in _FIELDS if name in row} == fields:
                return Reply(self._with_usage(row))
        address_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"address {self.store.new_id()}"))
        return Reply(self._with_usage(self._put(address_id, fields)))

    def delete(self, call: Call) -> Reply:
        row = self.store.get(call.parameter("addressId"))
        if any(self._with_usage(row)["addressUsage"].values()):
            raise Problem(400, "The address is in use", code="BAD_REQUEST")
        self.store.remove(row["id"])
        return Reply(status=204)

    def _put(self, address_id: str, fields: Node) -> Node:
        street = " ".join(fields[name] for name in ("streetNumber", "streetName") if fields.get(name))
        town = " ".join(fields[name] for name in ("state", "postal") if fields.get(name))
        parts = [street, fields.get("city"), town, fields["country"]]
        generated = {"id": address_id, "displayForm": ", ".join(part for part in parts if part)}
        return self.store.put(
            address_id, {**fields, **generated, "createdTime": self._clock.stamp(), "origin": "ADMIN_API"}
        )

    def _with_usage(self, row: Node) -> Node:
        site_count = sum(site["address"].get("id") == row["id"] for site in self._sites.rows())
        return {**row, "addressUsage": {**dict.fromkeys(_USES, 0), "site": site_count}}


class Sites:
    """Locations. They need an existing address, and cannot be deleted while they have users."""

    def __init__(self, product: Product, jobs: Jobs, store: Store, *, addresses: Store, users: Store) -> None:
        self._jobs = jobs
        self._addresses = addresses
        self._users = users
        self.store = store
        example = response_example(product, "getSite")
        for index, name in enumerate(_SITES):
            site_id = example["id"] if index == 0 else store.new_id()
            store.put(site_id, {**example, "id": site_id, "name": name, "siteCode": str(21 + index)})
        self.handlers: dict[str, Handler] = {
            "listSites": self.list,
            "createSite": self.create,
            "getSite": lambda call: Reply(store.get(call.parameter("siteId"))),
            "updateSite": self.replace,
            "deleteSite": self.delete,
        }

    def list(self, call: Call) -> Reply:
        condition, sort = call.query.get("filter"), call.query.get("sort", "")
        if condition and (not condition.startswith("name==") or any(mark in condition for mark in ";,")):
            raise Problem(400, "filter takes name== and a name only", code="VALIDATION_ERROR", field="filter")
        if sort.lstrip("+-") not in ("", "name"):
            raise Problem(400, "sort takes name or -name only", code="VALIDATION_ERROR", field="sort")
        return number_page(call, self.store.rows(), condition=condition, keys=[sort])

    def create(self, call: Call) -> Reply:
        site: Node = call.json()
        self._check_code(site, None)

        def effect() -> str:
            self._check_address(site)
            site_id = self.store.new_id()
            self.store.put(site_id, {**site, "id": site_id})
            return site_id

        return self._jobs.accept("SITE", "CREATE", None, effect)

    def replace(self, call: Call) -> Reply:
        site_id, site = call.parameter("siteId"), call.json()
        old = self.store.get(site_id)
        self._check_code(site, site_id)
        if site["pbxName"] != old["pbxName"]:
            raise Problem(400, "pbxName cannot change", code="VALIDATION_ERROR", field="pbxName")

        def effect() -> str:
            self._check_address(site)
            self.store.put(site_id, {**site, "id": site_id})
            return site_id

        return self._jobs.accept("SITE", "UPDATE", site_id, effect)

    def delete(self, call: Call) -> Reply:
        site_id = call.parameter("siteId")
        self.store.get(site_id)

        def effect() -> str:
            if any(site_id in values_at(user, "basicInfo.site.id") for user in self._users.rows()):
                raise Problem(400, "Users are attached to the site", code="BAD_REQUEST")
            self.store.remove(site_id)
            return site_id

        return self._jobs.accept("SITE", "DELETE", site_id, effect)

    def _check_code(self, site: Node, own_id: str | None) -> None:
        code = site.get("siteCode")
        if code and any(row["id"] != own_id and row.get("siteCode") == code for row in self.store.rows()):
            raise Problem(409, f"Site code {code} is taken", code="CONFLICT", field="siteCode")

    def _check_address(self, site: Node) -> None:
        address_id = site["address"].get("id")
        if address_id not in self._addresses:
            raise Problem(400, f"There is no address {address_id}", code="VALIDATION_ERROR", field="address.id")
