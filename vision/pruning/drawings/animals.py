"""Birds, cats, deer, dogs, frogs and horses; whole bodies look right."""

from __future__ import annotations

import numpy as np

from vision.pruning.drawings.brush import Brush, Colour, Point, Subject, pick, shade

Random = np.random.Generator
BLACK, WHITE = (22, 20, 20), (245, 244, 240)


def bird(brush: Brush, random: Random) -> None:
    """A songbird on a twig: round body, wing, tail and beak."""
    back = pick(random, (60, 100, 170), (150, 95, 60), (70, 70, 75), (190, 60, 45), (110, 130, 60))
    breast = pick(random, (225, 150, 85), (235, 225, 205), (230, 200, 90))
    brush.line((85, 65, 48), 3, (2, 84), (98, 79))
    brush.polygon(shade(back, 0.75), (32, 56), (2, 78), (8, 86), (40, 68))
    brush.line((150, 110, 60), 2, (46, 70), (46, 83))
    brush.line((150, 110, 60), 2, (56, 70), (56, 83))
    brush.ellipse(back, (48, 53), 26, 19, -25)
    brush.ellipse(breast, (57, 57), 17, 14, -25)
    brush.ellipse(shade(back, 0.7), (38, 55), 20, 9, -20)
    brush.ellipse(back, (69, 33), 13, 12)
    brush.polygon((235, 165, 50), (80, 29), (95, 34), (80, 38))
    brush.ellipse(WHITE, (73, 30), 3.4, 3.4)
    brush.ellipse(BLACK, (73.5, 30), 2.2, 2.2)


def cat(brush: Brush, random: Random) -> None:
    """A sitting cat from the front: pointed ears, slit eyes, whiskers, a curled tail."""
    fur = pick(random, (225, 145, 70), (120, 118, 118), (60, 58, 60), (215, 200, 175))
    dark, light = shade(fur, 0.6), shade(fur, 1.3)
    brush.line(fur, 7, (68, 86), (88, 82), (92, 66), (86, 54))
    brush.ellipse(fur, (50, 74), 24, 25)
    brush.ellipse(light, (50, 76), 12, 18)
    for x in (38, 62):
        brush.ellipse(fur, (x, 93), 8, 5)
    brush.polygon(fur, (23, 36), (22, 3), (48, 20))
    brush.polygon(fur, (77, 36), (78, 3), (52, 20))
    brush.polygon((225, 150, 145), (28, 28), (27, 11), (40, 20))
    brush.polygon((225, 150, 145), (72, 28), (73, 11), (60, 20))
    brush.ellipse(fur, (50, 36), 28, 23)
    for x in (42, 50, 58):
        brush.line(dark, 2, (x, 15), (x, 24))
    _cat_face(brush, pick(random, (165, 200, 80), (235, 190, 60)), light)


def _cat_face(brush: Brush, eyes: Colour, light: Colour) -> None:
    brush.ellipse(light, (50, 46), 11, 8)
    for x in (38, 62):
        brush.ellipse(eyes, (x, 35), 6, 5)
        brush.ellipse(BLACK, (x, 35), 1.6, 4.6)
    brush.polygon((215, 110, 115), (46, 42), (54, 42), (50, 47))
    for side in (-1, 1):
        for slope in (-3, 1, 5):
            brush.line(WHITE, 1, (50 + 10 * side, 46), (50 + 34 * side, 45 + slope))


def dog(brush: Brush, random: Random) -> None:
    """A dog's head and chest: hanging ears, a long muzzle, a tongue and a collar."""
    fur = pick(random, (190, 140, 85), (120, 80, 50), (225, 205, 170), (90, 85, 82))
    ear, light = shade(fur, 0.6), shade(fur, 1.35)
    brush.polygon(fur, (26, 100), (33, 62), (67, 62), (74, 100))
    brush.ellipse(light, (50, 92), 13, 16)
    brush.ellipse(fur, (50, 36), 26, 27)
    brush.polygon(light, (46, 10), (54, 10), (57, 45), (43, 45))
    brush.ellipse(ear, (21, 40), 9, 26, 10)
    brush.ellipse(ear, (79, 40), 9, 26, -10)
    brush.polygon((200, 45, 45), (31, 66), (69, 66), (70, 73), (30, 73))
    brush.ellipse((225, 110, 120), (50, 66), 6, 11)
    brush.ellipse(light, (50, 52), 17, 13)
    brush.ellipse(BLACK, (50, 45), 7.5, 5.5)
    brush.line(BLACK, 1.6, (50, 50), (50, 57))
    brush.line(BLACK, 1.6, (40, 58), (50, 60), (60, 58))
    for x in (38, 62):
        brush.ellipse(WHITE, (x, 30), 4.6, 4.6)
        brush.ellipse(BLACK, (x, 30.5), 3.2, 3.6)


