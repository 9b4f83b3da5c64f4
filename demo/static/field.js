// The receptive field of the unit looked at: a box on every earlier layer and on the drawing itself;
// maps that it does not read fade.

import { current, focus } from "./focus.js";
import { layer as layerOf, place, receptiveField } from "./geometry.js";
import { newest, readings } from "./reading.js";

const PAD = 280; // the pad's side in its own units

export function mountField(layers) {
  const pad = document.querySelector(".sketchpad .paper");
  const onPad = document.createElement("i");
  onPad.className = "field";
  onPad.hidden = true;
  pad?.append(onPad);

  function show() {
    const target = current();
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
        if (read) place4(box, field, layerOf(name));
      });
    }
    showOnPad(fields.get("input"));
  }

  // The input's cell (row, column) is the 28×28's two further in, and that the 20×20's at its offset.
  function showOnPad(field) {
    const steps = newest?.arrays.steps.values;
    onPad.hidden = !field || !steps || Number.isNaN(steps[0]);
    if (onPad.hidden) return;
    const [left, top, side, , , , offsetTop, offsetLeft] = steps;
    const cell = side / 20;
    const edges = {
      left: left + (field.left - 2 - offsetLeft) * cell,
      top: top + (field.top - 2 - offsetTop) * cell,
    };
    edges.right = edges.left + field.width * cell;
    edges.bottom = edges.top + field.height * cell;
    // Where the field leaves the pad, the box ends at the pad's edge, and that side is open.
    const inside = (value) => Math.min(Math.max(value, 0), PAD);
    const open = Object.keys(edges).filter((edge) => inside(edges[edge]) !== edges[edge]);
    onPad.className = ["field", ...open.map((edge) => `open-${edge}`)].join(" ");
    const units = (length) => `${(100 * length) / PAD}%`;
    onPad.style.left = units(inside(edges.left));
    onPad.style.top = units(inside(edges.top));
    onPad.style.width = units(inside(edges.right) - inside(edges.left));
    onPad.style.height = units(inside(edges.bottom) - inside(edges.top));
    onPad.textContent = open.length ? "goes on beyond the pad" : "";
  }

  focus.addEventListener("pointed", show);
  readings.addEventListener("reading", () => current() && show());
}

function place4(box, { top, left, height, width }, { rows, columns, units }) {
  const count = rows ?? units / columns;
  box.style.top = `${(100 * top) / count}%`;
  box.style.left = `${(100 * left) / columns}%`;
  box.style.height = `${(100 * height) / count}%`;
  box.style.width = `${(100 * width) / columns}%`;
}
