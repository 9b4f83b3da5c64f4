"""How fast the demo is, and what it bears, measured on the real thing: python -m tests.benchmark

It starts `python app.py`, drives it, prints every figure with its goal, and stops what it started. Each
figure that depends on the machine stands beside the same one of a baseline taken in the same run: the same
web application whose /predict answers with a constant (baseline.py). A benchmark, not a test: what it says
is worth something only on a machine that does nothing else meanwhile.

    page.py     one person at a real Chromium; observe.js is what looks on inside the page
    far.py      the same person, with the server far away
    load.py     a lecture hall at once; people.py plays the people, in processes of their own
    answer.py   what computing one answer costs, step by step
    start.py    what the time to the first answer goes into
    nginx.py    two processes behind nginx
    abuse.py    what a stranger who means harm can do to others; attack.py is the stranger, patience.py waits
    report.py   figures, goals, statistics, and how they are printed
"""

BASELINE = ("-m", "tests.benchmark.baseline")  # a command for tests.server.Server
