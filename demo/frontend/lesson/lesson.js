// The lesson beside the figure: one card at a time, which points at where something is to be done until it is.

import { CARDS } from "./cards.js";
import { mountMaker } from "./maker.js";
import { mountModes } from "./modes.js";
import { onEscape } from "../shared/escape.js";
import { current, focus } from "../shared/focus.js";
import { drawing } from "../shared/pad.js";
import { doubted, newest, predictions } from "../shared/prediction.js";
import { openPart, register, toldOf } from "../shared/view.js";

const VIEWS = ["unit", "table", "why", "kernels", "play"]; // what a card opens, or closes
const NOT_YET = "Answer the question first; then do it.";
const DO_IT = "Now do it and see.";
const ANSWER = "Done. And what is your answer?";

/** @param {Mounted} element */
export function mount(element) {
  const card = element.querySelector(".card");
  const spoken = element.querySelector(":scope > [aria-live]");
  const [count, title, task] = [".count", "h2", ".task"].map((part) => card.querySelector(part));
  const [legend, choices, reveal] = ["legend", ".choices", ".reveal"].map((part) => card.querySelector(part));
  /** @type {HTMLButtonElement[]} */
  const [back, next] = ["back", "next"].map((name) => card.querySelector(`[data-do=${name}]`));
  const opener = /** @type {HTMLButtonElement} */ (document.querySelector("[data-do=lesson]"));

  let number = 0; // of the card that is open, from 1; 0 for none
  let answered = -1; // the choice
  let done = false;
  /** @type {Set<string>} */
  let pressed = new Set(); // selectors of what was pressed since the card is open
  /** @type {(number | "no digit")[]} */
  let said = []; // what the page read since then, each change once
  /** @type {Unit | null} */
  let looked = null; // the unit pointed at since then
  /** @type {Element | null} */
  let spot = null;

  // What is to be pointed at may come into sight only when its numbers are there.
  const appearing = new MutationObserver(() => look());

  /** @returns {Learning} */
  const state = () => ({
    digit: newest?.digit ?? null,
    drawing: newest?.drawing ?? drawing,
    rests: newest !== null && !newest.drawing.penDown && newest.drawing.strokes.length > 0,
    doubted: newest !== null && newest.digit !== null && doubted(newest),
    said,
    looked,
    pressed: (selector) => pressed.has(selector),
    told: toldOf,
  });

  // Opens the card of that number, or closes the lesson for 0.
  /** @param {number} now */
  function show(now) {
    if (now === number) return;
    number = now;
    [answered, done, pressed, said, looked] = [-1, false, new Set(), [], null];
    card.hidden = number === 0;
    opener.ariaExpanded = String(number > 0);
    document.documentElement.classList.toggle("lesson", number > 0);
    point(null);
    appearing.disconnect();
    if (number > 0) appearing.observe(document.body, { subtree: true, attributeFilter: ["hidden"] });
    if (number > 0) fill(CARDS[number - 1]);
    dispatchEvent(new Event("resize")); // the figure has another width now
    if (number > 0) look();
  }

  /** @param {Card} card */
  function fill({ title: words, task: toDo, question, choices: answers }) {
    count.textContent = `Lesson, card ${number} of ${CARDS.length}`;
    [title.textContent, task.textContent, legend.textContent] = [words, toDo, question];
    choices.replaceChildren(...answers.map((words, i) => {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "choice" });
      input.addEventListener("change", () => {
        answered = i;
        look();
      });
      label.append(input, words);
      return label;
    }));
    back.disabled = number === 1;
  }

  // Whether it is done by now; what there is to say, and to point at.
  function look() {
    if (number === 0) return;
    const { right, choices: answers, spots, done: isDone, reveal: tells } = CARDS[number - 1];
    const ends = !done && isDone(state());
    if (ends) done = true;
    point(
      done ? null : spots.map((one) => document.querySelector(one)).find((one) => one?.checkVisibility()),
    );
    const whole = done && answered >= 0;
    const verdict = right === undefined ? "" : answered === right ? "Right. " : `No: ${answers[right]}. `;
    if (!whole) say(done ? ANSWER : answered >= 0 ? DO_IT : NOT_YET);
    // What has no right answer depends on the drawing, which may not have been finished.
    else if (!reveal.classList.contains("complete") || (right === undefined && isDone(state()))) {
      say(verdict + tells(state()));
    }
    reveal.classList.toggle("complete", whole);
    for (const input of choices.querySelectorAll("input")) input.disabled = whole;
    next.textContent = number === CARDS.length ? "✓ End" : whole ? "Next card ▶" : "Skip ▶";
    next.classList.toggle("complete", whole);
  }

  /** @param {string} words */
  function say(words) {
    if (reveal.textContent !== words) reveal.textContent = words;
  }

  /** @param {Element | null | undefined} to */
  function point(to) {
    if (spot === to) return;
    spot?.classList.remove("spot");
    spot = to ?? null;
    spot?.classList.add("spot");
    // Where the window scrolls, to where it is to be done; scrollIntoView would scroll the page around a frame, too.
    const box = spot?.getBoundingClientRect();
    const below = card.getBoundingClientRect().bottom + 16;
    if (
      box && getComputedStyle(card).position === "sticky" && (box.top < below || box.top > innerHeight / 2)
    ) {
      scrollBy(0, box.top - below);
    }
  }

  // The next card, with what it speaks of open and all else closed.
  /** @param {number} to */
  function turn(to) {
    const { view = {} } = CARDS[to - 1] ?? {};
    if (to > 0) { for (const name of VIEWS) openPart(name, view[name] ?? null); }
    show(to);
    if (to > 0) title.focus({ preventScroll: true });
    else opener.focus();
  }

  opener.addEventListener("click", () => turn(number > 0 ? 0 : 1));
  const makeLink = mountMaker(element.querySelector(".maker"), () => number);
  /** @type {Record<string, (() => void) | undefined>} */
  const actions = {
    close: () => turn(0),
    back: () => turn(number - 1),
    next: () => turn(number === CARDS.length ? 0 : number + 1),
    link: makeLink,
  };
  card.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    actions[button?.dataset.do ?? ""]?.();
  });
  onEscape("lesson", () => {
    if (!card.contains(document.activeElement)) return false;
    turn(0);
    return true;
  });

  // All that may be what is to be done.
  document.addEventListener("click", ({ target }) => {
    if (number === 0 || !(target instanceof Element)) return;
    for (const selector of CARDS[number - 1].spots) if (target.closest(selector)) pressed.add(selector);
    setTimeout(look); // after those who open something for it
  });
  document.addEventListener("keyup", look);
  focus.addEventListener("current", () => {
    looked = current() ?? looked;
    look();
  });
  focus.addEventListener("chosen", () => setTimeout(look));
  predictions.addEventListener("prediction", ({ detail: { digit, drawing } }) => {
    const saying = digit ?? "no digit";
    if (drawing.strokes.length > 0 && said.at(-1) !== saying) said.push(saying);
    look();
  });

  register("lesson", {
    told: () => (number > 0 ? String(number) : null),
    open: (text) => {
      const wanted = text === null ? 0 : /^[1-9]$/.test(text) ? Number(text) : NaN;
      if (!(wanted <= CARDS.length)) throw new RangeError(text ?? "");
      const { view = {} } = CARDS[wanted - 1] ?? {};
      show(wanted);
      for (const [name, what] of Object.entries(view)) if (toldOf(name) === null) openPart(name, what);
    },
  });
  mountModes((sentence) => (spoken.textContent = sentence));
}
