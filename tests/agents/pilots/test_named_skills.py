"""Bundles of skills that name another bundle's policy: found, checked, packed whole, kept when what they name goes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.pilots.bundle import PRETRAINED
from agents.pilots.loading import load_pilot
from agents.pilots.named_skills import copy_in, keep_named, name_copies, named_skills, pack, policy_sha256
from agents.runs.run_folder import read_json, write_json
from envs.base.errors import InputError
from scripts.ship import main as ship


def one(folder: Path, policy: bytes) -> Path:
    """A bundle of one policy, as far as its files go."""
    folder.mkdir(parents=True)
    (folder / "policy.zip").write_bytes(policy)
    (folder / "picture.png").write_bytes(b"")
    write_json(folder / "card.json", card())
    return folder


def several(folder: Path, **policies: bytes) -> Path:
    """A bundle of skills, with copies of all of them inside."""
    for skill, policy in policies.items():
        one(folder / skill, policy)
    write_json(folder / "card.json", card({skill: skill for skill in policies} | {"landing": "autopilot"}))
    return folder


def card(skills: dict[str, Any] | None = None) -> dict[str, Any]:
    plain = {"format": 1, "task": "circuit", "observation_size": 3, "action_size": 4}
    return plain if skills is None else plain | {"skills": skills}


def places(bundle: Path) -> dict[str, str]:
    """{skill: the folder that the bundle names}."""
    return {skill: folder.name for skill, folder in named_skills(bundle, read_json(bundle / "card.json"))}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A pattern pilot and two bundles of skills, of which the second names all that it shares."""
    one(tmp_path / "pattern-x", b"pattern")
    several(tmp_path / "circuit-x", takeoff=b"takeoff", pattern=b"pattern")
    several(tmp_path / "landing-x", takeoff=b"takeoff", pattern=b"pattern", rollout=b"rollout")
    name_copies(tmp_path / "landing-x", tmp_path / "landing-x", tmp_path)
    return tmp_path


def test_a_copy_of_a_shipped_policy_becomes_its_name(home: Path) -> None:
    bundle = home / "landing-x"
    told = read_json(bundle / "card.json")["skills"]
    assert told["takeoff"] == {
        "bundle": "../circuit-x/takeoff",
        "policy_sha256": policy_sha256(home / "circuit-x/takeoff"),
    }
    assert told["pattern"]["bundle"] == "../pattern-x"  # rather than the one inside circuit-x
    assert told["rollout"] == "rollout"  # only it has that policy
    assert told["landing"] == "autopilot"
    assert sorted(path.name for path in bundle.iterdir() if path.is_dir()) == ["rollout"]
    assert places(bundle) == {"takeoff": "takeoff", "pattern": "pattern-x"}


def test_a_packed_bundle_holds_all_its_skills_and_can_be_moved(home: Path, tmp_path: Path) -> None:
    pack(home / "landing-x", tmp_path / "elsewhere" / "packed")
    whole = tmp_path / "elsewhere" / "packed"
    assert read_json(whole / "card.json")["skills"] == {
        "takeoff": "takeoff",
        "pattern": "pattern",
        "rollout": "rollout",
        "landing": "autopilot",
    }
    for skill in ("takeoff", "pattern", "rollout"):
        assert (whole / skill / "policy.zip").read_bytes() == skill.encode()
    assert places(home / "landing-x")["pattern"] == "pattern-x", "the bundle itself is as it was"
    with pytest.raises(InputError, match="already exists"):
        pack(home / "landing-x", whole)


def test_a_named_skill_that_is_gone_or_changed_is_one_line(home: Path, tmp_path: Path) -> None:
    moved = tmp_path / "away" / "landing-x"
    shutil.copytree(home / "landing-x", moved)
    with pytest.raises(InputError, match=r"skill 'takeoff' is the bundle \.\./circuit-x/takeoff, which is not there"):
        places(moved)
    with pytest.raises(InputError, match="not there"):
        pack(moved, tmp_path / "packed")
    assert not (tmp_path / "packed").exists()
    (home / "pattern-x" / "policy.zip").write_bytes(b"learned again")
    with pytest.raises(InputError, match=r"skill 'pattern' is the bundle .*, but policy\.zip there is another by now"):
        places(home / "landing-x")
    write_json(home / "circuit-x" / "card.json", card({"takeoff": {"bundel": "../pattern-x"}}))
    with pytest.raises(InputError, match=r"skills\.takeoff must have the keys 'bundle' and 'policy_sha256'"):
        places(home / "circuit-x")


def test_what_a_bundle_names_outlives_the_bundle_it_is_in(home: Path, tmp_path: Path) -> None:
    new = several(tmp_path / "new" / "circuit-x", takeoff=b"takeoff", pattern=b"pattern")
    assert keep_named(home / "circuit-x", new, home) == []  # the policy stays
    (new / "takeoff" / "policy.zip").write_bytes(b"learned again")
    assert keep_named(home / "circuit-x", new, home) == ["landing-x"]
    shutil.rmtree(home / "circuit-x")
    assert places(home / "landing-x") == {"pattern": "pattern-x"}
    assert (home / "landing-x" / "takeoff" / "policy.zip").read_bytes() == b"takeoff"


def test_copies_are_what_they_were_before_they_were_named(home: Path) -> None:
    bundle = home / "landing-x"
    copy_in(bundle, bundle)
    assert read_json(bundle / "card.json")["skills"]["pattern"] == "pattern"
    name_copies(bundle, bundle, home)
    assert places(bundle) == {"takeoff": "takeoff", "pattern": "pattern-x"}


def test_a_shipped_bundle_flies_the_same_packed_as_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = PRETRAINED / "landing-ultra_stick"
    skills = [skill for skill, _ in named_skills(named, read_json(named / "card.json"))]
    assert skills == ["takeoff", "pattern", "landing", "rollout"]
    assert ship(["--pack", named.name, str(tmp_path / "whole")]) == 0
    assert "packed" in capsys.readouterr().out
    pilots = [load_pilot(str(folder)) for folder in (named, tmp_path / "whole")]
    batch = np.random.default_rng(0).uniform(-1, 1, (16, len(pilots[0].names))).astype(np.float32)
    states: list[Any] = [None, None]
    for _ in range(3):
        (actions, states[0]), (again, states[1]) = (
            pilot.predict(batch, state) for pilot, state in zip(pilots, states, strict=True)
        )
        assert np.array_equal(actions, again)
        batch = -batch


@pytest.mark.parametrize("wrong", [[], ["run", "--pack", "a", "b"], ["--whole", "--pack", "a", "b"]])
def test_ship_takes_a_run_or_a_bundle_to_pack(wrong: list[str]) -> None:
    with pytest.raises(InputError, match="--help shows the usage"):
        ship(wrong)


def test_no_policy_is_shipped_twice() -> None:
    policies = [policy.read_bytes() for policy in PRETRAINED.rglob("policy.zip")]
    assert len(policies) == len(set(policies))
