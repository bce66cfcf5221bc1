"""A small denoiser for images: a U-Net of two levels, about 0.17 million weights at width 32.

It predicts the clean image with the scalings of Karras et al. 2022 (table 1): D = c_skip x + c_out F(
c_in x, ln(s)/4), in the Brownian gauge, s = sigma^2 t. PyTorch 1.13 (Debian 12) or newer."""
import math

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    """Two 3 x 3 convolutions with a shift and a scale by the noise level, and a way around."""

    def __init__(self, inputs, outputs, embedding):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norms = nn.ModuleList([nn.GroupNorm(8, outputs), nn.GroupNorm(8, outputs)])
        self.modulate = nn.Linear(embedding, 2 * outputs)
        self.around = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.second.weight)

    def forward(self, x, noise):
        scale, shift = self.modulate(noise)[:, :, None, None].chunk(2, 1)
        y = functional.silu(self.norms[0](self.first(x)) * (1 + scale) + shift)
        return self.around(x) + functional.silu(self.norms[1](self.second(y)))


class UNet(nn.Module):
    def __init__(self, channels=1, width=32, sigma_data=0.5, embedding=64):
        super().__init__()
        self.sigma_data = sigma_data
        self.frequencies = nn.Parameter(2 * math.pi * torch.randn(embedding // 2) / 2,
                                        requires_grad=False)
        self.embed = nn.Sequential(nn.Linear(embedding, embedding), nn.SiLU(),
                                   nn.Linear(embedding, embedding), nn.SiLU())
        self.enter = nn.Conv2d(channels, width, 3, padding=1)
        self.down = Block(width, width, embedding)
        self.halve = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.deep = Block(2 * width, 2 * width, embedding)
        self.widen = nn.Conv2d(2 * width, width, 1)
        self.up = Block(2 * width, width, embedding)
        self.leave = nn.Conv2d(width, channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def forward(self, x, s):
        """The clean mean of x (n, channels, height, width) at noise variance s (n)."""
        total = (s + self.sigma_data**2)[:, None, None, None]
        angle = s.log()[:, None] / 4 * self.frequencies
        noise = self.embed(torch.cat([angle.sin(), angle.cos()], 1))
        fine = self.down(self.enter(x / total.sqrt()), noise)
        coarse = self.deep(self.halve(fine), noise)
        wide = functional.interpolate(self.widen(coarse), size=fine.shape[-2:], mode="nearest")
        prediction = self.leave(self.up(torch.cat([fine, wide], 1), noise))
        keep = self.sigma_data**2 / total
        out = s[:, None, None, None].sqrt() * self.sigma_data / total.sqrt()
        return keep * x + out * prediction


def save(network, path, **more):
    torch.save({"state": network.state_dict(), "channels": network.enter.in_channels,
                "width": network.enter.out_channels, "sigma_data": network.sigma_data, **more}, path)


def load(path):
    stored = torch.load(path, map_location="cpu")
    network = UNet(stored["channels"], stored["width"], stored["sigma_data"])
    network.load_state_dict(stored["state"])
    return network.eval(), stored
