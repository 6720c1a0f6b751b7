"""The networks, one record each. Importing the package registers them all."""

from explorer.networks import alexnet, squeezenet, vgg16
from explorer.networks.record import NETWORKS, Network, PipPackage, Tap, Torchvision

__all__ = [
    "NETWORKS",
    "Network",
    "PipPackage",
    "Tap",
    "Torchvision",
    "alexnet",
    "squeezenet",
    "vgg16",
]
