"""Rooms: everybody in a class votes on the same trials. Kept in one SQLite file.

A room is joined with its code and led with a secret; whoever joins gets a token. The file holds
their hashes, which trials the room asks, and the votes: no name, no address, nothing of a browser.
A vote that was acknowledged is on the disk: the server may be killed the moment after.
"""

from explorer.rooms.codes import ALPHABET, CODE_LENGTH, tidy
from explorer.rooms.state import RoomError, State, Watched
from explorer.rooms.store import LIFETIME, MOST_ROOMS, MOST_VOTERS, STEPS, Rooms, rooms_file

__all__ = [
    "ALPHABET",
    "CODE_LENGTH",
    "LIFETIME",
    "MOST_ROOMS",
    "MOST_VOTERS",
    "Rooms",
    "RoomError",
    "STEPS",
    "State",
    "Watched",
    "rooms_file",
    "tidy",
]
