"""A column among very many ids: one parameter instead of one each, since thousands take longer to hand over than to find."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Lookup


class Among(Lookup):  # type: ignore[type-arg]
    """`rows.filter(Among("customer", ids))`: as `customer__in=ids`, by the same index, for columns that hold ids. `ids`
    may be shared by many conditions of one statement."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str | Any, ids: Sequence[int]) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, ids)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(list(self.rhs)))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*params, f"{{{",".join(map(str, self.rhs))}}}")
