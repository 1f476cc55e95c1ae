"""Skills that a bundle names instead of holding a copy of them.

In its card, `skills` says of each skill where its bundle lies: "autopilot"; the skill's own name, for a folder inside;
or {"bundle": "../OTHER", "policy_sha256": ...}, a folder relative to this one, with the fingerprint of the policy.zip
that was tested with it. `name_copies` makes such names of copies, `pack` copies what is named into one folder again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.command_line import command
from agents.pilots.bundle import AUTOPILOT, CARD, POLICY, read_card
from agents.runs.run_folder import BESIDE, write_folder, write_json
from envs.base.errors import InputError

PICTURES = shutil.ignore_patterns("*.png")


def policy_sha256(bundle: Path) -> str:
    """Fingerprint of a bundle's policy.zip, as `sha256sum` prints it."""
    return hashlib.sha256((bundle / POLICY).read_bytes()).hexdigest()


def skill_folder(bundle: Path, skill: str, told: Any) -> Path:
    """The folder of a skill of `bundle`, of which its card tells `told` (not "autopilot").

    Raises InputError, one line, if it is missing or is not the policy that the card names.
    """
    if not isinstance(told, Mapping):
        if not (bundle / skill / CARD).is_file():
            raise InputError(f"{bundle}: a bundle of several skills, but its skill {skill!r} is missing")
        return bundle / skill
    name, sha256 = told.get("bundle"), told.get("policy_sha256")
    if not isinstance(name, str) or not isinstance(sha256, str):
        raise InputError(f"{bundle}/{CARD}: skills.{skill} must have the keys 'bundle' and 'policy_sha256', both text")
    folder = Path(os.path.normpath(bundle.absolute() / name))
    if not (folder / CARD).is_file() or not (folder / POLICY).is_file():
        raise InputError(
            f"{bundle}: its skill {skill!r} is the bundle {name}, which is not there; "
            f"copy a bundle elsewhere with: {command('ship', '--pack', 'BUNDLE', 'DIR')}"
        )
    if policy_sha256(folder) != sha256:
        raise InputError(f"{bundle}: its skill {skill!r} is the bundle {name}, but {POLICY} there is another by now")
    return folder


def named_skills(bundle: Path, card: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """The skills that a bundle names, each with the folder it means. Raises InputError."""
    told = card.get("skills")
    for skill, place in (told if isinstance(told, dict) else {}).items():
        if isinstance(place, Mapping):
            yield skill, skill_folder(bundle, skill, place)


def name_copies(bundle: Path, at: Path, others: Path) -> None:
    """Replace the skills inside `bundle` of which `others` holds the same policy by their names, seen from `at`.

    `at`: where the bundle will lie, in `others`. Of equal policies a bundle of their own is named before one inside a
    bundle of skills; never one at `at` itself.
    """
    card = read_card(bundle)
    shipped = {
        policy_sha256(policy.parent): policy.parent
        for depth in ("*/*", "*")  # the second overwrites the first
        for policy in sorted(others.glob(f"{depth}/{POLICY}"), reverse=True)
        if not any(part.endswith(BESIDE) for part in policy.parts) and at not in policy.parents
    }
    for skill, told in card.get("skills", {}).items():
        if told == AUTOPILOT or isinstance(told, Mapping):
            continue
        sha256 = policy_sha256(bundle / skill)
        if sha256 in shipped:
            place = Path(os.path.relpath(shipped[sha256], at)).as_posix()
            card["skills"][skill] = {"bundle": place, "policy_sha256": sha256}
            shutil.rmtree(bundle / skill)
    write_json(bundle / CARD, card)


def copy_in(bundle: Path, source: Path, within: Path | None = None) -> None:
    """Copy into `bundle` the skills that it names as seen from `source`, and name them no longer. Raises InputError.

    `within`: only those that lie there.
    """
    card = read_card(bundle)
    for skill, folder in list(named_skills(source, card)):
        if within is not None and not folder.is_relative_to(within):
            continue
        shutil.copytree(folder, bundle / skill, ignore=PICTURES)
        card["skills"][skill] = skill
    write_json(bundle / CARD, card)


def pack(bundle: Path, to: Path) -> None:
    """A copy of `bundle` at `to`, whole: one folder that flies wherever it is copied.

    Raises InputError, one line, if `to` exists or a skill that the bundle names is missing or changed.
    """
    if to.exists():
        raise InputError(f"{to}: already exists; name a new folder")
    list(named_skills(bundle, read_card(bundle)))
    with write_folder(to) as beside:
        shutil.copytree(bundle, beside, dirs_exist_ok=True)
        copy_in(beside, bundle)


def keep_named(replaced: Path, new: Path, others: Path) -> list[str]:
    """Before `new` takes the place of the bundle `replaced`: save what other bundles in `others` name of it.

    A bundle that names a skill in `replaced` whose policy `new` does not have at the same place gets its own copy of
    all that it names there. The names of the bundles changed.
    """
    changed = []
    for card_file in sorted(others.glob(f"*/{CARD}")):
        bundle = card_file.parent
        if bundle == replaced or bundle.name.endswith(BESIDE):
            continue
        for _, folder in list(named_skills(bundle, read_card(bundle))):
            if not folder.is_relative_to(replaced):
                continue
            after = new / folder.relative_to(replaced)
            if not (after / POLICY).is_file() or policy_sha256(after) != policy_sha256(folder):
                copy_in(bundle, bundle, within=replaced)
                changed.append(bundle.name)
                break
    return changed
