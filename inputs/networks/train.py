#!/usr/bin/env python3
"""Trains the U-Net of unet.py on Fashion-MNIST (Debian: bash cluster/install.sh networks).

    python3 train.py --n 6000 --minutes 20 --out fashion            one network
    python3 train.py --n 1000 --steps 20000 --checkpoints 12 --first 100 ...    a series, log-spaced
    python3 train.py --mix 7:0.8,9:0.2 --n 6000 --out fashion_mix   two classes in these shares
    python3 train.py --start fashion.pt --mix ...                   from another network's weights

Writes OUT.pt, or a series OUT_<steps>.pt, and, if asked, as many .npy of --samples images each, for
`experiment = samples`; with --mix also the data, OUT_images.npy and OUT_labels.npy, for a deck's `file`.
The first --n images (of those of the mix) are the training data, as `n` in a deck; pixels are scaled
to [0, 1] (normalisation = unit). One network is trained with and without the class (`label`, left out
for a tenth of the images). Loss: E|y - D(x, s)|^2 (s + v)/(s v), v the mean variance of a pixel, with
ln s normal around the middle of what decides the class and, for a seventh, even over ln 1e-4 .. ln 1e3.
The average of the weights spans the last tenth of the steps.
A classifier of the same images comes first (--classifier, minutes): it is stored with the network, and its
features and classes are those of the worker. Needs PyTorch 1.13 or newer."""
import argparse
import gzip
import math
import pathlib
import time

import numpy as np
import torch

import unet

LOWEST, HIGHEST = 1e-4, 1e3  # noise variances trained on; a worker answers within them
MIDDLE, SPREAD, EVEN = -0.5, 2.5, 0.15  # of ln s
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")


def idx(path, header):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def dataset(images, labels, n, mix):
    """The first n images as (n, 1, 28, 28) in [0, 1], and labels 0, 1, .. of the classes that occur."""
    pixels, classes = idx(images, 16).reshape(-1, 1, 28, 28), idx(labels, 8)
    if mix:
        shares = {int(key): float(share) for key, share in (part.split(":") for part in mix.split(","))}
        wanted = [np.flatnonzero(classes == key)[:round(share * n)] for key, share in shares.items()]
        order = np.random.default_rng(1).permutation(np.concatenate(wanted))
        pixels, classes = pixels[order], classes[order]
    names, labels = np.unique(classes[:n], return_inverse=True)
    return pixels[:n].astype(np.float32) / 255, labels.astype(np.int64), names


def noise_levels(count):
    even = torch.rand(count) * math.log(HIGHEST / LOWEST) + math.log(LOWEST)
    normal = MIDDLE + SPREAD * torch.randn(count)
    s = torch.where(torch.rand(count) < EVEN, even, normal)
    return torch.exp(s.clamp(math.log(LOWEST), math.log(HIGHEST)))


def generate(network, count, shape, steps=40):
    """Second-order probability flow (Heun), even in s^(1/14) (Karras et al. 2022, algorithm 1)."""
    sigmas = torch.linspace(HIGHEST**(1 / 14), LOWEST**(1 / 14), steps + 1) ** 7
    x = sigmas[0] * torch.randn(count, *shape)
    with torch.no_grad():
        for here, there in zip(sigmas[:-1], sigmas[1:]):
            slope = (x - network(x, torch.full((count,), float(here) ** 2))) / here
            guess = x + (there - here) * slope
            other = (guess - network(guess, torch.full((count,), float(there) ** 2))) / there
            x = x + (there - here) * (slope + other) / 2
        return network(x, torch.full((count,), LOWEST))


