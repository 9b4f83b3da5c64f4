// The smallest change that makes it another digit: of the strokes, over the drawing as it was, and played; beside it,
// of the pixels. Python looks for both (lenet.experiment.smallest).

import { ink, onTheme, signed } from "../shared/colours.js";
import { onEscape } from "../shared/escape.js";
import { perCent, perCentOrLess } from "../shared/numbers.js";
import { drawing } from "../shared/pad.js";
import { paint } from "../shared/paint.js";
import { asBody, newest, tryOut } from "../shared/prediction.js";
import { ask, parse, pause, Trouble } from "../shared/server.js";
import { tab } from "../shared/tabs.js";

const SVG = "http://www.w3.org/2000/svg";
const PLAYED = 2_000; // ms from the drawing to the moved one
const METHOD =
  "The points of the strokes are moved smoothly along the network's own gradient until it reads the other " +
  "digit, then back to the border, again and again; the same for the pixels. There may be smaller changes.";
const ASK = "Which digit should it become? The strokes are moved as little as possible.";

/** @param {Change} change @param {number} digit */
function inWords({ found, mean, largest, pixels }, digit) {
  if (found && largest === 0) return `It reads ${digit} already.`;
  const strokes = found
    ? `It reads ${digit} when the strokes are moved by ${
      perCentOrLess(mean)
    } of the drawing's size on average, and by ${perCentOrLess(largest)} at most.`
    : `No change of the strokes was found that makes it a ${digit} and not another drawing.`;
  const cells = pixels.found
    ? `Pixels need other changes: ${perCentOrLess(pixels.changed)} of the ink in all, ${
      perCentOrLess(pixels.largest)
    } in the one that changes most.`
    : "No change of the pixels was found, either.";
  return `${strokes} ${cells}`;
}

/**
 * What the server found: strokes with more points than were drawn, where they were moved to, and of the pixels.
 * @typedef {{ found: boolean, mean: number, largest: number, strokes: Stroke[], moved: Stroke[],
 *     pixels: { found: boolean, changed: number, largest: number, input: number[], difference: number[] } }} Change
 * @param {Mounted} element
 * @returns {import("./experiment.js").Tried}
 */
