// "How it learned": a slider over the moments of the network's training. The whole figure shows what the network of
// that moment makes of the drawing, and the curves what all of them do, before the errors that they made.

import { mountCurves } from "../experiment/curves.js";
import { onEscape } from "../shared/escape.js";
import { latest } from "../shared/latest.js";
import { unpack } from "../shared/message.js";
import { perCent } from "../shared/numbers.js";
import { drawing } from "../shared/pad.js";
import { asBody, tryOut } from "../shared/prediction.js";
import { ask } from "../shared/server.js";
import { tab, tabs } from "../shared/tabs.js";
import { register } from "../shared/view.js";

const PACE = 700; // ms a moment
const RESTS = 40; // ms without a movement after which all moments read the drawing
const NOTHING = "Draw a digit; what all sixteen make of it appears here.";

// Each of `moments` as it was kept: `step`, the batches learned from, as they are `written`, and the `error` then.
/** @param {Mounted} element @param {{ moments: { step: number, written: string, error: number }[] }} props */
export function mount(element, { moments }) {
  /** @type {Find} */
  const find = (name) => element.querySelector(`.${name}`);
  /** @type {HTMLInputElement} */
  const slider = find("position");
  const [run, words] = ["run", "words"].map(find);
  const [title, errors] = find("moment").children;
  const curves = mountCurves(find("curves"));
  const last = moments.length - 1;
  let moved = -Infinity; // when the drawing changed last
  /** @type {number | undefined} */
  let timer;

  const course = moments.map(({ error }, number) => `${number},${1 - error / 100}`);
  find("errors").setAttribute("points", ["0,1", ...course, `${last},1`].join(" "));
  find("moments").querySelectorAll("li").forEach((
    one,
    number,
  ) => (one.style.left = `${(100 * number) / last}%`));

  // --- what all of them make of the drawing ---

  const readAll = latest(
    (/** @type {Drawing} */ of) => ask("training", (bytes) => unpack(bytes, ["probabilities"]), asBody(of)),
    ({ arrays, words: told }, of) => {
      if (drawing.strokes.length === 0 || tab !== "training") return;
      curves.show(arrays.probabilities.values, Array(moments.length).fill(1));
      if (!of.penDown) words.textContent = told === null ? NOTHING : `It ${told}.`; // a screen reader hears it at rest
    },
    (sentence) => (find("problem").textContent = sentence),
    (underWay, { penDown }) => {
      if (underWay) return Infinity;
      return penDown ? Math.max(moved + RESTS - performance.now(), 0) : 0;
    },
  );

  function read() {
    if (tab === "training" && drawing.strokes.length) readAll(drawing);
  }

  // --- the moment that the figure shows ---

  function show() {
    const number = Number(slider.value);
    const { written, error } = moments[number];
    title.textContent = slider.ariaValueText = `Step ${written} of ${moments[last].written}`;
    errors.textContent = `misreads ${perCent(error / 100)} of the digits kept for checking`;
    curves.mark(number);
    if (tab === "training") tryOut({ moment: number });
  }

  /** @param {number} number */
  function move(number) {
    slider.value = String(number);
    show();
  }

  function stop() {
    if (timer === undefined) return false;
    clearInterval(timer);
    timer = undefined;
    run.textContent = "▶ Play";
    return true;
  }

  run.addEventListener("click", () => {
    if (stop()) return;
    if (Number(slider.value) === last) move(0);
    timer = setInterval(() => {
      move(Number(slider.value) + 1);
      if (Number(slider.value) === last) stop();
    }, PACE);
    run.textContent = "❚❚ Pause";
  });
  onEscape("play", stop);
  slider.addEventListener("input", () => {
    stop();
    show();
  });
  find("curves").addEventListener("pointerdown", (event) => {
    const { left, width } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    stop();
    move(Math.round((last * (event.clientX - left)) / width));
  });

  document.addEventListener("strokes", () => {
    moved = performance.now();
    stop(); // who draws wants to see the drawing
    if (drawing.strokes.length === 0) {
      curves.show([], []);
      words.textContent = NOTHING;
    }
    read();
  });
  tabs.addEventListener("tab", () => {
    stop();
    show();
    read();
  });

  words.textContent = NOTHING;
  show();
  read();
  register("step", {
    told() {
      const number = Number(slider.value);
      return tab !== "training" || number === last ? null : String(moments[number].step);
    },
    // The nearest moment: other weights have others.
    open(text) {
      if (text === null) return move(last);
      if (!/^\d{1,7}$/.test(text)) throw new RangeError(text);
      const far = moments.map(({ step }) => Math.abs(Math.log((1 + step) / (1 + Number(text)))));
      move(far.indexOf(Math.min(...far)));
    },
  });
}
