// The nine training digits that excite a map or a unit most, where the files hold them, as pictures side by side.

import { ink, onTheme } from "./colours.js";
import { latest } from "./latest.js";
import { unpack } from "./message.js";
import { paint } from "./paint.js";
import { ask } from "./server.js";

const SIDE = 28; // cells of an MNIST digit
const COUNT = 9;
const KNOWN = ["c1", "c3", "f6"]; // layers of which it is known

/** @param {string} name */
export const isKnown = (name) => KNOWN.includes(name);

/** @type {Map<string, Numbers>} */
const fetched = new Map(); // they never change

/**
 * Makes the nine pictures in `holder`; returns what shows those of a map or a unit.
 * @param {HTMLElement} holder
 * @param {Tell} tell
 */
export function mountExciting(holder, tell) {
  const canvases = Array.from({ length: COUNT }, () => {
    const canvas = document.createElement("canvas");
    return Object.assign(canvas, { width: SIDE, height: SIDE });
  });
  holder.setAttribute("role", "img");
  holder.append(...canvases);
  /** @type {Numbers | null} */
  let pictures = null;
  let wanted = "";

  const fetch = latest(
    (/** @type {string} */ layer, /** @type {number} */ number) =>
      ask("exciting", (bytes) => unpack(bytes, ["pictures"]), { layer, number }),
    ({ arrays }, layer, number) => {
      fetched.set(`${layer}.${number}`, arrays.pictures.values);
      if (wanted === `${layer}.${number}`) set(arrays.pictures.values);
    },
    tell,
  );

  /** @param {Numbers | null} values */
  function set(values) {
    pictures = values;
    holder.classList.toggle("waits", !values);
    repaint();
  }

  function repaint() {
    const cells = SIDE * SIDE;
    canvases.forEach((one, i) => pictures && paint(one, pictures.subarray(i * cells, (i + 1) * cells), ink));
  }
  onTheme(repaint);

  return (/** @type {string} */ layer, /** @type {number} */ number, /** @type {string} */ name) => {
    wanted = `${layer}.${number}`;
    holder.ariaLabel = `The nine training digits that excite ${name} most`;
    set(fetched.get(wanted) ?? null);
    if (!pictures) fetch(layer, number);
  };
}
