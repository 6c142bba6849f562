"""Bushings and cable terminations: conductors that pass from a vessel or cable into the air."""

from __future__ import annotations

import numpy as np

from vision.infrared.scenes.devices.built import Built, cap, flag, flange, ring, rods, stud
from vision.infrared.scenes.parts import Part
from vision.infrared.scenes.profiles import Section, ball, column, sheds, straight
from vision.infrared.scenes.surfaces import PAINT, POLYMER, PORCELAIN, Surface


def gis_bushing(rng: np.random.Generator, load: float) -> Built:
    """A long tapered insulator on the flanged, gas-filled pipe of a GIS, with a ring on top."""
    length, core = rng.uniform(1.7, 2.5), rng.uniform(0.13, 0.17)
    kind, surface = _housing(rng)
    pipe, drop = core * rng.uniform(1.7, 2.1), rng.uniform(0.35, 0.7)
    warm = rng.uniform(0.3, 2.5) * load
    sections = [
        Section(drop, straight(pipe), "flange", PAINT, 0.4 * warm), flange(1.25 * pipe, "flange"),
        Section(0.12, straight(pipe, 1.4 * core), "flange"),
        Section(length, sheds(int(length * rng.uniform(11, 15)), core, 1.5 * core, kind,
                              rng.uniform(0.6, 0.75), rng.choice([1.0, 0.75])),
                "insulator", surface, 0.3 * warm),
        flange(0.85 * core), stud(0.04, 0.22, warm=warm)]
    top = drop + length + 0.24
    loop = core * rng.uniform(1.7, 2.4)
    elbow = column((-1.2 * pipe, -0.6 * pipe, 0), [
        flange(1.25 * pipe, length=0.08), Section(2.4 * pipe - 0.16, ball(pipe), "", PAINT),
        flange(1.25 * pipe, length=0.08)], np.array([1.0, 0, 0]))
    parts: list[Part] = [*column((0, 0, 0), sections), *elbow, *ring(top - 0.12, loop, 0.03),
                         _shoe(rng, top, warm)]
    return Built(parts, [np.array([0, top + 0.15, 0])], 3 * pipe, top + 0.2)


def neutral_bushing(rng: np.random.Generator, load: float) -> Built:
    """A short, stubby bushing of a few large sheds with a flat terminal."""
    length, core = rng.uniform(0.42, 0.62), rng.uniform(0.06, 0.08)
    warm = rng.uniform(0, 1.2) * load
    sections = [
        flange(2.4 * core, "flange", 0.06, 3 * load),
        Section(0.1, straight(1.9 * core, 1.6 * core), "flange", PAINT, 2 * load),
        Section(length, sheds(int(rng.integers(4, 7)), core, 2.1 * core, "bell", 0.92),
                "insulator", PORCELAIN, 1.2 * load),
        cap(1.3 * core, 0.09, "terminal", warm), stud(0.03, 0.08, warm=warm)]
    top = length + 0.33
    strap = flag((0, top - 0.02, 0), rng.choice([-1, 1]) * 0.22, "terminal", warm, 0.07)
    return Built([*column((0, 0, 0), sections), strap], [np.array([0, top, 0])], 5 * core,
                 top + 0.06)


def bushing(rng: np.random.Generator, load: float) -> Built:
    """A porcelain bushing of medium voltage: turret, sheds, oil cup and stud."""
    length, core = rng.uniform(0.95, 1.5), rng.uniform(0.09, 0.12)
    hot, warm = rng.uniform(2, 6) * load, rng.uniform(0.3, 2.5) * load
    count = int(length * rng.uniform(9, 13))
    sections = [
        Section(rng.uniform(0.12, 0.25), straight(1.9 * core), "flange", PAINT, hot),
        flange(2.3 * core, "flange", 0.05, hot),
        Section(0.1, straight(1.7 * core, 1.5 * core), "flange", PAINT, 0.7 * hot),
        Section(length, sheds(count, core, 1.9 * core, "porcelain", rng.uniform(0.78, 0.95)),
                "insulator", PORCELAIN, np.linspace(0.6 * hot, 0.3 * warm, 10 * count)),
        flange(1.15 * core), Section(0.2, straight(1.1 * core), "", PAINT, warm),
        cap(1.1 * core, 0.05, "", warm), stud(0.035, 0.2, warm=warm)]
    parts = column((0, 0, 0), sections)
    top = float(parts[-1].end[1])
    return Built([*parts, _shoe(rng, top, warm)], [np.array([0, top, 0])], 5 * core, top + 0.05)