def frog(brush: Brush, random: Random) -> None:
    """A squatting frog from the front: eyes on top, a wide mouth, folded legs."""
    skin = pick(random, (95, 160, 60), (120, 150, 55), (65, 130, 75), (150, 135, 70))
    dark, belly = shade(skin, 0.65), (225, 225, 165)
    for side in (-1, 1):
        brush.ellipse(dark, (50 + 33 * side, 68), 14, 20, 25 * side)
        brush.ellipse(skin, (50 + 30 * side, 90), 16, 5)
    brush.ellipse(skin, (50, 64), 33, 28)
    brush.ellipse(belly, (50, 73), 21, 18)
    for side in (-1, 1):
        brush.line(dark, 6, (50 + 16 * side, 70), (50 + 13 * side, 92))
        brush.ellipse(dark, (50 + 13 * side, 93), 8, 3)
        brush.ellipse(skin, (50 + 18 * side, 27), 12, 12)
        brush.ellipse((240, 220, 90), (50 + 18 * side, 25), 8, 8)
        brush.ellipse(BLACK, (50 + 18 * side, 25), 5.5, 3.6)
    brush.ellipse(skin, (50, 44), 32, 19)
    brush.line(dark, 2.4, (21, 46), (35, 54), (50, 56.5), (65, 54), (79, 46))
    for x in (46, 54):
        brush.ellipse(dark, (x, 40), 1.2, 1.2)
    for x, y in random.uniform((26, 32), (74, 40), (4, 2)):
        brush.ellipse(dark, (x, y), 2.2, 1.8)


def deer(brush: Brush, random: Random) -> None:
    """A stag: slender legs, long neck, antlers, a white tail and spots."""
    coat = pick(random, (175, 115, 65), (150, 105, 70), (190, 135, 85))
    dark = shade(coat, 0.7)
    _legs(brush, shade(coat, 0.85), dark, 3.4, 58, 97, (24, 32, 56, 63))
    brush.ellipse(WHITE, (15, 50), 4, 7, 20)
    brush.ellipse(coat, (42, 54), 28, 13)
    brush.polygon(coat, (56, 46), (70, 22), (80, 26), (70, 62))
    brush.ellipse(coat, (80, 23), 12, 6.5, 18)
    brush.polygon(dark, (70, 20), (60, 13), (66, 23))
    brush.ellipse(BLACK, (91, 27), 2.4, 2.2)
    brush.ellipse(BLACK, (79, 21), 1.8, 1.8)
    horn = (225, 205, 165)
    for lean in (-1, 1):
        brush.line(horn, 2.4, (73, 17), (70 + 8 * lean, 8), (66 + 15 * lean, -4))
        brush.line(horn, 2.2, (70 + 8 * lean, 8), (74 + 14 * lean, 3))
        brush.line(horn, 2.2, (68 + 11 * lean, 2), (62 + 8 * lean, -4))
    for x, y in random.uniform((24, 46), (56, 56), (7, 2)):
        brush.ellipse((240, 225, 195), (x, y), 1.7, 1.4)


def horse(brush: Brush, random: Random) -> None:
    """A horse: strong body and neck, long face, mane and flowing tail."""
    coat = pick(random, (130, 75, 40), (85, 55, 40), (60, 56, 56), (215, 210, 200), (165, 110, 60))
    mane = pick(random, (40, 30, 26), (30, 28, 28), (225, 205, 160))
    _legs(brush, shade(coat, 0.85), BLACK, 5.5, 58, 96, (22, 31, 59, 67))
    brush.line(mane, 7, (14, 46), (6, 58), (6, 78))
    brush.ellipse(coat, (42, 51), 31, 16)
    brush.ellipse(coat, (22, 48), 13, 15)
    brush.polygon(coat, (52, 40), (70, 10), (84, 18), (73, 62))
    brush.polygon(mane, (46, 40), (56, 18), (72, 4), (74, 12), (60, 34), (54, 44))
    brush.polygon(coat, (70, 10), (80, 8), (98, 33), (95, 40), (88, 39), (76, 27))
    brush.polygon(coat, (72, 12), (73, 1), (79, 10))
    brush.ellipse(shade(coat, 0.6), (94, 36), 4, 3.6, 30)
    brush.ellipse(BLACK, (81, 18), 2, 2)


def _legs(brush: Brush, coat: Colour, hoof: Colour, width: float, top: float, ground: float,
          places: tuple[float, ...]) -> None:
    for number, x in enumerate(places):
        bend = x + (2.5 if number % 2 else -2.5)
        leg: list[Point] = [(x, top), (bend, (top + ground) / 2 + 4), (x, ground)]
        brush.line(coat, width, *leg)
        brush.ellipse(hoof, (x + 1, ground), width * 0.8, width * 0.5)


ANIMALS = {
    "bird": Subject(bird, ("sky", "wood", "meadow"), 0.08),
    "cat": Subject(cat, ("room", "meadow"), 0.06),
    "deer": Subject(deer, ("wood", "meadow"), 0.03),
    "dog": Subject(dog, ("meadow", "room", "street"), 0.06),
    "frog": Subject(frog, ("pond",), 0.1),
    "horse": Subject(horse, ("meadow",), 0.03),
}
