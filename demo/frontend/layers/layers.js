// The figure: every layer's values as pictures, one canvas a map, painted from the newest prediction; and all that
// belongs to it put in its place.

import { ink, onTheme, signed } from "../shared/colours.js";
import { mountContributions } from "../panels/contributions.js";
import { mountExcites } from "../panels/excites.js";
import { mountField } from "./field.js";
import { setNetwork } from "../shared/geometry.js";
import { mountKernels } from "../panels/kernels.js";
import { paint } from "../shared/paint.js";
import { mountGlance } from "./glance.js";
import { mountInvitation } from "./invitation.js";
import { mountLines } from "./lines.js";
import { mountPlay } from "./play.js";
import { newest, predictions } from "../shared/prediction.js";
import { mountRibbons } from "./ribbons.js";
import { mountSteps } from "./steps.js";
import { mountSum } from "../panels/sum.js";
import { mountTable } from "../panels/table.js";
import { mountUnits } from "./units.js";

const DIFFERENCE = "difference from the drawing as it is: blue = less, orange = more";

/**
 * @param {Mounted} element
 * @param {{ table: number[][], amplitude: number, blank: number, ink: number }} props
 */
export function mount(element, props) {
  setNetwork(props);
  const layers = [...element.querySelectorAll("[data-layer]")].map((section) => {
    const name = /** @type {string} */ (section.dataset.layer);
    const holder = section.querySelector(".maps");
    const pictures = [...holder.querySelectorAll(".map")].map(pictureIn);
    return { name, section, holder, pictures };
  });
  const paintSteps = mountSteps(element.querySelector(".steps"));

  const note = element.querySelector(".words .note");
  const colours = note.textContent;

  let waiting = false; // for the next frame: what the eye would not see is not painted
  function schedule() {
    if (waiting || !newest) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const prediction = /** @type {Prediction} */ (newest);
      for (const layer of layers) paintLayer(layer, prediction.arrays[layer.name]);
      paintSteps(prediction);
      element.classList.toggle("empty", prediction.drawing.strokes.length === 0);
      note.textContent = prediction.drawing.experiment?.difference ? DIFFERENCE : colours;
    });
  }
  predictions.addEventListener("prediction", () => {
    element.classList.remove("stale");
    schedule();
  });
  predictions.addEventListener("trouble", () => element.classList.add("stale"));
  onTheme(schedule);
  schedule();

  for (const layer of layers) mountUnits(layer);
  const whole = /** @type {HTMLElement} */ (document.querySelector("#figure"));
  const lines = mountLines(whole, layers, [...document.querySelectorAll(".bar")], props.table);
  mountRibbons(whole, lines, element.querySelector(".told-of-ribbons"));
  mountField(layers);
  const paper = /** @type {HTMLElement} */ (document.querySelector(".sketchpad .paper"));
  mountInvitation(paper);
  mountGlance(whole, paper);
  mountKernels(element);
  mountTable(element.querySelector(".table"), props.table);
  mountSum(element.querySelector(".sum"), props);
  mountExcites(element.querySelector(".excites"));
  mountContributions(
    element.querySelector(".contributions"),
    /** @type {HTMLElement} */ (document.querySelector(".why")),
  );
  mountPlay(element.querySelector(".play"), element, lines);
}

/** @param {HTMLElement} picture */
function pictureIn(picture) {
  const [canvas, box] = picture.children; // the box is the part that the pointed unit reads
  return /** @type {Pictured["pictures"][number]} */ ({ picture, canvas, box });
}

/** @param {Pictured} layer @param {Values} values */
function paintLayer({ name, pictures }, { values }) {
  const cells = values.length / pictures.length;
  pictures.forEach(({ canvas }, map) =>
    paint(canvas, values.subarray(map * cells, (map + 1) * cells), name === "input" ? ink : signed)
  );
}
