"""YAML as configs hold it: numbers of YAML 1.2, and no text that takes the machine's memory or raises anything else."""

from __future__ import annotations

import math

import pytest
import yaml

from envs.base.yaml_text import MOST_NODES, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e1", 10.0),
        ("1e300", 1e300),
        ("3e-4", 3e-4),
        ("1.5E+3", 1500.0),
        ("-.5", -0.5),
        (".inf", math.inf),
        ("1_000", 1000),
        ("0", 0),
        ("010", 10.0),
        ("1:59", "1:59"),  # YAML 1.1 reads 119, base 60
        ("2024-13-01", "2024-13-01"),  # YAML 1.1 raises ValueError: no such month
        ("e5", "e5"),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("~", None),
        ("[1, 2e3, {a: b}]", [1, 2000.0, {"a": "b"}]),
        ("[&one {a: 1}, *one]", [{"a": 1}, {"a": 1}]),
    ],
)
def test_a_value_is_what_yaml_1_2_says(text: str, value: object) -> None:
    read = parse_yaml(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "twice"),
        ("[" * 31 + "]" * 31, "nested"),
        ("[" * 100_000, "nested"),
        ("{a: " * 5_000, "nested"),
        ("a: &a [*a]", "holds itself"),
        ("!!int ten", "tag"),
        ("!!float ''", "tag"),
        ("!!timestamp yesterday", "tag"),
        ("!!python/object/apply:os.getcwd []", "constructor"),
        ("a: [", "expected"),
        ("a: *b", "undefined alias"),
        ("--- 1\n--- 2", "another document"),
        ("a: \x00", ""),
        ("? [1]\n: 2", "unhashable"),
    ],
)
def test_what_is_wrong_is_a_yaml_error_and_nothing_else(text: str, said: str) -> None:
    with pytest.raises(yaml.YAMLError) as error:
        parse_yaml(text)
    assert said in (getattr(error.value, "problem", None) or "")


def test_aliases_of_aliases_are_counted_before_they_fill_the_memory() -> None:
    laughs = "a0: &a0 [x]\n" + "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]\n" for k in range(1, 12))
    with pytest.raises(yaml.YAMLError) as error:
        parse_yaml(laughs)
    assert f"more than {MOST_NODES} values" in getattr(error.value, "problem", "")


def test_each_caller_gets_a_copy_of_its_own() -> None:
    first = parse_yaml("{a: [1, 2]}")
    first["a"].append(3)
    assert parse_yaml("{a: [1, 2]}") == {"a": [1, 2]}
