"""Start the page: python app.py [--open]

Address and port come from GRADIO_SERVER_NAME (default 127.0.0.1) and GRADIO_SERVER_PORT (default: the
first free one from 7860). LENET_FRAME_ANCESTORS (headers.py), LENET_HOSTS (guard.py) and FORWARDED_ALLOW_IPS
(serve.py) say who may show the page, under which hosts, and behind which proxies.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import socket
import sys
import webbrowser
from importlib import import_module

import torch

from lenet import __version__
from lenet.checkpoint import WeightsError, fingerprint
from lenet.experiment.learning import shipped_moments
from lenet.prediction import shipped, shipped_rejection
from lenet.units import errors_without, shipped_units

from .headers import FRAME_ANCESTORS
from .serve import serve
from .web import web

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
PORTS = range(7860, 7960)  # tried one after another where none is asked for


class StartError(Exception):
    """The page cannot be served as it was asked for; the message says why in one sentence."""


def main() -> int:
    """Serve the page until Ctrl-C."""
    parser = argparse.ArgumentParser(description="LeNet-5 sketchpad")
    parser.add_argument("--open", action="store_true", help="open the page in the default browser")
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args()
    torch.set_num_threads(1)  # one picture is too small to share out; more threads only wait
    torch.backends.mkldnn.set_flags(False)  # oneDNN's reordering takes longer than so small a network
    try:
        shipped()
        shipped_rejection()
        shipped_moments()
        shipped_units()
        errors_without()
        if set(FRAME_ANCESTORS) & set(";,\r\n"):
            raise StartError("LENET_FRAME_ANCESTORS must be sites with blanks in between.")
        listening = _listen()
    except (WeightsError, StartError) as problem:
        print(problem, file=sys.stderr)
        return 2

    def ready() -> None:
        host, port = listening.getsockname()[:2]
        hosts = ["127.0.0.1", _outward() or "<this machine's address>"] if host == "0.0.0.0" else [host]
        urls = [f"http://{f'[{one}]' if ':' in one else one}:{port}/" for one in hosts]
        at = ", for others in the network ".join(urls)
        print(f"LeNet-5 sketchpad {__version__}, weights {fingerprint()[:12]}, at {at}", flush=True)
        if options.open:
            webbrowser.open(urls[0])

    _keep_memory_together()
    app = web()
    _load_what_lenet_loads_late()
    gc.collect()
    gc.freeze()  # what is here stays; a full collection would stop everybody's answers for a moment
    serve(app, listening, ready)
    return 0


def _outward() -> str | None:
    """The address with which this machine speaks to others; None where no route leads out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nobody's (RFC 5737); this only looks up the route
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _load_what_lenet_loads_late() -> None:
    """What it takes for a photograph or a comparison: a fifth of a second, which is no visitor's to wait."""
    for name in ("numpy.polynomial", "scipy.ndimage"):
        import_module(name)


def _keep_memory_together() -> None:
    """Stop glibc from raising, as it goes, the size from which an array gets memory of its own.

    Arrays of all sizes would share one heap then, whose gaps grow by some megabytes an hour.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries do without it
        if mallopt:
            mallopt(M_MMAP_THRESHOLD, 128 * 1024)
            mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024)


def _listen() -> socket.socket:
    """A socket at the address asked for; StartError if it cannot be had."""
    host = os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    asked = os.environ.get("GRADIO_SERVER_PORT")
    ports = [int(asked)] if asked else PORTS
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    why = ""
    for port in ports:
        try:
            listening = socket.create_server((host, port), family=family, backlog=2048)
            # asyncio forgets it for a socket that it has not made. An answer goes out in two pieces, and the
            # second would wait for the first one's receipt: 40 ms, behind nginx.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return listening
        except (OSError, OverflowError) as problem:
            why = getattr(problem, "strerror", None) or str(problem)
    where = f"port {ports[0]}" if asked else f"any port from {PORTS[0]} to {PORTS[-1]}"
    raise StartError(f"The page cannot be served at {host}, {where}: {why}.")
