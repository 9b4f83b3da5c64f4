"""How often the head that rejects is right: on test digits, and on drawings that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from lenet.checkpoint import REJECTION, load
from lenet.data.characters import characters
from lenet.data.scribbles import KINDS, UNSEEN, scribbles
from lenet.evaluate.measure import TITLES, inputs
from lenet.model import in_batches
from lenet.preprocess import stroke_inputs
from lenet.rejection import features, load_rejection


def rejection(path: Path = REJECTION, of_each: int = 500) -> dict[str, Any]:
    """What the head in `path` makes of test digits and of drawings that are none, `of_each` kind of scribble.

    "digits": n and the per cent rejected of each test set. "drawings": for each kind n, the per cent rejected,
    whether the head was trained with such drawings, and the AUROC against each test set: the chance that
    a digit gets a higher probability of being one than such a drawing.
    """
    model, head = load(), load_rejection(path)

    def odds(pictures: Tensor) -> NDArray[np.float32]:
        return in_batches(lambda x: head(features(model.maps(x))), pictures).numpy()

    digits = {name: odds(inputs(name)[0]) for name in TITLES}
    kinds = {"Omniglot characters": characters("test")}
    kinds |= {kind: scribbles(kind, "test", of_each) for kind in KINDS}
    results: dict[str, Any] = {
        "digits": {name: {"n": len(of), "rejected": _per_cent(of < 0)} for name, of in digits.items()},
        "drawings": {},
    }
    for kind, drawings in kinds.items():
        of = odds(torch.from_numpy(stroke_inputs(drawings)))
        results["drawings"][kind] = {
            "n": len(drawings),
            "trained": kind in KINDS and kind not in UNSEEN,
            "rejected": _per_cent(of < 0),
            "auroc": {name: round(auroc(real, of), 4) for name, real in digits.items()},
        }
    return results


def auroc(higher: NDArray[np.floating], lower: NDArray[np.floating]) -> float:
    """The chance that one of `higher` exceeds one of `lower`; ties count half."""
    ranks = rankdata(np.concatenate([higher, lower]))[: len(higher)]
    return float(ranks.mean() - (len(higher) + 1) / 2) / len(lower)


def _per_cent(chosen: NDArray[np.bool_]) -> float:
    return round(100 * float(chosen.mean()), 2)
