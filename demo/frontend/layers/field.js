// The receptive field of the unit looked at: a box on every earlier layer and on the drawing itself;
// maps that it does not read fade.

import { current, focus } from "../shared/focus.js";
import { lay, layerOf, place, receptiveField } from "../shared/geometry.js";
import { onPad, placement } from "../shared/placement.js";
import { newest, predictions } from "../shared/prediction.js";

/** @param {Pictured[]} layers */
export function mountField(layers) {
  const pad = document.querySelector(".sketchpad .paper");
  const frame = document.createElement("i");
  frame.className = "field";
  frame.hidden = true;
  pad?.append(frame);

  function show() {
    const target = current();
    /** @type {Map<string, Box & { maps: number[] }>} */
    const fields = new Map();
    if (target) {
      const { map, row, column } = place(target.name, target.unit);
      fields.set(target.name, { maps: [map], top: row, left: column, height: 1, width: 1 });
      for (const field of receptiveField(target.name, target.unit)) fields.set(field.name, field);
    }
    for (const { name, pictures } of layers) {
      const field = fields.get(name);
      pictures.forEach(({ picture, box }, map) => {
        const read = field?.maps.includes(map) ?? false;
        picture.classList.toggle("unread", fields.size > 0 && !read);
        box.hidden = !read;
        const { rows, columns, units } = layerOf(name);
        if (read) lay(box, /** @type {Box} */ (field), rows ?? units / columns, columns);
      });
    }
    showOnPad(fields.get("input"));
  }

  /** @param {Box | undefined} field */
  function showOnPad(field) {
    frame.hidden = true;
    const placing = newest && placement(newest);
    if (!field || !newest || !placing) return;
    const { side } = newest.drawing;
    const { top, left, height, width } = onPad(placing, field);
    // Where the field leaves the pad, the box ends at the pad's edge, and that side is open.
    /** @type {Record<string, number>} */
    const edges = { top, left, bottom: top + height, right: left + width };
    const inside = (/** @type {number} */ value) => Math.min(Math.max(value, 0), side);
    const open = Object.keys(edges).filter((edge) => inside(edges[edge]) !== edges[edge]);
    const all = open.length === 4;
    frame.className = ["field", ...(all ? ["all"] : []), ...open.map((edge) => `open-${edge}`)].join(" ");
    const [seenTop, seenLeft] = [inside(top), inside(left)];
    const seen = { height: inside(edges.bottom) - seenTop, width: inside(edges.right) - seenLeft };
    frame.hidden = seen.height <= 0 || seen.width <= 0; // all of it lies beyond
    lay(frame, { top: seenTop, left: seenLeft, ...seen }, side);
    frame.textContent = all
      ? "This unit sees more than the whole pad."
      : open.length
      ? "goes on beyond the pad"
      : "";
  }

  focus.addEventListener("current", show);
  predictions.addEventListener("prediction", () => current() && show());
}
