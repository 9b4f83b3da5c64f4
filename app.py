"""Start the sketchpad: python app.py"""

import signal
import sys

from demo.needs import unmet


def run() -> int:
    """Serve the page; exit status 2 and one sentence where something that it needs is not there."""
    if problem := unmet():
        print(problem, file=sys.stderr)
        return 2
    from demo.app import main

    return main()


if __name__ == "__main__":
    # Ctrl-C ends the process as SIGTERM does, once the server has let go: Python's own way would show
    # a traceback while the imports run, and take two seconds to take torch apart afterwards.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(run())
