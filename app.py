"""Start the sketchpad: python app.py"""

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
    try:
        sys.exit(run())
    except KeyboardInterrupt:  # while it was still starting
        sys.exit(130)
