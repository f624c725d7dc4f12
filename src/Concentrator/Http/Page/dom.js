// Making elements. Text is always text: nothing here reads markup, so nothing that a peer chose becomes any.

const svgNamespace = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; null and false children are left out. `on…` attributes are listeners. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same in SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, name), attributes, children);
}

export function replace(parent, ...children) {
  parent.replaceChildren(...children.flat(9).filter(present));
}

/** Changes the text only where it differs, so that nobody's selection or screen reader is disturbed. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(9).filter(present));
  return node;
}

const present = child => child !== null && child !== undefined && child !== false;
