"""Start the sketchpad: python app.py"""

import signal
import sys

try:
    import spaces  # only there on a Hugging Face Space, and wants to come before torch
except ImportError:
    pass
else:
    # ZeroGPU starts only what names a function for its GPUs. Never called, it costs no visitor's quota.
    spaces.GPU(lambda: None)
    # Gradio's launch() would tell ZeroGPU of it, but the page has a server of its own.
    getattr(spaces.zero, "startup", lambda: None)()

from demo.__main__ import main

if __name__ == "__main__":
    # Ctrl-C ends the process as SIGTERM does, once the server has let go: Python's own way would show
    # a traceback while the imports run, and take two seconds to take torch apart afterwards.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
