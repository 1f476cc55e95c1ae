"""What scripts/validate.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from agents.command_line import writable_file
from agents.runs.run_folder import write_json
from envs.base.config_file import names_of
from envs.base.console import plain_console
from envs.base.files import write_atomically
from envs.rendering.names import check_ending
from envs.rendering.sheets.validation_table import markdown_page, print_validation, summary
from envs.validation.comparison import compare, load_answers


def report_validation(
    names: Sequence[str],
    *,
    json_file: str | None = None,
    markdown_file: str | None = None,
    picture_file: str | None = None,
    console: Console | None = None,
) -> int:
    """Compare published answers with ours, print and write them; exit code 1 when one misses without a cause.

    `names`: of configs/validation or paths, none for all. Raises InputError, one line, before anything is solved.
    """
    console = console or plain_console()
    if not console.is_terminal:
        console.width = 110  # into a file or pipe: lines as wide as the tables
    files = [load_answers(name) for name in names or names_of("validation")]
    files.sort(key=lambda file: file.aircraft is None)  # what belongs to no aircraft last
    json_path, markdown_path, picture_path = (writable_file(f) for f in (json_file, markdown_file, picture_file))
    if picture_path:
        check_ending(picture_path)
    validations = []
    for file in files:
        validations.append(compare(file))
        print_validation(validations[-1], console)
    if len(files) > 1:
        console.print(f"In all: {summary(validations)}.", highlight=False, style="bold")
    if json_path:
        write_json(json_path, {"files": [v.as_json() for v in validations]})
    if markdown_path:
        write_atomically(markdown_path, markdown_page(validations))
    if picture_path:
        from envs.rendering.sheets.validation_picture import draw_validation

        draw_validation(validations, picture_path)
    for path in (json_path, markdown_path, picture_path):
        if path:
            console.print(f"written to {path}", highlight=False, soft_wrap=True, markup=False)
    return 1 if any(v.count("MISS") for v in validations) else 0
