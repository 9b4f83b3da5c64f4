"""The message format, read by the page's own JavaScript."""

from __future__ import annotations

import numpy as np

from lenet import load
from tests.browser.pad import MODULES, Pad


def test_javascript_reads_what_python_writes(pad: Pad) -> None:
    """message.js unpacks the kernels' message to the network's own weights, names, shapes and all."""
    arrays = pad.page.evaluate(
        """async () => {
            const { unpack } = (await MODULES)["shared/message.js"];
            const reply = await fetch(new URL("kernels", document.baseURI));
            const { digit, arrays } = unpack(await reply.arrayBuffer());
            const plain = ({ values, shape, scale }) => ({ values: [...values], shape, scale });
            return { digit, c1: plain(arrays.c1), c3: plain(arrays.c3) };
        }""".replace("MODULES", MODULES)
    )
    model = load()
    assert arrays["digit"] is None
    for name, weight in (("c1", model.c1.weight[:, 0]), ("c3", model.c3.weight)):
        own = weight.detach().numpy()
        assert arrays[name]["shape"] == list(own.shape)
        values = np.array(arrays[name]["values"]).reshape(own.shape) * arrays[name]["scale"]
        np.testing.assert_array_equal(values.astype(np.float32), own)


def test_a_message_cut_short_is_refused(pad: Pad) -> None:
    """Bytes that end too early raise an error; they never become half a picture."""
    outcome = pad.page.evaluate(
        """async () => {
            const { unpack } = (await MODULES)["shared/message.js"];
            const bytes = await (await fetch(new URL("kernels", document.baseURI))).arrayBuffer();
            const lengths = [0, 3, 4, 40, bytes.byteLength - 1];
            return lengths.map((length) => {
                try {
                    unpack(bytes.slice(0, length));
                    return "read";
                } catch {
                    return "refused";
                }
            });
        }""".replace("MODULES", MODULES)
    )
    assert outcome == ["refused"] * 5
