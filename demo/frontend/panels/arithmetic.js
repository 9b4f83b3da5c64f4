// How the value of a unit came about, as markup: what it reads × its weights, + bias, through its function. All
// numbers are Python's own (lenet.explain), rounded there so that a calculator confirms them.

import { amplitude, layerOf, TITLES } from "../shared/geometry.js";
import { chain, factor, grid, html, number, orLess, perCent } from "../shared/numbers.js";

/**
 * A unit's sum as lenet.explain.unit_sum tells it: of one of four kinds, by the layer.
 * @typedef {{ bias: number, rounding: number, total: number, value: number, instead?: number }} Ends
 * @typedef {Record<"patch" | "kernel" | "products", number[][]> & { map: number, sum: number }} MapTerm
 * @typedef {Ends & { terms: MapTerm[] }} Convolution
 * @typedef {Ends & { cells: number[][], mean: number, coefficient: number, product: number }} Subsampling
 * @typedef {Ends & { terms: { unit: number, input: number, weight: number, product: number }[],
 *     rest: { count: number, sum: number } }} Connected
 * @typedef {{ terms: { digit: number, logit: number, exponential: number }[],
 *     total: number, value: number }} Softmax
 * @typedef {Convolution & Subsampling & Connected & Softmax} Sum
 */

// `prediction` is that of the drawing. Of a convolution over several maps the term number `open` is shown cell by cell.
/** @param {Sum} sum @param {Unit} of @param {Prediction} prediction */
export function arithmetic(sum, { name, unit }, prediction, open = 0) {
  /** @type {Record<string, (sum: Sum, name: string, unit: number[], prediction: Prediction) => string>} */
  const ways = { s2: subsampling, s4: subsampling, f6: connected, output: connected, softmax };
  const how = ways[name];
  return how ? how(sum, name, unit, prediction) : convolution(sum, name, open);
}

/** The number of the term that adds most. @param {{ terms?: MapTerm[] }} sum */
export const largestTerm = ({ terms = [] }) =>
  terms.reduce((most, { sum }, i) => (Math.abs(sum) > Math.abs(terms[most].sum) ? i : most), 0);

/** @param {Ends} ends @param {string} name */
const through = ({ total, value }, name) =>
  name === "output"
    ? html`<p class="result">logit = <b>${number(value)}</b></p>`
    : html`<p class="result">${amplitude} · tanh(2 · ${factor(total)} / 3) = <b>${number(value)}</b></p>`;

// How the shown terms come to a.
/** @param {string} terms @param {Ends} ends */
const together = (terms, { bias, rounding, total }) =>
  html`
    <p class="total">${terms}, bias ${number(bias)}${rounding
      ? `, left out by rounding ${number(rounding)}`
      : ""}, together a = <b>${number(total)}</b></p>
  `;

/** @param {Convolution} sum @param {string} name @param {number} open */
function convolution(sum, name, open) {
  const below = /** @type {Record<string, string>} */ ({ c1: "Input", c3: "S2 map", c5: "S4 map" })[name];
  const term = sum.terms[open];
  const most = Math.max(...sum.terms.map((one) => Math.abs(one.sum)), 0.001);
  const buttons = sum.terms.map((one, i) =>
    html`
      <button type="button" data-term="${i}"
        aria-pressed="${i === open}"><span><span>${name === "c5" ? "map" : below}</span> ${one
          .map}</span> ${signedBar(
            one.sum / most,
          )} <b>${number(
            one.sum,
          )}</b></button>
    `
  );
  const several = sum.terms.length > 1;
  const sums = chain(sum.terms.map((one) => one.sum));
  const added = name === "c5" ? `all ${sum.terms.length} sums` : `sum${several ? "s" : ""} ${sums}`;
  return html`
    ${several
      ? html`<div class="choice" role="group" aria-label="What each map adds">${buttons.join("")}</div>`
      : ""}
    <div class="term">
      <h3>${below}${several ? ` ${term.map}` : ""}</h3>
      <span>patch</span>${grid(term.patch, "patch")}
      <span>× kernel</span>${grid(term.kernel, "kernel")}
      <span>= products</span>${grid(term.products, "products")}
      <span>their sum</span><p><b>${number(term.sum)}</b></p>
    </div>
    <div class="end">
      ${together(added, sum)}
      ${through(sum, name)}
      ${sum.instead === undefined
        ? ""
        : html`<p>This map is switched off: its mean, <b>${
          number(sum.instead)
        }</b>, is passed on instead.</p>`}
    </div>
  `;
}

