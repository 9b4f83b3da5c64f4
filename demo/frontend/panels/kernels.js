// The kernels: C1's six beside their maps, on demand, and C3's sixty for Table I. The shipped network's are fetched once;
// those of another moment of its training come with what that makes of the drawing.

import { onTheme } from "../shared/colours.js";
import { latest } from "../shared/latest.js";
import { unpack } from "../shared/message.js";
import { largest, paintSigned } from "../shared/paint.js";
import { newest, predictions } from "../shared/prediction.js";
import { problem } from "./panel.js";
import { ask } from "../shared/server.js";
import { register } from "../shared/view.js";

/** @type {Promise<Arrays> | null} */
let fetched = null;

function fetchOnce() {
  fetched ??= ask("kernels", (bytes) => unpack(bytes, ["c1", "c3"]).arrays);
  fetched.catch(() => (fetched = null));
  return fetched;
}

// A function that hands a layer's kernels, "c1" or "c3", to `use` as soon as they are there: those of the network whose
// values the figure shows. It may be called again.
/** @param {string} layer @param {(values: Numbers) => void} use @param {Tell} tell */
export function kernels(layer, use, tell) {
  const own = () => newest?.arrays[`kernels_${layer}`]?.values;
  const shipped = latest(
    async () => (await fetchOnce())[layer].values,
    (values) => use(own() ?? values),
    tell,
  );
  return () => own() ? use(/** @type {Numbers} */ (own())) : shipped();
}

// Calls `changed` whenever the figure shows the values of another network than before.
/** @param {() => void} changed */
export function onNetwork(changed) {
  const moment = () => newest?.drawing.experiment?.moment;
  let last = moment();
  predictions.addEventListener("prediction", () => {
    if (moment() === last) return;
    last = moment();
    changed();
  });
}

/** @param {string} label */
export function makeKernel(label) {
  const canvas = document.createElement("canvas");
  return Object.assign(canvas, { width: 5, height: 5, className: "kernel", role: "img", ariaLabel: label });
}

// The button that shows C1's kernels below their maps.
/** @param {Mounted} element */
export function mountKernels(element) {
  const button = element.querySelector("[data-show=kernels]");
  const holder = element.querySelector(".kernels");
  const canvases = Array.from({ length: 6 }, (_, map) => makeKernel(`Kernel of C1 map ${map}`));
  holder.prepend(...canvases);

  const show = kernels("c1", paint, problem(holder, "kernels"));
  /** @param {Numbers} values */
  function paint(values) {
    const limit = largest(values);
    canvases.forEach((canvas, map) => paintSigned(canvas, values.subarray(25 * map, 25 * map + 25), limit));
    holder.querySelector(".note").textContent = `kernels, on their own scale: ±${limit.toFixed(2)}`;
  }

  /** @param {boolean} open */
  function set(open) {
    holder.hidden = !open;
    button.ariaExpanded = String(open);
    if (open) show();
  }
  button.addEventListener("click", () => set(holder.hidden));
  register("kernels", {
    told: () => (holder.hidden ? null : "c1"),
    open(text) {
      if (text !== null && text !== "c1") throw new RangeError(text);
      set(text !== null);
    },
  });
  onTheme(() => holder.hidden || show());
  onNetwork(() => holder.hidden || show());
}
