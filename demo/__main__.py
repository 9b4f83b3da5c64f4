"""Start the page: lenet-sketchpad, or python -m lenet_sketchpad"""

from __future__ import annotations

import sys


def main() -> int:
    """`app.main`, or a sentence where only the library is installed."""
    try:
        from .app import main
    except ModuleNotFoundError as missing:
        if missing.name not in {"gradio", "fastapi"}:
            raise
        print("The page needs its extra: pip install 'lenet-sketchpad[demo]'", file=sys.stderr)
        return 2
    return main()


if __name__ == "__main__":
    sys.exit(main())
