// The kernels, fetched once: C1's six beside their maps, on demand, and C3's sixty for Table I.

import { onTheme, signed } from "./colours.js";
import { unpack } from "./message.js";
import { ask } from "./server.js";
import { register } from "./view.js";

let fetched = null;

// { c1: { values, shape }, c3: … }; asked for again if it failed.
export function kernels() {
  fetched ??= ask("kernels").then((bytes) => unpack(bytes).arrays);
  fetched.catch(() => (fetched = null));
  return fetched;
}

export const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

// Paints values on the signed colour scale with its ends at ±limit.
export function paintSigned(canvas, values, limit) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = signed[Math.round((127 * values[i]) / limit) & 255];
  }
  context.putImageData(image, 0, 0);
}

export function makeKernel(label) {
  const canvas = document.createElement("canvas");
  return Object.assign(canvas, { width: 5, height: 5, className: "kernel", role: "img", ariaLabel: label });
}

// The button that shows C1's kernels below their maps.
export function mountKernels(element) {
  const button = element.querySelector("[data-show=kernels]");
  const holder = element.querySelector(".kernels");
  const canvases = Array.from({ length: 6 }, (_, map) => makeKernel(`Kernel of C1 map ${map}`));
  holder.prepend(...canvases);

  async function paint() {
    const { values } = (await kernels()).c1;
    const limit = largest(values);
    canvases.forEach((canvas, map) => paintSigned(canvas, values.subarray(25 * map, 25 * map + 25), limit));
    holder.querySelector(".note").textContent = `kernels, on their own scale: ±${limit.toFixed(2)}`;
  }

  async function set(open) {
    if (open) await paint();
    holder.hidden = !open;
    button.ariaExpanded = open;
  }
  button.addEventListener("click", () => set(holder.hidden));
  register("kernels", {
    told: () => (holder.hidden ? null : "c1"),
    open(text) {
      if (text !== null && text !== "c1") throw new RangeError(text);
      set(text !== null);
    },
  });
  onTheme(() => holder.hidden || paint());
}
