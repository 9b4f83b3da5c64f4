// The preprocessing, step by step: the strokes as drawn, redrawn with MNIST's pen and boxed, fitted into
// 20×20, and placed by their centre of mass into 28×28. (The last step, 32×32, is the network's input.)

import { ink, onTheme } from "../shared/colours.js";
import { lay } from "../shared/geometry.js";
import { SIDE } from "../shared/pad.js";

// Returns a function that paints the steps of a prediction.
export function mountSteps(element) {
  const contexts = [...element.querySelectorAll("canvas")].map((canvas) => canvas.getContext("2d"));
  const [drawn, boxed, fitted, placed] = contexts;
  const cross = element.querySelector(".cross");

  // Asked for when they change, not at every update: each question makes the browser lay out the page.
  let colour, accent;
  const look = () => {
    const style = getComputedStyle(element);
    colour = style.getPropertyValue("--ink");
    accent = style.getPropertyValue("--mark");
  };
  look();
  onTheme(look);
  let pixels = 0;
  new ResizeObserver(() => {
    pixels = Math.round(drawn.canvas.clientWidth * devicePixelRatio);
  }).observe(drawn.canvas);

  return ({ arrays, drawing }) => {
    const [left, top, side, pen, row, column, offsetTop, offsetLeft] = arrays.steps.values;
    const empty = Number.isNaN(left);
    fitCanvas(drawn, pixels);
    strokes(drawn, drawing.strokes, drawing.penWidth, colour);
    fitCanvas(boxed, pixels);
    if (!empty) {
      strokes(boxed, drawing.strokes, pen, colour);
      boxed.lineWidth = 3;
      boxed.strokeStyle = accent;
      boxed.strokeRect(left, top, side, side);
    }
    grey(fitted, arrays.fitted.values, 0, 0);
    grey(placed, arrays.fitted.values, empty ? 4 : offsetTop, empty ? 4 : offsetLeft);
    cross.hidden = empty;
    lay(cross, { top: offsetTop + row, left: offsetLeft + column, height: 0, width: 0 }, 28);
  };
}

// As many pixels as the screen has there, in pad units.
function fitCanvas(context, pixels) {
  const { canvas } = context;
  if (pixels && canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const scale = canvas.width / SIDE;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, SIDE, SIDE);
}

function strokes(context, all, width, colour) {
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

// The 20×20 grey levels with their corner at (top, left) of a canvas of one pixel a cell.
function grey(context, values, top, left) {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer).fill(ink[0]);
  for (let i = 0; i < 400; i++) {
    if (values[i] === 0) continue; // blank cells may lie outside
    pixels[(top + Math.floor(i / 20)) * width + left + (i % 20)] = ink[values[i]];
  }
  context.putImageData(image, 0, 0);
}
