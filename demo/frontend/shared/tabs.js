// Which of the page's views is open: "look" inside, "experiment", or "training". The pad stays where it is.
//
// Whoever has a view listens on `tabs`: "tab", detail its name. CSS reads it from the page's data-tab.

import { register } from "./view.js";

export const tabs = /** @type {Channel<{ tab: string }>} */ (new EventTarget());

const FIRST = "look";
export let tab = FIRST;

// A list of buttons, one of which is chosen; the arrow keys, Home and End choose another.
/** @param {HTMLElement} list */
export function mountTabs(list) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...list.querySelectorAll("[role=tab]")]);

  /** @param {string} name */
  function choose(name) {
    if (!buttons.some(({ value }) => value === name)) throw new RangeError(name);
    for (const button of buttons) {
      button.ariaSelected = String(button.value === name);
      button.tabIndex = button.value === name ? 0 : -1;
    }
    if (name === tab) return;
    tab = document.documentElement.dataset.tab = name;
    tabs.dispatchEvent(new CustomEvent("tab", { detail: tab }));
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      choose(button.value);
      // On a narrow page the view stands below pad and answer, out of sight.
      document.getElementById(button.getAttribute("aria-controls") ?? "")?.scrollIntoView({
        block: "nearest",
      });
    });
  }
  list.addEventListener("keydown", (event) => {
    const now = buttons.findIndex(({ value }) => value === tab);
    const next = /** @type {Record<string, number | undefined>} */ ({
      ArrowRight: (now + 1) % buttons.length,
      ArrowLeft: (now + buttons.length - 1) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    })[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(buttons[next].value);
    buttons[next].focus();
  });

  document.documentElement.dataset.tab = tab;
  register("tab", { told: () => (tab === FIRST ? null : tab), open: (text) => choose(text ?? FIRST) });
}
