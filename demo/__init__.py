"""The page: a sketchpad in the browser, and LeNet-5 behind it."""

import os

# Gradio reads this once, when it is first imported; the server is to talk to nobody.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
