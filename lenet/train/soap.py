"""The optimizer: Adam, in directions that the gradients themselves choose.

N. Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024, algorithm 3. Adam divides each
weight's step by how large its gradients usually are, as if weights had nothing to do with each other. A layer's
weights have: its inputs rise and fall together. SOAP follows how rows and columns of each weight matrix
vary together, turns the gradient into the axes of that, takes Adam's step there and turns it back. The
paper of 1998 did the same in the small: its learning rates came from the curvature of each weight (appendix C).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn


class SOAP(torch.optim.Optimizer):
    """Adam with decoupled weight decay, in the slowly turning eigenbasis of Shampoo's preconditioner.

    Weights of more than two dimensions count as matrices, one row for each output; for vectors SOAP is Adam.
    The first gradient only sets the axes: a step along axes made from that very gradient would be all sign.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 3e-3,
        betas: tuple[float, float] = (0.95, 0.99),
        weight_decay: float = 0.01,
        every: int = 20,  # steps between two turns of the axes: a turn costs as much as some steps
    ) -> None:
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "every": every})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Change every parameter by its gradient."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                gradient = parameter.grad.reshape(parameter.grad.shape[0], -1)
                state = self.state[parameter]
                if not state:
                    state.update(_start(gradient, group["betas"][1], turned=parameter.ndim > 1))
                    continue
                change = _change(gradient, state, group["betas"], group["every"])
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(change.reshape(parameter.shape), alpha=-group["lr"])
        return loss


def _start(gradient: Tensor, beta2: float, turned: bool) -> dict[str, Any]:
    state: dict[str, Any] = {
        "step": 0,
        "mean": torch.zeros_like(gradient),
        "square": torch.zeros_like(gradient),
    }
    if turned:
        for name, moments in (("row", gradient @ gradient.T), ("column", gradient.T @ gradient)):
            axes = torch.linalg.eigh(moments)[1].flip(
                1
            )  # the largest eigenvalue's first, as `_turned` wants it
            state |= {f"{name}_moments": (1 - beta2) * moments, f"{name}_axes": axes}
    return state


def _change(gradient: Tensor, state: dict[str, Any], betas: tuple[float, float], every: int) -> Tensor:
    """Adam's change, before the learning rate, in the axes that `state` holds; `state` moves on."""
    (beta1, beta2), turned = betas, "row_axes" in state
    state["step"] += 1
    step, mean, square = state["step"], state["mean"], state["square"]
    mean.lerp_(gradient, 1 - beta1)
    if turned:
        p, q = state["row_axes"], state["column_axes"]
        gradient_there, mean_there = p.T @ gradient @ q, p.T @ mean @ q
    else:
        gradient_there, mean_there = gradient, mean
    square.mul_(beta2).addcmul_(gradient_there, gradient_there, value=1 - beta2)
    deviation = (square / (1 - beta2**step)).sqrt() + 1e-8
    change: Tensor = mean_there / (1 - beta1**step) / deviation
    if turned:
        change = p @ change @ q.T
        state["row_moments"].lerp_(gradient @ gradient.T, 1 - beta2)
        state["column_moments"].lerp_(gradient.T @ gradient, 1 - beta2)
        if step % every == 0:
            state["row_axes"], rows = _turned(state["row_moments"], p)
            state["column_axes"], columns = _turned(state["column_moments"], q)
            state["square"] = square[rows][:, columns]  # each second moment stays with its axes
    return change


def _turned(moments: Tensor, axes: Tensor) -> tuple[Tensor, Tensor]:
    """`axes` (n, n) after one step of the power method on `moments`, and the order they are now in.

    QR changes an axis only by those before it. So the axes are put in the order of their eigenvalues first, the
    largest in front; otherwise the leading ones would all be drawn to the dominant axis.
    """
    product = moments @ axes
    order = (axes * product).sum(0).argsort(descending=True)
    return torch.linalg.qr(product[:, order])[0], order
