// Every layer's values as pictures, one canvas a map, painted from the newest reading.

import { ink, onTheme, signed } from "./colours.js";
import { readings } from "./reading.js";

export function mount(element) {
  const layers = [...element.querySelectorAll("[data-layer]")].map((section) => ({
    name: section.dataset.layer,
    holder: section.querySelector(".maps"),
    maps: null,
  }));
  let newest = null;
  let waiting = false; // for the next frame: what the eye would not see is not painted

  function schedule() {
    if (waiting || !newest) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const layer of layers) paint(layer, newest.arrays[layer.name]);
    });
  }

  readings.addEventListener("reading", ({ detail }) => {
    newest = detail;
    schedule();
  });
  onTheme(schedule);
}

// A layer's shape is (maps, rows, columns), (rows, columns), or (units,), which are laid out in rows.
function paint(layer, { values, shape }) {
  const columns = Number(layer.holder.dataset.columns);
  const count = shape.length === 3 ? shape[0] : 1;
  const cells = values.length / count;
  layer.maps ??= Array.from({ length: count }, (_, number) => {
    const name = layer.holder.dataset.names + (count > 1 ? ` ${number}` : "");
    return makeMap(layer.holder, name, columns, cells / columns);
  });
  const colours = layer.name === "input" ? ink : signed;
  layer.maps.forEach(({ context, image, pixels }, number) => {
    const first = number * cells;
    for (let i = 0; i < cells; i++) pixels[i] = colours[values[first + i] & 255];
    context.putImageData(image, 0, 0);
  });
}

function makeMap(holder, name, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height, role: "img", ariaLabel: name, title: name });
  holder.append(canvas);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  return { context, image, pixels: new Uint32Array(image.data.buffer) };
}