def high_voltage_bushing(rng: np.random.Generator, load: float) -> Built:
    """A tall tapered bushing on a wide turret, with a shielding sphere at its head."""
    length, core = rng.uniform(2.4, 3.4), rng.uniform(0.17, 0.22)
    hot, warm = rng.uniform(3, 8) * load, rng.uniform(0.3, 3) * load
    count = int(length * rng.uniform(9, 12))
    turret, shield = core * rng.uniform(2.1, 2.6), core * rng.uniform(1.5, 1.9)
    kind, surface = _housing(rng)
    sections = [
        Section(rng.uniform(0.3, 0.6), straight(turret), "turret", PAINT, hot),
        flange(1.15 * turret, "turret", 0.08, hot),
        Section(0.3, straight(1.9 * core, 1.5 * core), "turret", PAINT, 0.6 * hot),
        Section(length, sheds(count, core, 1.55 * core, kind, rng.uniform(0.55, 0.7)),
                "insulator", surface, np.linspace(0.5 * hot, 0.3 * warm, 10 * count)),
        Section(0.9 * shield, ball(shield), "", PAINT, 0.4 * warm),
        Section(0.16, straight(0.55 * core), "terminal", PAINT, warm),
        stud(0.05, 0.25, warm=warm)]
    parts = column((0, 0, 0), sections)
    top = float(parts[-1].end[1])
    return Built([*parts, _shoe(rng, top, warm)], [np.array([0, top, 0])], 2.3 * turret,
                 top + 0.05)


def power_cable(rng: np.random.Generator, load: float) -> Built:
    """A cable termination: a slim cable, its stress cone, sheds of polymer and a lug."""
    length, cable = rng.uniform(0.7, 1.1), rng.uniform(0.04, 0.055)
    down, swing = rng.uniform(0.9, 1.5), rng.uniform(-0.5, 0.5)
    core, warm = 1.3 * cable, rng.uniform(0.5, 4) * load
    sections = [
        Section(0.3, straight(cable, 2.2 * cable), "stress cone", POLYMER, 0.8 * warm),
        flange(2.6 * cable, "stress cone", 0.05),
        Section(length, sheds(int(length * rng.uniform(11, 15)), core, 2.3 * core, "polymer",
                              rng.uniform(0.75, 0.9)), "insulator", POLYMER, 0.4 * warm),
        Section(0.09, straight(0.9 * core), "terminal", PAINT, warm),
        stud(0.022, 0.16, warm=warm)]
    bend = np.linspace(0, 1, 9)
    run = np.stack([swing * bend**3, -down * bend, 0 * bend], 1)
    parts = column((0, 0, 0), sections)
    top = float(parts[-1].end[1])
    return Built([rods(run, radius=cable, surface=POLYMER, warm=0.8 * warm), *parts],
                 [np.array([0, top, 0])], 0.4, top)


def _housing(rng: np.random.Generator) -> tuple[str, Surface]:
    """Return the shape of the sheds and what they are made of."""
    return [("porcelain", PORCELAIN), ("polymer", POLYMER), ("bell", PORCELAIN)][rng.integers(3)]


def _shoe(rng: np.random.Generator, top: float, warm: float) -> Part:
    """Return the clamp that holds the conductor at the top."""
    return flag((0, top - 0.12, 0), rng.choice([-1, 1]) * rng.uniform(0.15, 0.28), "terminal",
                warm)
