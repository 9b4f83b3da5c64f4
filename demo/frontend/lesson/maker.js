// The page that puts a link for a class together: what it opens, what it hides, the link itself, and Copy.

import { address } from "../header/link.js";
import { CARDS } from "./cards.js";
import { hidden, HIDEABLE, isLarge } from "./modes.js";
import { drawing } from "../shared/pad.js";
import { opened } from "../shared/view.js";

const OWN = ["lesson", "hide", "projector"]; // chosen here, whatever is open now

/** @typedef {Record<"drawing" | "open" | "projector" | "compact", HTMLInputElement>} Boxes */

// Makes the dialog; returns what opens it, with the card that `card()` tells chosen.
/** @param {Mounted & HTMLDialogElement} dialog @param {() => number} card */
export function mountMaker(dialog, card) {
  const form = dialog.querySelector("form");
  /** @type {HTMLInputElement} */
  const field = dialog.querySelector(".made input");
  const trial = dialog.querySelector("a");
  const told = dialog.querySelector(".told");
  const { lesson, drawing: withDrawing, open: withOpen, projector, compact } =
    /** @type {HTMLFormControlsCollection & Boxes & { lesson: HTMLSelectElement }} */ (form.elements);

  lesson.append(
    new Option("closed", ""),
    ...CARDS.map(({ title }, i) => new Option(`${i + 1}: ${title}`, String(i + 1))),
  );
  const boxes = Object.entries(HIDEABLE).map(([name, words]) => {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: `hide-${name}` });
    label.append(box, ` ${words}`);
    dialog.querySelector(".hide").append(label);
    return { name, box };
  });

  function make() {
    const without = boxes.filter(({ box }) => box.checked).map(({ name }) => name);
    const parts = [
      ...(compact.checked ? [["view", "compact"]] : []),
      ...(lesson.value ? [["lesson", lesson.value]] : []),
      ...(withOpen.checked ? opened().filter(([name]) => !OWN.includes(name)) : []),
      ...(without.length ? [["hide", without.join(".")]] : []),
      ...(projector.checked ? [["projector", ""]] : []),
    ];
    const link = address(parts, withDrawing.checked);
    field.value = link ?? "";
    trial.href = link ?? location.href;
    told.textContent = link ? "" : "This drawing is too long for a link.";
  }

  async function copy() {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = "Copied.";
    } catch {
      field.focus(); // to be copied by hand
      told.textContent = "The browser does not let the page copy: press Ctrl+C.";
    }
  }

  form.addEventListener("input", make);
  dialog.querySelector("[data-do=copy]").addEventListener("click", copy);

  return () => {
    lesson.value = card() ? String(card()) : "";
    withDrawing.checked = false;
    withDrawing.disabled = drawing.strokes.length === 0;
    withOpen.checked = opened().some(([name]) => !OWN.includes(name));
    projector.checked = isLarge();
    for (const { name, box } of boxes) box.checked = hidden().includes(name);
    make();
    dialog.showModal();
  };
}
