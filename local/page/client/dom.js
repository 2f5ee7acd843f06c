/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. Text is always text: nothing here reads HTML, so names and bodies from outside can say
 * what they like. `on` holds listeners; an attribute that is null or false is left out, true is empty.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/**
 * The same for SVG.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 */
export function svg(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, unknown>} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(/** @type {Record<string, EventListener>} */ (value))) {
        element.addEventListener(event, listener);
      }
    } else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Control characters, and those that change the direction of what follows: shown by number. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A text from outside, with what can't be seen made visible.
 *
 * @param {string} text
 */
export function visible(text) {
  return text.replace(UNSEEN, (c) => {
    if (c === '\n' || c === '\t') return c;
    return `\u27e8U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}

/**
 * A text from outside, kept from reordering what stands beside it.
 *
 * @param {string} text
 */
export function outside(text) {
  return h('bdi', {}, visible(text));
}

/**
 * Replaces what an element holds, unless it holds the same already (by the text that `sign` gives). What is
 * focused or unfolded stays so, if it has an id.
 *
 * @param {Element} element
 * @param {string} sign
 * @param {() => Child[]} make
 */
export function renew(element, sign, make) {
  if (element.getAttribute('data-sign') === sign) return;
  element.setAttribute('data-sign', sign);
  const focused = document.activeElement?.id;
  const unfolded = [...element.querySelectorAll('details[open][id]')].map(({ id }) => id);
  element.replaceChildren();
  append(element, make());
  for (const id of unfolded) element.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
  if (focused && element.querySelector(`#${CSS.escape(focused)}`)) {
    /** @type {HTMLElement} */ (document.getElementById(focused)).focus({ preventScroll: true });
  }
}
