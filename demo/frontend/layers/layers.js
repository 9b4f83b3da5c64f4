// Every layer's values as pictures, one canvas a map, painted from the newest prediction; and every unit in
// them to be pointed at and chosen, by mouse, finger or arrow keys.

import { ink, onTheme, signed } from "../shared/colours.js";
import { mountContributions } from "../panels/contributions.js";
import { mountExcites } from "../panels/excites.js";
import { mountField } from "./field.js";
import { choose, current, point } from "../shared/focus.js";
import { layerOf, place, setNetwork, unitAt } from "../shared/geometry.js";
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

  for (const layer of layers) listen(layer);
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

/** @param {Pictured} layer */
function listen({ name, holder, pictures }) {
  const { rows, columns, units } = layerOf(name);
  const height = rows ?? units / columns;
  /** @type {(map: number, row: number, column: number) => Unit} */
  const at = (map, row, column) => ({ name, unit: unitAt(name, { map, row, column }) });

  /** @param {MouseEvent} event */
  function under(event) {
    const map = pictures.findIndex(({ canvas }) => canvas === event.target);
    if (map < 0) return null;
    const box = /** @type {Element} */ (event.target).getBoundingClientRect();
    /** @type {(position: number, size: number, count: number) => number} */
    const cell = (position, size, count) =>
      Math.min(Math.max(Math.floor((position / size) * count), 0), count - 1);
    const row = cell(event.clientY - box.top, box.height, height);
    return at(map, row, cell(event.clientX - box.left, box.width, columns));
  }

  // A click has whole coordinates, on a scaled display not those of the pointer: it means what the pointer was on.
  /** @type {Unit | null} */
  let lit = null;
  for (const type of /** @type {const} */ (["pointermove", "pointerdown", "pointerup"])) {
    holder.addEventListener(type, (event) => {
      lit = under(event);
      if (event.pointerType === "mouse") point(lit);
    });
  }
  holder.addEventListener("pointerleave", () => point(null));
  holder.addEventListener("click", (event) => {
    const unit = lit ?? under(event);
    lit = null;
    if (unit && name !== "input") choose(unit);
  });

  holder.addEventListener("focus", () => {
    if (!holder.matches(":focus-visible")) return;
    if (current()?.name !== name) point(at(0, height >> 1, columns >> 1));
  });
  holder.addEventListener("blur", () => point(null));
  holder.addEventListener("keydown", (event) => {
    const now = current();
    if (!now || now.name !== name) return;
    let { map, row, column } = place(name, now.unit);
    const move = /** @type {Record<string, (() => void) | undefined>} */ ({
      ArrowUp: () => (row = Math.max(row - 1, 0)),
      ArrowDown: () => (row = Math.min(row + 1, height - 1)),
      ArrowLeft: () => (column = Math.max(column - 1, 0)),
      ArrowRight: () => (column = Math.min(column + 1, columns - 1)),
      PageUp: () => (map = Math.max(map - 1, 0)),
      PageDown: () => (map = Math.min(map + 1, pictures.length - 1)),
      Enter: () => name !== "input" && choose(now),
    })[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
    if (event.key !== "Enter") point(at(map, row, column));
  });
}
