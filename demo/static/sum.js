// The arithmetic of the chosen unit, in Python's own numbers: what it reads × its weights, + bias, through
// its function. And the kernel's walk over the map, step by step or played.

import { choose, current, focus, getChosen, same } from "./focus.js";
import { layer as layerOf, place, TITLES, unitAt, unitNamed, words } from "./geometry.js";
import { chain, factor, grid, html, number, orLess, perCent } from "./numbers.js";
import { closesOnEscape, hasKeyboard, uncover } from "./panel.js";
import { asBody, newest, readings } from "./reading.js";
import { ask, latest, parse } from "./server.js";
import { register } from "./view.js";

const PACE = 450; // ms between two steps of the walking kernel

export function mountSum(element) {
  const title = element.querySelector("h2");
  const body = element.querySelector(".arithmetic");
  const told = document.querySelector("#layers .told");
  const readout = document.querySelector(".readout");
  const walk = element.querySelector(".walk");
  const play = walk.querySelector("[data-do=play]");
  let opener = null; // what had the keyboard before the panel opened
  let timer = null;
  let shown = null; // in the panel: { sum, target, drawing }

  const unitSum = async (target, drawing) =>
    parse(await ask("unit", { ...asBody(drawing), layer: target.name, unit: target.unit }));
  // Two, so that neither's question takes the other's place: a pointer may rest on a map while the kernel walks.
  const forPanel = latest(unitSum, (sum, target, drawing) => {
    if (same(target, getChosen())) show(sum, target, drawing);
    if (same(target, current())) tell(sum, target);
  });
  const forReadout = latest(unitSum, tell);
  function refresh(target) {
    if (!target || !newest) return;
    if (target !== getChosen()) forReadout(target, newest.drawing);
    else if (shown?.target === target && shown.drawing === newest.drawing) tell(shown.sum, target);
    else forPanel(target, newest.drawing);
  }

  function tell(sum, target) {
    readout.textContent = told.textContent = `${words(target.name, target.unit)}: ${number(sum.value)}`;
  }

  focus.addEventListener("pointed", ({ detail: target }) => {
    if (!target) readout.textContent = "";
    else if (target.name === "input") {
      const value = newest?.arrays.input.values[32 * target.unit[1] + target.unit[2]] ?? 0;
      readout.textContent = `${words("input", target.unit)}: ink ${(value / 255).toFixed(2)}`;
    } else refresh(target);
  });
  focus.addEventListener("chosen", ({ detail: target }) => {
    if (!target) return close();
    if (element.hidden) {
      opener = document.activeElement;
      title.textContent = words(target.name, target.unit);
      body.replaceChildren();
      element.hidden = false;
    }
    walk.hidden = !layerOf(target.name).rows;
    if (target !== current()) refresh(target); // else "pointed" follows, and asks
  });
  readings.addEventListener("reading", () => {
    refresh(getChosen());
    if (current() !== getChosen()) refresh(current());
  });
  closesOnEscape(element, () => choose(null));
  register("unit", {
    told() {
      const chosen = getChosen();
      return chosen && [chosen.name, ...chosen.unit].join(".");
    },
    open: (text) => choose(text === null ? null : unitNamed(text)),
  });

  // --- what is shown -------------------------------------------------------------------------------

  function show(sum, target, drawing) {
    const { name, unit } = target;
    // With its title, not before it: nobody shall read one unit's sum under another's name.
    title.textContent = words(name, unit);
    const how = { s2: subsampling, s4: subsampling, f6: connected, output: connected, softmax }[name];
    body.innerHTML = (how ?? convolution)(sum, name, unit);
    if (name !== shown?.target.name) uncover(element, name);
    shown = { sum, target, drawing };
  }

  function close() {
    stop();
    if (hasKeyboard(element) && opener?.isConnected) opener.focus({ preventScroll: true });
    element.hidden = true;
    shown = null;
  }

  const through = ({ total, value }, name) =>
    name === "output"
      ? html`<p class="result">logit = <b>${number(value)}</b></p>`
      : html`<p class="result">1.7159 · tanh(2 · ${factor(total)} / 3) = <b>${number(value)}</b></p>`;

  function convolution(sum, name) {
    const below = { c1: "Input", c3: "S2 map", c5: "S4 map" }[name];
    const named = (term) => (name === "c1" ? below : `${below} ${term.map}`);
    const parts = sum.terms.map(
      (term) => html`
        <div class="term">
          <h3>${named(term)}</h3>
          ${grid(term.patch, "patch")}<span>×</span>${grid(term.kernel, "kernel")}<span>=</span>
          ${grid(term.products, "products")}<span>sum <b>${number(term.sum)}</b></span>
        </div>`,
    );
    return html`
      <p class="total">
        a = ${chain([...sum.terms.map((term) => term.sum), sum.bias])} (the last one is the bias)
        = <b>${number(sum.total)}</b>
      </p>
      ${through(sum, name)} ${parts.join("")}`;
  }

  function subsampling(sum, name, unit) {
    const below = `${TITLES[layerOf(name).reads]} map ${unit[0]}`;
    return html`
      <div class="term"><h3>${below}</h3>${grid(sum.cells, "cells")}<span>mean <b>${number(sum.mean)}</b></span></div>
      <p class="total">
        a = mean × coefficient + bias = ${number(sum.mean)} × ${factor(sum.coefficient)} + bias
        = ${chain([sum.product, sum.bias])} = <b>${number(sum.total)}</b>
      </p>
      ${through(sum, name)}`;
  }

  function connected(sum, name) {
    const below = TITLES[layerOf(name).reads];
    const rows = sum.terms.map(
      (term) => html`
        <tr>
          <th scope="row">${below} unit ${term.unit}</th>
          <td>${number(term.input)}</td><td>× ${factor(term.weight)}</td><td>= ${number(term.product)}</td>
        </tr>`,
    );
    return html`
      <table class="terms">
        <thead><tr><th scope="col">largest terms</th><th scope="col">value</th><th scope="col">weight</th><th scope="col">product</th></tr></thead>
        <tbody>
          ${rows.join("")}
          <tr><th scope="row">the other ${sum.rest.count}</th><td></td><td></td><td>${number(sum.rest.sum)}</td></tr>
          <tr><th scope="row">bias</th><td></td><td></td><td>${number(sum.bias)}</td></tr>
          <tr class="total"><th scope="row">sum a</th><td></td><td></td><td><b>${number(sum.total)}</b></td></tr>
        </tbody>
      </table>
      ${through(sum, name)}`;
  }

  function softmax(sum, _, [digit]) {
    const rows = sum.terms.map(
      (term) => html`
        <tr class="${term.digit === digit ? "total" : ""}">
          <th scope="row">${term.digit}</th><td>${number(term.logit)}</td><td>${orLess(term.exponential)}</td>
        </tr>`,
    );
    const own = sum.terms[digit].exponential;
    return html`
      <div class="beside">
        <table class="terms">
          <thead><tr><th scope="col">digit</th><th scope="col">logit z</th><th scope="col">e<sup>z − largest</sup></th></tr></thead>
          <tbody>${rows.join("")}<tr class="total"><th scope="row">sum</th><td></td><td>${number(sum.total)}</td></tr></tbody>
        </table>
        <div>
          <p>Softmax turns logits z into shares: e<sup>z</sup> over the sum of all ten. Taking the largest logit
          from each first changes no share.</p>
          <p class="result">${orLess(own)} / ${number(sum.total)} = <b>${orLess(sum.value)}</b></p>
          <p><button type="button" data-logit="${digit}">How logit ${digit} came about</button></p>
          <p>The ten always share 100 %, whatever is drawn. How likely the drawing is a digit at all, a second, small
          network tells from F6: ${perCent(newest.arrays.is_digit.values[0])}.</p>
        </div>
      </div>`;
  }

  // --- the kernel's walk ---------------------------------------------------------------------------

  function step(by) {
    const { name, unit } = getChosen();
    const { rows, columns } = layerOf(name);
    const { map, row, column } = place(name, unit);
    const cell = (row * columns + column + by + rows * columns) % (rows * columns);
    choose({ name, unit: unitAt(name, { map, row: Math.floor(cell / columns), column: cell % columns }) });
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶ Play";
  }

  const actions = {
    back: () => step(-1),
    forward: () => step(1),
    play: () => {
      if (timer) return stop();
      timer = setInterval(() => step(1), PACE);
      play.textContent = "❚❚ Pause";
    },
    close: () => choose(null),
  };
  element.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.logit) {
      choose({ name: "output", unit: [Number(button.dataset.logit)] });
      title.focus(); // the button goes
    } else if (button) actions[button.dataset.do]();
  });
}
