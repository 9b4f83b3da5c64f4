"""The demo, with every address that its process connects to or looks up written to standard error."""

import sys

from demo.app import main


def audit(event: str, arguments: tuple[object, ...]) -> None:
    """Print "reached ADDRESS" for whatever would leave the process by a socket."""
    if event == "socket.connect":
        print("reached", arguments[1], file=sys.stderr, flush=True)
    elif event == "socket.getaddrinfo":
        print("reached", arguments[:2], file=sys.stderr, flush=True)
    elif event == "socket.bind":
        print("bound", arguments[1], file=sys.stderr, flush=True)


sys.addaudithook(audit)
sys.argv[1:] = []
sys.exit(main())
