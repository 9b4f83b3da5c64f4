"""The page's command: python -m lenet_sketchpad, in a checkout python app.py"""

from __future__ import annotations

import sys

from .needs import unmet


def main() -> int:
    """Serve the page; exit status 2 and one sentence where something that it needs is not there."""
    try:
        if problem := unmet():
            print(problem, file=sys.stderr)
            return 2
        from .app import main as serve

        return serve()
    except KeyboardInterrupt:  # while it was still starting
        return 130


if __name__ == "__main__":
    sys.exit(main())
