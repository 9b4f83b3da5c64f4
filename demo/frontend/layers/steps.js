// The preprocessing, step by step: the strokes redrawn with MNIST's pen and boxed, fitted into 20×20, and placed by
// their centre of mass into 28×28. (The pad shows them as drawn; the last step, 32×32, is the network's input.)

import { ink, onTheme } from "../shared/colours.js";
import { lay } from "../shared/geometry.js";
import { paint } from "../shared/paint.js";
import { placed, placement } from "../shared/placement.js";

// Returns a function that paints the steps of a prediction.
/** @param {Mounted} element */
export function mountSteps(element) {
  const [first, fitted, centred] = element.querySelectorAll("canvas");
  const boxed = /** @type {CanvasRenderingContext2D} */ (first.getContext("2d"));
  const cross = element.querySelector(".cross");

  // Asked for when they change, not at every update: each question makes the browser lay out the page.
  let /** @type {string} */ colour, /** @type {string} */ accent;
  const look = () => {
    const style = getComputedStyle(element);
    colour = style.getPropertyValue("--ink");
    accent = style.getPropertyValue("--mark");
  };
  look();
  onTheme(look);
  let pixels = 0;
  new ResizeObserver(() => {
    pixels = Math.round(first.clientWidth * devicePixelRatio);
  }).observe(first);

  return (/** @type {Prediction} */ prediction) => {
    const { arrays, drawing } = prediction;
    const placing = placement(prediction);
    fitCanvas(boxed, pixels, drawing.side);
    if (placing) {
      const { top, left, height, width } = placing.box;
      strokes(boxed, drawing.strokes, placing.penWidth, colour);
      boxed.lineWidth = 3;
      boxed.strokeStyle = accent;
      boxed.strokeRect(left, top, width, height);
    }
    const { values } = arrays.fitted;
    paint(fitted, values, ink);
    paint(centred, placing ? placed(values, placing.offset) : placed([], { top: 0, left: 0 }), ink);
    cross.hidden = !placing;
    if (placing) lay(cross, { ...placing.centre, height: 0, width: 0 }, 28);
  };
}

// As many pixels as the screen has there, in pad units.
/** @param {CanvasRenderingContext2D} context @param {number} pixels @param {number} side */
export function fitCanvas(context, pixels, side) {
  const { canvas } = context;
  if (pixels && canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const scale = canvas.width / side;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, side, side);
}

// All strokes with a round pen.
/** @type {(context: CanvasRenderingContext2D, all: Stroke[], width: number, colour: string) => void} */
export function strokes(context, all, width, colour) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = width;
  context.strokeStyle = colour;
  for (const points of all) {
    context.beginPath();
    context.moveTo(...points[0]);
    for (const point of points) context.lineTo(...point);
    context.stroke();
  }
}
