// A change's whole range: one thing about the drawing changes with a slider, the whole figure follows, and beside it
// stand the ten probabilities over the slider's whole range.

import { mountCurves } from "./curves.js";
import { lookFor } from "./look-for.js";
import { ink, onTheme } from "../shared/colours.js";
import { latest } from "../shared/latest.js";
import { unpack } from "../shared/message.js";
import { drawing } from "../shared/pad.js";
import { paint } from "../shared/paint.js";
import { asBody, tryOut } from "../shared/prediction.js";
import { ask } from "../shared/server.js";
import { tab } from "../shared/tabs.js";

const RESTS = 60; // ms without a movement after which the range is read
const LONGEST = 3_000; // that it stands still while the pen moves on and on: forty readings are dear, a class has one server
const SIDE = 32; // cells of an input
const NEEDED = ["values", "probabilities", "is_digit", "inputs"];

/**
 * A change as lenet.experiment knows it: its values over the range, as they are written, and the one for none.
 * @typedef {{ name: string, values: number[], written: string[], none: number }} Kind
 */

/**
 * @param {Mounted} element
 * @param {HTMLSelectElement} kinds
 * @param {Kind[]} changes of which the last leads to a drawing that was kept
 * @returns {import("./experiment.js").Tried}
 */
export function mountRange(element, kinds, changes) {
  /** @type {Find} */
  const find = (name) => element.querySelector(`.${name}`);
  /** @type {HTMLInputElement} */
  const slider = find("position");
  const [value, words] = ["value", "words"].map(find);
  /** @type {HTMLInputElement[]} */
  const [centred, redrawn, difference] = [find("centred"), find("redrawn"), find("difference")];
  const [inputs, advice] = ["inputs", "look-for"].map(find);
  const curves = mountCurves(find("curves"));
  const towards = changes.length - 1;
  /** @type {Stroke[] | null} */
  let kept = null;
  /** @type {Arrays | null} */
  let range = null;
  let moved = -Infinity; // when the drawing changed last
  let sent = -Infinity; // when the last range was asked for
  kinds.options[towards].disabled = true;

  /** @returns {Kind} */
  const kind = () => changes[kinds.selectedIndex];
  const isSeen = () => tab === "experiment" && kinds.selectedIndex < changes.length;
  const isBlend = () => kinds.selectedIndex === towards;
  /** @returns {Experiment} */
  const conditions = () => ({
    ...(isBlend() ? { towards: kept } : { change: kind().name }),
    ...(centred.checked ? {} : { centred: false }),
    ...(redrawn.checked ? {} : { redrawn: false }),
  });

  // --- the whole range, again and again while the drawing changes ---

  const readRange = latest(
    (/** @type {Drawing} */ of, /** @type {Experiment} */ asked) => {
      sent = performance.now();
      return ask("range", (bytes) => unpack(bytes, NEEDED), {
        ...asBody(of),
        ...asked,
      });
    },
    (answer, of) => showRange(answer, of),
    (sentence) => (find("problem").textContent = sentence),
    (underWay, { penDown }) => {
      if (underWay) return Infinity;
      const now = performance.now();
      return penDown ? Math.max(Math.min(moved + RESTS, sent + LONGEST) - now, 0) : 0;
    },
  );

  /** @param {Reply} reply @param {Drawing} of */
  function showRange({ arrays, words: told }, of) {
    if (drawing.strokes.length === 0 || !isSeen()) return;
    range = arrays;
    curves.show(arrays.probabilities.values, arrays.is_digit.values);
    if (!of.penDown) words.textContent = `The answer ${told}.`; // a screen reader hears it at rest
    paintInputs();
  }

  function paintInputs() {
    if (!range) return;
    const { values, shape: [count] } = range.inputs;
    while (inputs.children.length < count) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = SIDE;
      const place = inputs.children.length;
      canvas.addEventListener("click", () => move(Math.round((place * Number(slider.max)) / (count - 1))));
      inputs.append(canvas);
    }
    const cells = SIDE * SIDE;
    for (let i = 0; i < count; i++) {
      paint(
        /** @type {HTMLCanvasElement} */ (inputs.children[i]),
        values.subarray(i * cells, (i + 1) * cells),
        ink,
      );
    }
  }
  onTheme(paintInputs);

  // --- what stands on the slider, and the figure with it ---

  function show() {
    const position = Number(slider.value);
    value.textContent = slider.ariaValueText = kind().written[position];
    curves.mark(position);
    advice.textContent = lookFor(kind().name, centred.checked, redrawn.checked);
    if (!isSeen()) return;
    const only = difference.checked ? { difference: true } : {}; // how the maps differ from those of the drawing as it is
    tryOut({ ...conditions(), ...only, value: kind().values[position] });
  }

  function read() {
    if (isSeen() && drawing.strokes.length) readRange(drawing, conditions());
  }

  /** @param {number} position */
  function move(position) {
    slider.value = String(position);
    show();
  }

  /** @param {number} index */
  function choose(index) {
    kinds.selectedIndex = index;
    move(kind().none);
    read();
  }

  slider.addEventListener("input", show);
  kinds.addEventListener("change", () => kind() && move(kind().none));
  find("none").addEventListener("click", () => move(kind().none));
  find("curves").addEventListener("pointerdown", (event) => {
    const { left, width } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    move(Math.round((Number(slider.max) * (event.clientX - left)) / width));
  });
  for (const box of [centred, redrawn]) {
    box.addEventListener("change", () => {
      show();
      read();
    });
  }
  difference.addEventListener("change", show);
  find("keep").addEventListener("click", () => {
    if (drawing.strokes.length === 0) return;
    kept = drawing.strokes;
    kinds.options[towards].disabled = false;
    choose(towards);
  });

  document.addEventListener("strokes", () => {
    moved = performance.now();
    if (drawing.strokes.length === 0) {
      range = null;
      curves.show([], []);
      inputs.replaceChildren();
      words.textContent = "Draw a digit; its ten probabilities appear here.";
    }
  });

  words.textContent = "Draw a digit; its ten probabilities appear here.";
  choose(changes.findIndex(({ name }) => name === "turn"));
  return {
    element,
    enter() {
      show();
      read();
    },
    leave() {},
    told() {
      if (isBlend()) return null;
      const set = [
        !centred.checked && "uncentred",
        !redrawn.checked && "undrawn",
        difference.checked && "difference",
      ];
      return [kind().name.replace(" ", "-"), slider.value, ...set.filter(Boolean)].join(".");
    },
    open(text) {
      const [name, position, ...off] = text.split(".");
      const index = changes.findIndex((one) => one.name.replace(" ", "-") === name);
      const known = off.every((one) => ["uncentred", "undrawn", "difference"].includes(one));
      if (index < 0 || index === towards || !/^\d{0,2}$/.test(position ?? "-") || !known) {
        throw new RangeError(text);
      }
      centred.checked = !off.includes("uncentred");
      redrawn.checked = !off.includes("undrawn");
      difference.checked = off.includes("difference");
      choose(index);
      if (position) move(Math.min(Number(position), Number(slider.max)));
    },
  };
}
