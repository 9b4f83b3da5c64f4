// The answer: the digit in words, and a bar for each digit's probability.

import { choose, current, point } from "../shared/focus.js";
import { perCent } from "../shared/numbers.js";
import { newest, predictions } from "../shared/prediction.js";
import { verdict } from "./verdict.js";

/** @param {number} digit */
const look = (digit) => point({ name: "softmax", unit: [digit] });

/** @param {Mounted} element */
export function mount(element) {
  const status = element.querySelector("[role=status]");
  const holder = element.querySelector(".bars");
  const bars = /** @type {Mounted[]} */ ([...holder.children]).map(bar);
  bars.forEach(({ row }, digit) => {
    row.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && look(digit));
    row.addEventListener("click", () => choose({ name: "softmax", unit: [digit] }));
  });
  holder.addEventListener("pointerleave", () => point(null));
  holder.addEventListener("focus", () => {
    if (!holder.matches(":focus-visible")) return;
    if (current()?.name !== "softmax") look(newest?.digit ?? 0);
  });
  holder.addEventListener("blur", () => point(null));
  holder.addEventListener("keydown", (event) => {
    const now = current();
    const digit = now?.name === "softmax" ? now.unit[0] : 0;
    const act = /** @type {Record<string, (() => void) | undefined>} */ ({
      ArrowUp: () => look(Math.max(digit - 1, 0)),
      ArrowDown: () => look(Math.min(digit + 1, 9)),
      Enter: () => choose({ name: "softmax", unit: [digit] }),
    })[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  /** @param {Prediction} prediction */
  function show(prediction) {
    const { digit, arrays, drawing } = prediction;
    const { penDown } = drawing;
    // While the pen is down a screen reader stays silent; it announces the answer at rest.
    status.ariaBusy = String(penDown);
    const { values } = arrays.probabilities;
    const before = arrays.before?.values; // with all maps, where some are switched off
    element.classList.remove("trouble");
    say(verdict(prediction));
    bars.forEach((one, i) =>
      one.set(digit === null ? null : values[i], i === digit, digit === null ? null : before?.[i])
    );
  }
  predictions.addEventListener("prediction", ({ detail }) => show(detail));
  if (newest) show(newest);

  predictions.addEventListener("trouble", ({ detail: { sentence } }) => {
    status.ariaBusy = "false";
    element.classList.add("trouble");
    status.textContent = sentence;
    bars.forEach((one) => one.set(null, false)); // an older answer must not stand under a newer drawing
  });

  /** @param {ReturnType<typeof verdict>} verdict */
  function say({ digit, words }) {
    const text = digit === null ? words : `${digit} ${words}`;
    if (status.textContent === text) return; // or it would be read aloud again
    const strong = document.createElement("strong");
    strong.textContent = String(digit);
    status.replaceChildren(...(digit === null ? [words] : [strong, ` ${words}`]));
  }
}

/** @param {Mounted} row */
function bar(row) {
  const meter = row.querySelector("[role=meter]");
  const fill = /** @type {HTMLElement} */ (meter.firstElementChild);
  const share = row.querySelector(".share");
  const mark = meter.appendChild(Object.assign(document.createElement("i"), { hidden: true }));

  /** @type {number | null} */
  let last = null; // what is shown: what stays the same is not written again, nor laid out
  /** @type {number | null} */
  let lastBefore = null;
  /** @type {(probability: number | null, best: boolean, before?: number | null) => void} */
  function set(probability, best, before = null) {
    row.classList.toggle("best", best);
    if (probability === last && before === lastBefore) return;
    [last, lastBefore] = [probability, before];
    mark.hidden = (before ?? 0) < 0.005; // a line at 0 would be seen as something
    mark.style.width = `${100 * (before ?? 0)}%`;
    meter.ariaValueNow = (100 * (probability ?? 0)).toFixed(1);
    const told = before === null ? "" : `, with all maps ${perCent(before)}`;
    meter.ariaValueText = probability === null ? "no guess" : perCent(probability) + told;
    fill.style.transform = `scaleX(${probability ?? 0})`;
    share.textContent = probability === null ? "–" : perCent(probability);
  }
  return { row, set };
}
