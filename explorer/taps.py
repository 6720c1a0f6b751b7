"""Chosen layers: some of a network's taps in place of all.

Links, controls and scenes carry them as one line of text, each network's own choice for itself, so
that a change of the network leaves no layer of another behind::

    alexnet:relu2,relu5;vgg16:relu3_3

A network that is not named is read at all its taps, and so is one all of whose taps are named.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.networks import NETWORKS, Network


def places(network: Network, names: Sequence[str]) -> tuple[int, ...]:
    """Which of the network's taps those are, in order of depth.

    Raises:
        ValueError: with one sentence, if there is no name, or one that is none of its taps.
    """
    known = [tap.name for tap in network.taps]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        given = f"{unknown[0]!r:.40}" if unknown else "none"
        raise ValueError(f"{network.name} has the layers {', '.join(known)}; {given} was given.")
    return tuple(i for i, name in enumerate(known) if name in names)


def line(network: Network, names: Sequence[str]) -> str:
    """The words that choose those layers of a network; empty for all of them.

    Raises:
        ValueError: see `places`.
    """
    chosen = places(network, names)
    if len(chosen) == len(network.taps):
        return ""
    return f"{network.name}:{','.join(network.taps[i].name for i in chosen)}"


def canonical(text: str) -> str:
    """The line with networks in the order of their registry and layers in order of depth.

    >>> canonical("vgg16:relu3_3;alexnet:relu5,relu2,relu5")
    'alexnet:relu2,relu5;vgg16:relu3_3'
    >>> canonical("alexnet:relu1,relu2,relu3,relu4,relu5")
    ''

    Raises:
        ValueError: with one sentence, if it is no such line.
    """
    found: dict[str, str] = {}
    for part in text.split(";") if text else ():
        name, colon, names = part.partition(":")
        if not colon or name not in NETWORKS:
            raise ValueError(
                f"{part!r:.60} names no network and layers, as in alexnet:relu2,relu5."
            )
        if name in found:
            raise ValueError(f"The layers of {name} are chosen twice.")
        found[name] = line(NETWORKS[name], names.split(","))
    return ";".join(found[name] for name in NETWORKS.names() if found.get(name))


def chosen(text: str, network: str) -> tuple[int, ...]:
    """The places of the layers that a canonical line chooses for a network; empty for all."""
    for part in text.split(";") if text else ():
        name, _, names = part.partition(":")
        if name == network:
            return places(NETWORKS[network], names.split(","))
    return ()
