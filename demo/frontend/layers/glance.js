// On a narrow page, as soon as the pad is scrolled out of sight: a small copy of the drawing and of the answer, live,
// at the window's upper edge.

import { verdict } from "../answer/verdict.js";
import { onTheme } from "../shared/colours.js";
import { newest, predictions } from "../shared/prediction.js";
import { fitCanvas, strokes } from "./steps.js";

/** @param {HTMLElement} whole @param {HTMLElement} paper */
export function mountGlance(whole, paper) {
  const glance = document.createElement("div");
  Object.assign(glance, { className: "glance", hidden: true, ariaHidden: "true" }); // a copy of what is said already
  glance.innerHTML = "<canvas></canvas><strong></strong><span></span>";
  whole.append(glance);
  const [canvas, digit, words] = glance.children;
  const context = /** @type {CanvasRenderingContext2D} */ (
    /** @type {HTMLCanvasElement} */ (canvas).getContext("2d")
  );

  function paint() {
    const prediction = newest;
    if (glance.hidden || !prediction) return;
    const { drawing } = prediction;
    const said = verdict(prediction);
    digit.textContent = String(said.digit ?? "");
    words.textContent = said.words;
    fitCanvas(context, Math.round(canvas.clientWidth * devicePixelRatio), drawing.side);
    strokes(context, drawing.strokes, drawing.penWidth, getComputedStyle(whole).getPropertyValue("--ink"));
  }

  new IntersectionObserver(([{ isIntersecting }]) => {
    glance.hidden = isIntersecting;
    paint();
  }, { threshold: 0.25 }).observe(paper);
  predictions.addEventListener("prediction", paint);
  onTheme(paint);
}
