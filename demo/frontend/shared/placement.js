// Where the preprocessing put a drawing, and the way from the network's cells back to the pad.

import { layerOf } from "./geometry.js";

const FITTED = 20; // cells: the longer side of a digit
const MNIST = 28; // cells: MNIST's picture
const MARGIN = (/** @type {OfMaps} */ (layerOf("input")).rows - MNIST) / 2; // cells around it

/**
 * The placement of a prediction's drawing; null where nothing is drawn. demo/message.py sends its numbers.
 * @param {Prediction} prediction
 * @returns {Placement | null}
 */
export function placement({ arrays }) {
  const [left, top, side, penWidth, row, column, offsetTop, offsetLeft] = arrays.placement.values;
  if (Number.isNaN(left)) return null;
  return {
    box: { top, left, height: side, width: side },
    penWidth,
    offset: { top: offsetTop, left: offsetLeft },
    centre: { top: offsetTop + row, left: offsetLeft + column },
  };
}

/**
 * Where cells of the input lie on the pad, in the pad's units.
 * @param {Placement} placement
 * @param {Box} cells
 * @returns {Box}
 */
export function onPad({ box, offset }, { top, left, height, width }) {
  const cell = box.width / FITTED;
  return {
    top: box.top + (top - MARGIN - offset.top) * cell,
    left: box.left + (left - MARGIN - offset.left) * cell,
    height: height * cell,
    width: width * cell,
  };
}

/**
 * The 20×20 grey levels at their offset in 28×28; blank ones may lie outside.
 * @param {ArrayLike<number>} fitted
 * @param {Placement["offset"]} offset
 */
export function placed(fitted, { top, left }) {
  const cells = new Uint8Array(MNIST * MNIST);
  for (let i = 0; i < FITTED * FITTED; i++) {
    if (fitted[i]) cells[(top + Math.floor(i / FITTED)) * MNIST + left + (i % FITTED)] = fitted[i];
  }
  return cells;
}
