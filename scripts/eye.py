"""Train the tutorial's neuron to say whether the runway is in sight: `eye.py --picture eye.png`.

It looks at the 20 x 20 pixels of the camera in the nose. One hidden layer and a small convolutional net learn from the
same pictures, to show what more layers buy. All are tested on aircraft that they never saw, in fog too.
"""

from __future__ import annotations

if not __package__:  # run as a file
    import preflight  # noqa: F401 (first of all: it speaks where a package is missing)

from agents.command_line import CommandParser, writable_file
from agents.eye.options import add_picture_options, pictures_asked
from envs.base.config_file import is_path
from envs.base.errors import InputError, run_command

FEWEST, MOST = 300, 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and train; the exit status. Raises InputError for bad input."""
    parser = CommandParser(prog="eye.py", description=__doc__)
    add_picture_options(parser, usual=30_000)
    parser.add_argument("--picture", metavar="FILE", help="draw weights, pictures, errors and an approach")
    parser.add_argument("--weights", metavar="FILE", help="draw the neuron's weights alone (png)")
    parser.add_argument("--json", metavar="FILE", help="write the figures and the neuron's weights")
    parser.add_argument("--save", metavar="FILE", help="write the neuron here (yaml), for replay.py --eye FILE")
    given = parser.parse_args(arguments)
    asked = pictures_asked(given, FEWEST, MOST)
    picture, json_file, save = (writable_file(file) for file in (given.picture, given.json, given.save))
    weights = writable_file(given.weights)
    if save is not None and not is_path(save.name):
        raise InputError(f"--save {save}: a neuron's file must end in .yaml")
    if weights is not None and weights.suffix != ".png":
        raise InputError(f"--weights {weights}: a picture of the weights must end in .png")

    from agents.commands.eye import train_eyes
    from envs.base.console import plain_console
    from envs.rendering.names import check_ending

    if picture is not None:
        check_ending(picture)
    return train_eyes(
        asked.trained,
        asked.unseen,
        count=asked.pictures,
        seed=asked.seed,
        console=plain_console(highlight=False),
        picture=picture,
        weights=weights,
        json_file=json_file,
        save=save,
    )


if __name__ == "__main__":
    run_command(main)
