"""YAML as people type it into configs: plain data, each key once, numbers as YAML 1.2 writes them, of a sane size.

PyYAML follows YAML 1.1, in which `1e3` is a text, `1:59` is 119 (base 60), `010` is 8 and `2024-13-01` is an error. In
YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema) they are 1000.0, a text, 10 and a text.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Hashable
from typing import Any

import yaml

DEEPEST, MOST_NODES = 30, 200_000
"""How deeply lists and mappings may lie in each other, and how many values a file may hold, repetitions counted."""
KEPT_TEXTS, LONGEST_KEPT = 64, 100_000
"""How many texts are remembered with what they say, and of at most how many characters: the shipped configs, mostly."""

INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]{0,40})")
NUMBER = re.compile(
    r"""[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)""",
    re.VERBOSE,
)
OLD_RULES = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")


class _Loader(yaml.SafeLoader):
    """A SafeLoader that refuses what no config needs and what would only look like one."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (as PyYAML declares it)
        first: [(tag, rule) for tag, rule in rules if tag not in OLD_RULES]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0
        self._sizes: dict[int, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next value; refused where values lie too deeply in each other, or repeat each other without end."""
        if self._depth >= DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {DEEPEST} deep", problem_mark=self.peek_event().start_mark
            )
        alias = self.check_event(yaml.AliasEvent)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if alias and id(node) not in self._sizes:
            raise yaml.MarkedYAMLError(problem="a value holds itself", problem_mark=self.peek_event().start_mark)
        if node is not None and id(node) not in self._sizes:
            self._sizes[id(node)] = size = 1 + sum(self._sizes.get(id(part), 1) for part in _parts(node))
            if size > MOST_NODES:
                raise yaml.MarkedYAMLError(
                    problem=f"more than {MOST_NODES} values, aliases counted", problem_mark=node.start_mark
                )
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """YAML forbids a key twice in one mapping; PyYAML would silently take the last."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"key {key.value!r} twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(rf"(?:{INTEGER.pattern})$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(rf"(?:{NUMBER.pattern})$", re.VERBOSE), list("-+0123456789.")
)


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def parse_yaml(text: str) -> Any:
    """What a YAML text says. Raises yaml.YAMLError, with `problem` and `problem_mark`, for whatever is wrong.

    To parse the file of an aircraft takes 40 ms, most of the time that a new environment takes: the latest texts are
    remembered, and each caller gets a copy of its own.
    """
    return copy.deepcopy(_remembered(text)) if len(text) <= LONGEST_KEPT else _parse(text)


def _parse(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # a SafeLoader
    except RecursionError:
        raise yaml.MarkedYAMLError(problem=f"nested more than {DEEPEST} deep") from None
    except (ValueError, AttributeError, TypeError, LookupError) as error:  # of a tag that its value does not fit
        raise yaml.MarkedYAMLError(problem=f"a value does not fit its tag: {error}") from None


_remembered = functools.lru_cache(KEPT_TEXTS)(_parse)
