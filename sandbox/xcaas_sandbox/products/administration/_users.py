"""Users. Writes are accepted at once; a user name that is taken fails the operation."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Final

from ..._examples import response_example
from ..._replies import Problem, Reply
from ..._store import Store, members, values_at
from ._jobs import CUSTOMER
from ._lists import scroll_page

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call, Handler
    from ..._specs import Node, Product
    from ._jobs import Jobs

__all__ = ["Users"]

_PEOPLE: Final = ("Ada Byron", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Ken Thompson", "Radia Perlman")


class Users:
    """Accounts. The first one has the id of the spec's example."""

    def __init__(self, product: Product, clock: Clock, jobs: Jobs, sites: Store) -> None:
        self._clock = clock
        self._jobs = jobs
        self._sites = sites
        self._extensions = itertools.count(5001)
        self.store = Store("user", "uS")
        example = response_example(product, "getUser")
        for index, person in enumerate(_PEOPLE):
            user = copy.deepcopy(example)
            user_id = example["basicInfo"]["userId"] if index == 0 else self.store.new_id()
            first, last = person.split()
            name = f"{first}.{last}@acme.example".lower()
            user["basicInfo"] |= {"userId": user_id, "userName": name, "primaryEmail": name}
            user["basicInfo"] |= {"firstName": first, "lastName": last}
            user["serviceInfo"]["extensions"][0] |= {"id": f"eX{1001 + index}", "extensionNumber": str(1001 + index)}
            self.store.put(user_id, user)
        self.handlers: dict[str, Handler] = {
            "listUsers": self.list,
            "createUser": self.create,
            "getUser": lambda call: Reply(self.store.get(call.parameter("userId"))),
            "updateUser": self.replace,
            "deleteUser": self.delete,
        }

    def list(self, call: Call) -> Reply:
        return scroll_page(call, self.store.rows(), self._clock, prefix="basicInfo.")

    def create(self, call: Call) -> Reply:
        user: Node = call.json()

        def effect() -> str:
            self._check(user, None)
            user_id = self.store.new_id()
            self._put(user_id, user, created=self._clock.stamp())
            return user_id

        return self._jobs.accept("USER", "CREATE", None, effect)

    def replace(self, call: Call) -> Reply:
        user_id, user = call.parameter("userId"), call.json()
        old = self.store.get(user_id)["basicInfo"]

        def effect() -> str:
            self._check(user, user_id)
            if values_at(user, "basicInfo.site.id") not in ([], values_at(old, "site.id")):
                raise _invalid_field("basicInfo.site.id", "A user cannot move to another site")
            self._put(user_id, user, created=old["createdTime"])
            return user_id

        return self._jobs.accept("USER", "UPDATE", user_id, effect)

    def delete(self, call: Call) -> Reply:
        user_id = call.parameter("userId")

        def effect() -> str:
            if user_id in self.store:
                self.store.remove(user_id)
            return user_id

        return self._jobs.accept("USER", "DELETE", user_id, effect)

    def extension(self, extension_id: str | None, number: str | None) -> Node | None:
        """Return the user with an extension as a member of a ring group, or None."""
        for user in self.store.rows():
            for extension in members(user, "serviceInfo", "extensions"):
                if extension.get("id") == extension_id or extension.get("extensionNumber") == number:
                    basic_info = user["basicInfo"]
                    return {
                        "userId": basic_info["userId"],
                        "extensionId": extension["id"],
                        "extensionNumber": extension.get("extensionNumber"),
                        "firstName": basic_info["firstName"],
                        "lastName": basic_info["lastName"],
                    }
        return None

    def _check(self, user: Node, own_id: str | None) -> None:
        basic_info = user["basicInfo"]
        for other in self.store.rows():
            other_info = other["basicInfo"]
            if other_info["userId"] != own_id and other_info["userName"].lower() == basic_info["userName"].lower():
                raise _invalid_field("basicInfo.userName", "The user name is taken")
        for site_id in values_at(basic_info, "site.id"):
            if site_id not in self._sites:
                raise _invalid_field("basicInfo.site.id", f"There is no site {site_id}")

    def _put(self, user_id: str, user: Node, *, created: str) -> None:
        stored = self.store.put(user_id, user)
        basic_info = stored["basicInfo"]
        basic_info |= {"userId": user_id, "customerId": CUSTOMER, "createdTime": created}
        basic_info["lastUpdatedTime"] = self._clock.stamp()
        if basic_info.get("site"):
            site = self._sites.get(basic_info["site"]["id"])
            basic_info["site"] |= {"name": site["name"], "pbxName": site["pbxName"]}
        for extension in members(stored, "serviceInfo", "extensions"):
            extension.setdefault("id", f"eX{next(self._extensions)}")


def _invalid_field(field: str, message: str) -> Problem:
    return Problem(400, message, code="VALIDATION_ERROR", field=field)
