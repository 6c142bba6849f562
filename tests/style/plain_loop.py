"""The loop of "Dive into Deep Learning", written plainly: the second implementation of it all."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

STYLE_LAYERS, CONTENT_LAYERS = [0, 5, 10, 19, 28], [25]
WEIGHTS = (1.0, 1000.0, 10.0)  # content, style, total variation


def extract(net: nn.Module, x: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    contents, styles = [], []
    for number, layer in enumerate(net.children()):
        x = layer(x)
        if number in STYLE_LAYERS:
            styles.append(x)
        if number in CONTENT_LAYERS:
            contents.append(x)
    return contents, styles


def matrix_of(x: torch.Tensor) -> torch.Tensor:
    flat = x.reshape(x.shape[1], -1)
    return flat @ flat.T / flat.numel()


def variation(x: torch.Tensor) -> torch.Tensor:
    down = (x[:, :, 1:] - x[:, :, :-1]).abs().mean()
    right = (x[:, :, :, 1:] - x[:, :, :, :-1]).abs().mean()
    return 0.5 * (down + right)


def losses(net: nn.Module, x: torch.Tensor, contents: list[torch.Tensor],
           matrices: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the three weighted losses of a normalised picture (1, 3, H, W)."""
    own_contents, own_styles = extract(net, x)
    zero = x.new_zeros(())
    content = sum((((own - wanted) ** 2).mean() for own, wanted in
                   zip(own_contents, contents, strict=True)), zero)
    style = sum((((matrix_of(own) - wanted) ** 2).mean() for own, wanted in
                 zip(own_styles, matrices, strict=True)), zero)
    return WEIGHTS[0] * content, WEIGHTS[1] * style, WEIGHTS[2] * variation(x)


def targets(net: nn.Module, content: torch.Tensor, style: torch.Tensor
            ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    with torch.no_grad():
        contents = extract(net, content)[0]
        return contents, [matrix_of(one) for one in extract(net, style)[1]]


def paint(net: nn.Module, content: torch.Tensor, style: torch.Tensor, steps: int,
          decay_every: int = 200) -> Iterator[tuple[list[float], torch.Tensor]]:
    """Yield the losses of each step, and the picture after it."""
    contents, matrices = targets(net, content, style)
    x = nn.Parameter(content.clone())
    optimizer = torch.optim.Adam([x], lr=0.01)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, decay_every, 0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        parts = losses(net, x, contents, matrices)
        (parts[0] + parts[1] + parts[2]).backward()
        optimizer.step()
        schedule.step()
        yield [float(part.detach()) for part in parts], x.detach()
