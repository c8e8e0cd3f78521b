"""Times PyTorch's training of one child, described in JSON on the command line, and prints its best configuration as JSON.

A second argument names the only configuration that is tried.

Tried are one thread, all threads, and one process of one thread per core, each with contiguous tensors and channels last;
the arithmetic, the batch and the optimizer are those of ChildNetBenchmark.
"""

import json
import multiprocessing
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Network(nn.Module):
    """The layers in order; what a concatenation names is kept until then."""

    def __init__(self, child):
        super().__init__()
        self.layers = child["layers"]
        self.joined = {source for layer in self.layers for source in layer.get("sources", [])}
        modules = []
        # Heights, widths and channels of the images and of every layer.
        shapes = [tuple(child["input"])]
        for layer in self.layers:
            height, width, channels = shapes[-1]
            kind = layer["kind"]
            module = nn.Identity()
            if kind == "convolution":
                kernel, stride = (layer["height"], layer["width"]), layer["stride"]
                # Every kernel here is odd: half of it around the images gives ceil(size / stride) pixels.
                padding = (kernel[0] // 2, kernel[1] // 2)
                convolution = nn.Conv2d(channels, layer["filters"], kernel, stride, padding, bias=not layer["normalized"])
                normalization = [nn.BatchNorm2d(layer["filters"])] if layer["normalized"] else []
                module = nn.Sequential(convolution, *normalization, nn.ReLU(inplace=True))
                shape = (-(-height // stride), -(-width // stride), layer["filters"])
            elif kind in ("maxPooling", "meanPooling"):
                module = nn.MaxPool2d(2) if kind == "maxPooling" else nn.AvgPool2d(2)
                shape = (height // 2, width // 2, channels)
            elif kind == "meanOverSpace":
                module, shape = nn.AdaptiveAvgPool2d(1), (1, 1, channels)
            elif kind == "dropout":
                module, shape = nn.Dropout(layer["rate"]), shapes[-1]
            elif kind == "dense":
                units = layer["units"]
                linear = nn.Linear(height * width * channels, units)
                module, shape = nn.Sequential(nn.Flatten(), linear, nn.ReLU(inplace=True), nn.Unflatten(1, (units, 1, 1))), (1, 1, units)
            elif kind == "concatenation":
                sources = [shapes[source] for source in layer["sources"]]
                shape = (max(s[0] for s in sources), max(s[1] for s in sources), sum(s[2] for s in sources))
            else:
                sys.exit(f"there is no PyTorch module here for the layer {kind}")
            modules.append(module)
            shapes.append(shape)
        self.modules_in_order = nn.ModuleList(modules)
        height, width, channels = shapes[-1]
        self.classes = nn.Linear(height * width * channels, 10)

    def forward(self, x):
        kept = {0: x}
        for number, (layer, module) in enumerate(zip(self.layers, self.modules_in_order), start=1):
            x = self.join(kept, layer["sources"]) if layer["kind"] == "concatenation" else module(x)
            if number in self.joined:
                kept[number] = x
        return self.classes(torch.flatten(x, 1))

    @staticmethod
    def join(kept, sources):
        maps = [kept[source] for source in sources]
        height, width = max(m.shape[2] for m in maps), max(m.shape[3] for m in maps)

        def framed(m):
            down, right = height - m.shape[2], width - m.shape[3]
            return functional.pad(m, (right // 2, right - right // 2, down // 2, down - down // 2)) if down or right else m

        return torch.cat([framed(m) for m in maps], dim=1)


def images_per_second(child, channels_last, seconds=0.7):
    torch.manual_seed(1)
    height, width, channels = child["input"]
    model = Network(child)
    images = torch.randn(child["batch"], channels, height, width)
    labels = torch.randint(10, (child["batch"],))
    if channels_last:
        model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-4, nesterov=True)
    loss_of = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_of(model(images), labels).backward()
        optimizer.step()

    for _ in range(3):
        step()
    best = 0.0
    for _ in range(3):
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            step()
            steps += 1
        best = max(best, steps * child["batch"] / (time.perf_counter() - start))
    return best


def in_process(child, channels_last, results, place):
    torch.set_num_threads(1)
    results[place] = images_per_second(child, channels_last)


def main():
    child = json.loads(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else None
    cores = os.cpu_count()
    found = []
    for channels_last in [False, True]:
        layout = "channels last" if channels_last else "contiguous"
        for threads in sorted({1, cores}):
            name = f"{threads} thread{'s' if threads > 1 else ''}, {layout}"
            if only not in (None, name):
                continue
            torch.set_num_threads(threads)
            found.append((images_per_second(child, channels_last), name))
        name = f"{cores} processes, {layout}"
        if only not in (None, name):
            continue
        context = multiprocessing.get_context("spawn")
        results = context.Array("d", cores)
        workers = [context.Process(target=in_process, args=(child, channels_last, results, i)) for i in range(cores)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        found.append((sum(results), name))
    rate, configuration = max(found)
    print(json.dumps({"imagesPerSecond": rate, "configuration": configuration}))


if __name__ == "__main__":
    main()
