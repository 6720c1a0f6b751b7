"""ResNets, wide ResNets and ResNeXts: the stem and the ends of the four stages, after the ReLU."""

from explorer.networks.graph import add

NODES = ("relu", "layer1", "layer2", "layer3", "layer4")
BASIC = (64, 64, 128, 256, 512)
BOTTLENECK = (64, 256, 512, 1024, 2048)

for name, title, enum, channels in (
    ("resnet18", "ResNet-18", "ResNet18_Weights", BASIC),
    ("resnet34", "ResNet-34", "ResNet34_Weights", BASIC),
    ("resnet50", "ResNet-50", "ResNet50_Weights", BOTTLENECK),
    ("resnet101", "ResNet-101", "ResNet101_Weights", BOTTLENECK),
    ("resnet152", "ResNet-152", "ResNet152_Weights", BOTTLENECK),
    ("wide_resnet50_2", "Wide ResNet-50-2", "Wide_ResNet50_2_Weights", BOTTLENECK),
    ("wide_resnet101_2", "Wide ResNet-101-2", "Wide_ResNet101_2_Weights", BOTTLENECK),
    ("resnext50_32x4d", "ResNeXt-50 32×4d", "ResNeXt50_32X4D_Weights", BOTTLENECK),
    ("resnext101_32x8d", "ResNeXt-101 32×8d", "ResNeXt101_32X8D_Weights", BOTTLENECK),
):
    add(name, title, "ResNet and ResNeXt", enum, dict(zip(NODES, channels, strict=True)))
