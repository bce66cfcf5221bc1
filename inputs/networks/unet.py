"""A small denoiser for images: a U-Net of three levels, about 0.3 million weights at width 24.

It predicts the clean image with the scalings of Karras et al. 2022 (table 1), around the mean image
m of the training data: D = m + c_skip (x - m) + c_out F(c_in (x - m), ln(s)/4, class), in the Brownian
gauge, s = sigma^2 t. Far above the data's variance it is then right before any training. The class is
optional: one row of the embedding stands for "any", and trains on a tenth of the images (Ho & Salimans
2022), so that one network serves with and without. PyTorch 1.13 (Debian 12) or newer."""
import math

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    """Two 3 x 3 convolutions with a shift and a scale by noise level and class, and a way around."""

    def __init__(self, inputs, outputs, embedding):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norms = nn.ModuleList([nn.GroupNorm(8, outputs), nn.GroupNorm(8, outputs)])
        self.modulate = nn.Linear(embedding, 2 * outputs)
        self.around = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.second.weight)

    def forward(self, x, knowledge):
        scale, shift = self.modulate(knowledge)[:, :, None, None].chunk(2, 1)
        y = functional.silu(self.norms[0](self.first(x)) * (1 + scale) + shift)
        return self.around(x) + functional.silu(self.norms[1](self.second(y)))


def widened(coarse, fine):
    return functional.interpolate(coarse, size=fine.shape[-2:], mode="nearest")


class UNet(nn.Module):
    def __init__(self, mean, width=24, sigma_data=0.3, classes=0, embedding=64):
        """mean: image (channels, height, width); sigma_data: root mean variance of a pixel around it."""
        super().__init__()
        channels = len(mean)
        self.sigma_data, self.classes = sigma_data, classes
        self.register_buffer("mean", mean.clone())
        self.frequencies = nn.Parameter(2 * math.pi * torch.randn(embedding // 2) / 2,
                                        requires_grad=False)
        self.embed = nn.Sequential(nn.Linear(embedding, embedding), nn.SiLU(),
                                   nn.Linear(embedding, embedding))
        self.of_class = nn.Embedding(classes + 1, embedding)  # the last row: any
        nn.init.zeros_(self.of_class.weight)
        self.enter = nn.Conv2d(channels, width, 3, padding=1)
        self.fine = Block(width, width, embedding)
        self.halve = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.middle = Block(2 * width, 2 * width, embedding)
        self.quarter = nn.Conv2d(2 * width, 3 * width, 3, stride=2, padding=1)
        self.coarse = Block(3 * width, 3 * width, embedding)
        self.to_middle = nn.Conv2d(3 * width, 2 * width, 1)
        self.up_middle = Block(4 * width, 2 * width, embedding)
        self.to_fine = nn.Conv2d(2 * width, width, 1)
        self.up_fine = Block(2 * width, width, embedding)
        self.leave = nn.Conv2d(width, channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def descend(self, x, s, label):
        """What is known of noise and class, and the three levels of the image."""
        angle = s.log()[:, None] / 4 * self.frequencies
        if label is None:
            label = torch.full((len(x),), self.classes)
        knowledge = functional.silu(self.embed(torch.cat([angle.sin(), angle.cos()], 1)) +
                                    self.of_class(label))
        scaled = (x - self.mean) / (s + self.sigma_data**2).sqrt()[:, None, None, None]
        fine = self.fine(self.enter(scaled), knowledge)
        middle = self.middle(self.halve(fine), knowledge)
        return knowledge, fine, middle, self.coarse(self.quarter(middle), knowledge)

    def features(self, x, s):
        """Channels of the coarsest level, each averaged over the image: what it sees in images."""
        return self.descend(x, s, None)[-1].mean((2, 3))

    def forward(self, x, s, label=None):
        """The clean mean of x (n, channels, height, width) at noise variance s (n), of class `label` (n)
        or, where that is None or `classes`, of any."""
        knowledge, fine, middle, coarse = self.descend(x, s, label)
        middle = self.up_middle(
            torch.cat([middle, widened(self.to_middle(coarse), middle)], 1), knowledge)
        fine = self.up_fine(torch.cat([fine, widened(self.to_fine(middle), fine)], 1), knowledge)
        total = (s + self.sigma_data**2)[:, None, None, None]
        keep = self.sigma_data**2 / total
        out = s[:, None, None, None].sqrt() * self.sigma_data / total.sqrt()
        return self.mean + keep * (x - self.mean) + out * self.leave(fine)


class Classifier(nn.Module):
    """Tells the classes of clean images apart, by features in which a Gaussian does not pass for an image.
    Three convolutions that halve the image, the mean and the maximum of each channel, one linear layer."""

    def __init__(self, channels, classes, width=32):
        super().__init__()
        widths = [channels, width, 2 * width, 2 * width]
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(widths, widths[1:])])
        self.norms = nn.ModuleList([nn.BatchNorm2d(b) for b in widths[1:]])
        self.decide = nn.Linear(4 * width, classes)

    def features(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = functional.relu(norm(convolution(x)))
        return torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)

    def forward(self, x):
        return self.decide(self.features(x))


def save(network, path, **more):
    torch.save({"state": network.state_dict(), "width": network.enter.out_channels,
                "sigma_data": network.sigma_data, "classes": network.classes, **more}, path)


def load(path):
    """The network, its classifier (None: it was trained without) and all that the file holds."""
    stored = torch.load(path, map_location="cpu")
    network = UNet(stored["state"]["mean"], stored["width"], stored["sigma_data"], stored["classes"])
    network.load_state_dict(stored["state"])
    classifier = None
    if "classifier" in stored:
        classifier = Classifier(len(network.mean), network.classes)
        classifier.load_state_dict(stored["classifier"])
        classifier.eval()
    return network.eval(), classifier, stored