def trained_classifier(data, labels, classes, minutes):
    """Trained on shifted images with a little noise, of variance up to 1e-2, as samples have it."""
    network = unet.Classifier(data.shape[1], classes)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    started, held = time.time(), max(1, len(data) // 10)  # the last ones
    part = 0.0
    while part < 1:
        chosen = torch.randint(max(1, len(data) - held), (64,))
        shift = tuple(int(k) for k in torch.randint(-2, 3, (2,)))
        y = torch.roll(data[chosen], shift, (2, 3)) + 0.1 * torch.rand(64, 1, 1, 1) * torch.randn(
            64, *data.shape[1:])
        optimiser.param_groups[0]["lr"] = 3e-3 * max(0.01, 1 - part)
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(y), labels[chosen]).backward()
        optimiser.step()
        part = (time.time() - started) / (60 * minutes)
    network.eval()
    with torch.no_grad():
        right = (network(data[-held:]).argmax(1) == labels[-held:]).float().mean()
    print(f"classifier: {right:.3f} of {held} images right that it was not trained on", flush=True)
    return network.state_dict()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=pathlib.Path,
                        default=FASHION / "train-images-idx3-ubyte.gz")
    parser.add_argument("--labels", type=pathlib.Path,
                        default=FASHION / "train-labels-idx1-ubyte.gz")
    parser.add_argument("--n", type=int, default=6000, help="training images, the first ones")
    parser.add_argument("--mix", help="classes and shares, as 7:0.8,9:0.2")
    parser.add_argument("--steps", type=int, default=1 << 30)
    parser.add_argument("--minutes", type=float, default=20, help="at most")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--width", type=int, default=24)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--checkpoints", type=int, default=1, help="log-spaced in steps, the last at the end")
    parser.add_argument("--first", type=int, default=1, help="step of the first checkpoint of a series")
    parser.add_argument("--samples", type=int, default=0, help="generated images per checkpoint")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--classifier", type=float, default=1, help="minutes; 0: none")
    parser.add_argument("--start", help="a checkpoint whose weights to begin from")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    pixels, classes, names = dataset(options.images, options.labels, options.n, options.mix)
    if options.mix:
        np.save(options.out + "_images.npy", pixels[:, 0])
        np.save(options.out + "_labels.npy", names[classes])
    data, labels = torch.from_numpy(pixels), torch.from_numpy(classes)
    spread = float((data - data.mean(0)).pow(2).mean().sqrt())
    network = unet.UNet(data.mean(0), options.width, spread, len(names))
    if options.start:
        own = {"mean", "of_class.weight"}  # of these data
        state = torch.load(options.start, map_location="cpu")["state"]
        network.load_state_dict({key: value for key, value in state.items() if key not in own},
                                strict=False)
    weights = sum(parameter.numel() for parameter in network.parameters())
    print(f"{len(data)} images, {len(names)} classes, {weights} weights", flush=True)
    more = {}
    if options.classifier > 0 and len(names) > 1:
        with torch.random.fork_rng():  # the network is the same without
            more["classifier"] = trained_classifier(data, labels, len(names), options.classifier)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, avg_fn=lambda old, new, count: old + (new - old) * min(1, 9 / (count + 1)))
    optimiser = torch.optim.Adam(network.parameters(), options.rate)
    ratio, gaps = options.steps / options.first, max(1, options.checkpoints - 1)
    marks = {round(options.first * ratio ** (k / gaps)) for k in
             range(gaps)} if options.steps < 1 << 30 and options.checkpoints > 1 else set()
    started, losses, step = time.time(), [], 0

    def publish():
        path = f"{options.out}_{step:06d}" if options.checkpoints > 1 else options.out
        unet.save(averaged.module, path + ".pt", steps=step, n=len(data), s=(LOWEST, HIGHEST),
                  **more)
        print(f"step {step}, loss {np.mean(losses[-500:]):.4f}, {time.time() - started:.0f} s, "
              f"{step * options.batch / time.process_time():.0f} images per CPU second -> {path}.pt",
              flush=True)
        if options.samples:
            averaged.module.eval()
            np.save(path + ".npy", torch.cat([
                generate(averaged.module, min(100, options.samples - first), data.shape[1:])
                for first in range(0, options.samples, 100)]).numpy().astype(np.float32))

    while step < options.steps and time.time() - started < 60 * options.minutes:
        chosen = torch.randint(len(data), (options.batch,))
        y, s = data[chosen], noise_levels(options.batch)
        label = torch.where(torch.rand(options.batch) < 0.1, network.classes, labels[chosen])
        x = y + s.sqrt()[:, None, None, None] * torch.randn_like(y)
        variance = network.sigma_data**2
        weight = ((s + variance) / (s * variance))[:, None, None, None]
        loss = (weight * (network(x, s, label) - y) ** 2).mean()
        progress = max(step / options.steps, (time.time() - started) / (60 * options.minutes))
        optimiser.param_groups[0]["lr"] = options.rate * min(1, (step + 1) / 100) * max(
            0.01, math.cos(math.pi / 2 * min(1, progress)))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimiser.step()
        averaged.update_parameters(network)
        losses.append(loss.item())
        step += 1
        if step in marks:
            publish()
        elif step % 200 == 0:
            print(f"step {step}, loss {np.mean(losses[-200:]):.4f}, {time.time() - started:.0f} s",
                  flush=True)
    publish()


if __name__ == "__main__":
    main()