export function mountSmallest(element) {
  /** @type {Find} */
  const find = (name) => element.querySelector(`.${name}`);
  /** @type {HTMLSelectElement} */
  const digits = find("digit");
  /** @type {HTMLInputElement} */
  const way = find("way");
  /** @type {HTMLButtonElement} */
  const play = find("play");
  const [start, cancel, progress] = ["find", "cancel", "search progress"].map(find);
  const [value, words] = ["value", "words"].map(find);
  /** @type {SVGElement[]} */
  const [old, moved] = [find("old"), find("new")];
  const most = Number(way.max);
  /** @type {Change | null} */
  let change = null;
  /** @type {Stroke[] | null} */
  let of = null; // the drawing that it is of, or is looked for
  /** @type {AbortController | null} */
  let search = null;
  /** @type {number | null} */
  let wanted = null; // how far, by a link, as soon as there is a drawing
  let frame = 0; // of what is played
  find("note").textContent = METHOD;

  const problem = (/** @type {string} */ sentence) => (find("problem").textContent = sentence);

  // --- looking for it ---

  async function look() {
    forget();
    if (drawing.strokes.length === 0) return say("Draw a digit first.");
    of = drawing.strokes;
    const mine = search = new AbortController();
    const [digit, body] = [Number(digits.value), asBody({ ...drawing, experiment: null })];
    say("Searching …");
    enable();
    for (let failures = 0; search === mine; failures++) {
      try {
        const found = await ask("smallest-change", parse, { ...body, digit }, mine);
        if (search === mine) show(found, digit);
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        if (search !== mine) return;
        problem(error.message);
        if (error.final) return forget();
        await pause(error, failures);
      }
    }
  }

  /** @param {Change} found @param {number} digit */
  function show(found, digit) {
    search = null;
    change = found;
    problem("");
    say(inWords(found, digit));
    paintPixels();
    enable();
    move(found.found ? Math.min(wanted ?? most, most) : 0);
    wanted = null;
  }

  function forget() {
    search?.abort();
    [search, change, of] = [null, null, null];
    stop();
    problem("");
    say(drawing.strokes.length ? ASK : "Draw a digit; then choose another one.");
    paintPixels();
    enable();
    move(0);
  }

  function enable() {
    start.hidden = search !== null;
    cancel.hidden = progress.hidden = search === null;
    way.disabled = play.disabled = !change?.found || change.largest === 0;
    find("found").classList.toggle("nothing", !change);
  }

  /** @param {string} sentence */
  function say(sentence) {
    if (words.textContent !== sentence) words.textContent = sentence;
  }

  // --- what was found ---

  // The strokes at a share of the way, and the figure with them.
  /** @param {number} position */
  function move(position) {
    way.value = String(position);
    const share = position / most;
    value.textContent = way.ariaValueText = perCent(share);
    const [from, to] = change ? [change.strokes, change.moved] : [drawing.strokes, []];
    /** @type {Stroke[]} */
    const now = to.map((points, i) =>
      points.map(([x, y], j) => {
        const [oldX, oldY] = from[i][j];
        return [oldX + share * (x - oldX), oldY + share * (y - oldY)];
      })
    );
    draw(old, from);
    draw(moved, now);
    const picture = /** @type {Element} */ (old.parentElement);
    picture.ariaLabel = change?.found
      ? "The drawing, and over it how its strokes were moved"
      : "The drawing as it is";
    if (tab === "experiment" && !element.hidden) {
      tryOut(position && change ? { strokes: share === 1 ? change.moved : now } : null);
    }
  }

  /** @param {SVGElement} group @param {Stroke[]} strokes */
  function draw(group, strokes) {
    group.style.strokeWidth = String(drawing.penWidth);
    group.replaceChildren(...strokes.map((points) => {
      const line = document.createElementNS(SVG, "polyline");
      const all = points.length === 1 ? [points[0], points[0]] : points;
      line.setAttribute("points", all.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
      return line;
    }));
  }

  function paintPixels() {
    const { input = [], difference = [], found = false } = change?.pixels ?? {};
    /** @type {HTMLCanvasElement[]} */
    const [pixels, differs] = [find("pixels"), find("difference")];
    paint(pixels, input, ink);
    const limit = Math.max(change?.pixels.largest ?? 0, 0.001);
    paint(differs, difference.map((one) => Math.round((127 * one) / limit)), signed);
    find("scale-of").textContent = found ? `by ${perCentOrLess(limit)} at most` : "by so much";
    pixels.ariaLabel = found ? "The input with its pixels changed" : "No changed pixels yet";
    differs.ariaLabel = found
      ? "What was added to the pixels, orange, and taken away, blue"
      : "No difference yet";
  }
  onTheme(paintPixels);

  // --- played ---

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    play.textContent = "▶ Play";
  }

  function run() {
    if (frame) return stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return move(way.value === way.max ? 0 : most);
    play.textContent = "❚❚ Pause";
    const begun = performance.now() - (Number(way.value) % most) / most * PLAYED;
    const step = (/** @type {number} */ now) => {
      const position = Math.min(Math.round(((now - begun) / PLAYED) * most), most);
      move(Math.max(position, 0));
      if (position === most) stop();
      else frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  }

  start.addEventListener("click", look);
  digits.addEventListener("change", () => {
    digits.dataset.chosen = digits.value;
    forget();
  });
  cancel.addEventListener("click", () => {
    forget();
    start.focus();
  });
  play.addEventListener("click", run);
  way.addEventListener("input", () => {
    stop();
    move(Number(way.value));
  });
  onEscape("play", () => {
    const [running, searching] = [frame !== 0, search !== null];
    stop();
    if (searching) cancel.click();
    return running || searching;
  });

  return {
    element,
    enter() {
      if (of !== drawing.strokes || !of) forget();
      else move(Number(way.value));
      if (!digits.dataset.chosen) suggest();
      if (wanted !== null && !of && drawing.strokes.length && !drawing.penDown) look();
    },
    leave() {
      search?.abort();
      if (search) [search, of] = [null, null];
      stop();
    },
    told: () => [digits.value, ...(change ? [way.value] : [])].join("."),
    open(text) {
      const [digit = "", position] = text.split(".");
      if (!/^\d?(\.\d{1,2})?$/.test(text)) throw new RangeError(text);
      forget();
      if (digit) digits.value = digit;
      digits.dataset.chosen = digit;
      wanted = position === undefined ? null : Number(position);
    },
  };

  // Until somebody chooses, the digit that is nearly as probable as the one read.
  function suggest() {
    const { values } = newest?.arrays.probabilities ?? { values: [] };
    const order = Array.from(values, (_, digit) => digit).sort((a, b) => values[b] - values[a]);
    if (order.length) digits.value = String(order[1]);
  }
}
