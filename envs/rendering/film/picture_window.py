"""A window that shows pictures, by pygame (extra `window`); the only file beside the sticks' devices to import it."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Generator
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from envs.base.errors import InputError

WITHOUT_SCREEN = ("offscreen",)  # what SDL falls back to where there is no screen: nobody would see it


def pygame_module() -> ModuleType:
    """Pygame, without its greeting. Raises InputError, one line, where it is not installed."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it uses what setuptools is about to drop
            import pygame
    except ImportError:
        raise InputError('a window needs pygame: pip install -e ".[window]" (or pip install pygame)') from None
    return pygame


@contextlib.contextmanager
def _screen(pygame: ModuleType) -> Generator[None]:
    """The display of a block that opens a window on it; shut again where there is no screen (InputError, one line)."""
    asked = os.environ.get("SDL_VIDEODRIVER", "")
    try:
        pygame.display.init()
        if pygame.display.get_driver() in WITHOUT_SCREEN and pygame.display.get_driver() != asked:
            raise InputError("a window needs a screen, and there is none here (no DISPLAY or WAYLAND_DISPLAY)")
        yield
    except pygame.error as error:
        pygame.display.quit()
        raise InputError(f"a window needs a screen: {error}") from None
    except InputError:
        pygame.display.quit()
        raise


def check_screen() -> None:
    """Raise InputError, one line, where no window can open: before other work is begun."""
    pygame = pygame_module()
    with _screen(pygame):
        pass
    pygame.display.quit()


class PictureWindow:
    """Shows pictures (height, width, 3) uint8, scaled to the window, which the user may resize.

    Raises InputError without pygame or without a screen. Closing and keys are events of pygame: `pressed` or
    others (agents/sticks/devices.py) read them.
    """

    def __init__(self, title: str, width: int, height: int) -> None:
        self._pygame = pygame = pygame_module()
        with _screen(pygame):
            self._surface = pygame.display.set_mode((width, height), pygame.RESIZABLE)
        pygame.display.set_caption(title)

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Put a picture on the screen, as large as fits."""
        pygame = self._pygame
        height, width = picture.shape[:2]
        image = pygame.image.frombuffer(np.ascontiguousarray(picture), (width, height), "RGB")
        screen = pygame.display.get_surface() or self._surface
        wide, high = screen.get_size()
        scale = min(wide / width, high / height)
        if scale != 1.0:
            image = pygame.transform.smoothscale(image, (max(1, round(scale * width)), max(1, round(scale * height))))
            screen.fill((10, 12, 16))
        screen.blit(image, ((wide - image.get_width()) // 2, (high - image.get_height()) // 2))
        pygame.display.flip()

    def pressed(self) -> list[str]:
        """The names of the keys pressed since the last call, as pygame calls them; "quit" where it was closed."""
        pygame, names = self._pygame, list[str]()
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                names.append("quit")
            elif event.type == pygame.KEYDOWN:
                names.append(str(pygame.key.name(event.key)))
        return names

    def close(self) -> None:
        """Close the window. Safe to call twice."""
        self._pygame.display.quit()
