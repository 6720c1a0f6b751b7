"""The networks that are tested at length; all the others are run once, in `tests/networks`."""

FEW = ("alexnet", "squeezenet1_1", "squeezenet1_1_caffe", "vgg16")