// How much a term adds, beside the largest: to the left of the middle what is negative.
/** @param {number} share */
const signedBar = (share) =>
  html`<i class="signed ${share < 0 ? "negative" : ""}"><i style="width:${50 * Math.abs(share)}%"></i></i>`;

/** @param {Subsampling} sum @param {string} name @param {number[]} unit */
function subsampling(sum, name, unit) {
  const below = `${TITLES[layerOf(name).reads]} map ${unit[0]}`;
  return html`
    <div class="term">
      <h3>${below}</h3>
      <span>cells</span>${grid(sum.cells, "cells")}
      <span>their mean</span><p><b>${number(sum.mean)}</b></p>
    </div>
    <div class="end">
      ${together(
        `mean × coefficient = ${number(sum.mean)} × ${factor(sum.coefficient)} = ${number(sum.product)}`,
        sum,
      )} ${through(sum, name)}
    </div>
  `;
}

/** @param {Connected} sum @param {string} name */
function connected(sum, name) {
  const below = TITLES[layerOf(name).reads];
  const rows = sum.terms.map(
    (term) =>
      html`
        <tr>
          <th scope="row">${below} unit ${term.unit}</th>
          <td>${number(term.input)}</td>
          <td>× ${factor(term.weight)}</td>
          <td>= ${number(term.product)}</td>
        </tr>
      `,
  );
  return html`
    <table class="terms">
      <thead>
        <tr>
          <th scope="col">largest terms</th>
          <th scope="col">value</th>
          <th scope="col">weight</th>
          <th scope="col">product</th>
        </tr>
      </thead>
      <tbody>
        ${rows.join("")}
        <tr><th scope="row">the other ${sum.rest.count}</th><td></td><td></td><td>${number(
          sum.rest.sum,
        )}</td></tr>
        <tr><th scope="row">bias</th><td></td><td></td><td>${number(sum.bias)}</td></tr>
        <tr><th scope="row">left out by rounding</th><td></td><td></td><td>${number(sum.rounding)}</td></tr>
        <tr class="total"><th scope="row">sum a</th><td></td><td></td><td><b>${number(
          sum.total,
        )}</b></td></tr>
      </tbody>
    </table>
    ${through(sum, name)}
  `;
}

/** @param {Softmax} sum @param {string} _ @param {number[]} unit @param {Prediction} prediction */
function softmax(sum, _, [digit], prediction) {
  const rows = sum.terms.map(
    (term) =>
      html`
        <tr class="${term.digit === digit ? "total" : ""}">
          <th scope="row">${term.digit}</th>
          <td>${number(term.logit)}</td>
          <td>${less(term.exponential)}</td>
        </tr>
      `,
  );
  return html`
    <div class="beside">
      <div>
        <p>Softmax turns logits z into shares: e<sup>z</sup> over the sum of all ten. Taking the largest logit
        from each first changes no share. Both are computed from logits with all their decimals.</p>
        <p class="result">${less(sum.terms[digit].exponential)} / ${number(sum.total)} = <b>${less(
          sum.value,
        )}</b></p>
        <p><button type="button" data-logit="${digit}">How logit ${digit} came about</button></p>
        <p>The ten always share 100 %, whatever is drawn.${prediction.digit === null
          ? ""
          : doubt(prediction)}</p>
      </div>
      <table class="terms">
        <thead>
          <tr>
            <th scope="col">digit</th>
            <th scope="col">logit z</th>
            <th scope="col">e<sup>z − largest</sup></th>
          </tr>
        </thead>
        <tbody>${rows.join("")}<tr class="total"><th scope="row">sum</th><td></td><td>${number(
          sum.total,
        )}</td></tr></tbody>
      </table>
    </div>
  `;
}

/** @param {number} value */
const less = (value) => orLess(value).replace("<", "&lt;");

/** @param {Prediction} prediction */
const doubt = ({ arrays }) =>
  html`
    How likely the drawing is a digit at all, a second, small network tells from F6:
    <b class="is-digit">${perCent(arrays.is_digit.values[0])}</b>.
  `;
