"""The networks, one record each. Importing the package registers them all.

The first four are those that the page runs at its fastest; all others follow by family.
"""

# isort: off
from explorer.networks import alexnet, squeezenet, vgg16
from explorer.networks import vggs, resnets, densenets, inceptions, mobile, efficientnets
from explorer.networks import regnets, modern, shift_tolerant
from explorer.networks.graph import WithoutMemory
from explorer.networks.record import HEADS_FILE, NETWORKS, Network, PipPackage, Tap, Torchvision
# isort: on

__all__ = [
    "HEADS_FILE",
    "NETWORKS",
    "Network",
    "PipPackage",
    "Tap",
    "Torchvision",
    "WithoutMemory",
    "alexnet",
    "densenets",
    "efficientnets",
    "inceptions",
    "mobile",
    "modern",
    "regnets",
    "resnets",
    "shift_tolerant",
    "squeezenet",
    "vgg16",
    "vggs",
]
