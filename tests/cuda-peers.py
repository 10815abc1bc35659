#!/usr/bin/env python3
"""What PyTorch with cuDNN does on this machine's device with the cells of cuda-bench: forward, a training step with
autograd, the same step as a captured graph, and the golden case. Prints a table in Markdown."""
import sys

try:
    import torch
except ImportError:
    sys.exit("no PyTorch here")
if not torch.cuda.is_available():
    sys.exit("PyTorch sees no device here")

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True
ROUNDS = 7


def timed(work, times):
    """Seconds on the device of one of some calls: the median of some rounds."""
    for _ in range(3):
        work()
    seconds = []
    for _ in range(ROUNDS):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(times):
            work()
        end.record()
        torch.cuda.synchronize()
        seconds.append(begin.elapsed_time(end) / 1000 / times)
    return sorted(seconds)[ROUNDS // 2]


def step_of(x, y, weight, rate):
    def step():
        loss = ((torch.nn.functional.conv2d(x, weight) - y) ** 2).sum()
        (gradient,) = torch.autograd.grad(loss, weight)
        with torch.no_grad():
            weight.sub_(rate * gradient)
    return step


def captured(step):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def main():
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name()}.\n")
    print("| what | image | kernel | ms |\n| --- | --- | --- | --- |")
    for side in [int(s) for s in sys.argv[1:]] or [4096, 8192]:
        x = torch.rand(1, 1, side, side, device="cuda")
        for k in (3, 5, 7, 9, 11, 15, 31, 63):
            weight = torch.zeros(1, 1, k, k, device="cuda", requires_grad=True)
            y = torch.rand(1, 1, side - k + 1, side - k + 1, device="cuda")
            step = step_of(x, y, weight, 1e-12)
            with torch.no_grad():
                forward = timed(lambda: torch.nn.functional.conv2d(x, weight), 5)
            cells = [("forward", forward), ("step", timed(step, 3)), ("step, graph", timed(captured(step), 3))]
            for what, seconds in cells:
                print(f"| {what} | {side}×{side} | {k}×{k} | {1000 * seconds:.4f} |", flush=True)
            del weight, y
    x = torch.ones(1, 1, 6, 8, device="cuda")
    x[..., 2:6] = 0
    y = torch.nn.functional.conv2d(x, torch.tensor([[[[1.0, -1.0]]]], device="cuda"))
    weight = torch.zeros(1, 1, 1, 2, device="cuda", requires_grad=True)
    step = step_of(x, y, weight, 3e-2)
    print(f"\nGolden case, 100 epochs: {1000 * 100 * timed(step, 100):.4f} ms; as a graph "
          f"{1000 * 100 * timed(captured(step), 100):.4f} ms.")


main()
