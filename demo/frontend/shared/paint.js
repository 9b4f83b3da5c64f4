// Paints values on a canvas of one pixel a cell.

import { signed } from "./colours.js";

/** @type {WeakMap<HTMLCanvasElement, { context: CanvasRenderingContext2D, image: ImageData, pixels: Uint32Array }>} */
const surfaces = new WeakMap(); // made once for each canvas

/** @param {HTMLCanvasElement} canvas */
function surface(canvas) {
  let known = surfaces.get(canvas);
  if (!known) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = context.createImageData(canvas.width, canvas.height);
    known = { context, image, pixels: new Uint32Array(image.data.buffer) };
    surfaces.set(canvas, known);
  }
  return known;
}

/**
 * Paints bytes, each by its colour in one of the tables of colours.js.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {Uint32Array} colours
 */
export function paint(canvas, values, colours) {
  const { context, image, pixels } = surface(canvas);
  for (let i = 0; i < pixels.length; i++) pixels[i] = colours[values[i] & 255];
  context.putImageData(image, 0, 0);
}

/**
 * Paints numbers on the signed colour scale with its ends at ±limit, which none exceeds; `opacity(value)` is 0 … 1.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} limit
 * @param {(value: number) => number} opacity
 */
export function paintSigned(canvas, values, limit, opacity = () => 1) {
  const { context, image, pixels } = surface(canvas);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = signed[Math.round((127 * values[i]) / (limit || 1)) & 255];
    image.data[4 * i + 3] = 255 * opacity(values[i]);
  }
  context.putImageData(image, 0, 0);
}

/** @param {Numbers} values */
export const largest = (values) =>
  /** @type {Float32Array} */ (values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
