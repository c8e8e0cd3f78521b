"""Times PyTorch's training of one child, described in JSON on the command line, and prints its best configuration as JSON.

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


def network(child):
    height, width, channels = child["input"]
    layers = []
    flat = False
    for layer in child["layers"]:
        kind = layer["kind"]
        if kind == "convolution":
            kernel = (layer["height"], layer["width"])
            # Every kernel here is odd and every stride 1: same padding on both sides.
            layers += [nn.Conv2d(channels, layer["filters"], kernel, padding="same"), nn.ReLU(inplace=True)]
            channels = layer["filters"]
        elif kind == "maxPooling":
            layers.append(nn.MaxPool2d(2))
            height, width = height // 2, width // 2
        elif kind == "meanOverSpace":
            layers.append(nn.AdaptiveAvgPool2d(1))
            height, width = 1, 1
        elif kind == "dense":
            if not flat:
                layers.append(nn.Flatten())
                channels, height, width, flat = channels * height * width, 1, 1, True
            layers += [nn.Linear(channels, layer["units"]), nn.ReLU(inplace=True)]
            channels = layer["units"]
    if not flat:
        layers.append(nn.Flatten())
        channels *= height * width
    layers.append(nn.Linear(channels, 10))
    return nn.Sequential(*layers)


def images_per_second(child, channels_last, seconds=1.0):
    torch.manual_seed(1)
    height, width, channels = child["input"]
    model = network(child)
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
    cores = os.cpu_count()
    found = []
    for channels_last in [False, True]:
        layout = "channels last" if channels_last else "contiguous"
        for threads in sorted({1, cores}):
            torch.set_num_threads(threads)
            name = f"{threads} thread{'s' if threads > 1 else ''}, {layout}"
            found.append((images_per_second(child, channels_last), name))
        context = multiprocessing.get_context("spawn")
        results = context.Array("d", cores)
        workers = [context.Process(target=in_process, args=(child, channels_last, results, i)) for i in range(cores)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        found.append((sum(results), f"{cores} processes, {layout}"))
    rate, configuration = max(found)
    print(json.dumps({"imagesPerSecond": rate, "configuration": configuration}))


if __name__ == "__main__":
    main()
