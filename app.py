"""Start the sketchpad: python app.py"""

import sys

from demo.app import main

if __name__ == "__main__":
    sys.exit(main())
