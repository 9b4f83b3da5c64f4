"""The demo, with what its process connects to, looks up or opens for writing written to standard error."""

import os
import sys

from demo.app import main


def audit(event: str, arguments: tuple[object, ...]) -> None:
    """Print "reached ADDRESS" for whatever would leave the process by a socket, "wrote FILE" for the rest."""
    if event == "socket.connect":
        print("reached", arguments[1], file=sys.stderr, flush=True)
    elif event == "socket.getaddrinfo":
        print("reached", arguments[:2], file=sys.stderr, flush=True)
    elif event == "socket.bind":
        print("bound", arguments[1], file=sys.stderr, flush=True)
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        print("wrote", arguments[0], file=sys.stderr, flush=True)


sys.addaudithook(audit)
open(os.devnull, "w").close()  # for the tests, to know that it would be seen
sys.argv[1:] = []
sys.exit(main())
