// All IKE SAs, a page at a time: the gateway searches and sorts, the page shows.

import { el, replace, setText } from './dom.js';
import { read } from './api.js';
import { count, look, since } from './format.js';

const limit = 50, pause = 250, refresh = 3000;
const states = ['ESTABLISHED', 'CONNECTING', 'CREATED', 'DELETING', 'DESTROYING'];

export function ikeSas(page) {
  const text = el('input', { type: 'search', id: 'q', value: page.query.get('q') ?? '', placeholder: 'name, identity, address or SPI', maxlength: '200', autocomplete: 'off', spellcheck: 'false' });
  const state = el('select', { id: 'state' }, el('option', { value: '' }, 'any'), states.map(name => el('option', { value: name, selected: page.query.get('state') === name }, name)));
  const order = el('select', { id: 'order' }, el('option', { value: '' }, 'newest first'), el('option', { value: 'oldest', selected: page.query.get('order') === 'oldest' }, 'oldest first'));
  const body = el('tbody');
  const found = el('p', { class: 'muted', role: 'status' });
  const previous = el('button', { type: 'button', onclick: () => turn(-1) }, 'Previous');
  const next = el('button', { type: 'button', onclick: () => turn(1) }, 'Next');
  const where = el('span');
  let offset = Number(page.query.get('offset') ?? 0) || 0;
  let asking = null, waiting = null, again = null;

  replace(page.main,
    el('div', { class: 'head' }, el('h1', {}, 'IKE SAs'), found),
    el('form', { class: 'search', role: 'search', onsubmit: event => { event.preventDefault(); begin(0); } },
      el('label', { class: 'grow', for: 'q' }, 'Search', text), el('label', { for: 'state' }, 'State', state), el('label', { for: 'order' }, 'Order', order)),
    el('section', { class: 'panel', 'aria-label': 'IKE SAs that fit' }, el('div', { class: 'scroll' },
      el('table', { class: 'stack' },
        el('thead', {}, el('tr', {}, ['IKE SA', 'State', 'Role', 'Peer', 'Peer’s identity', 'Our address'].map(name => el('th', { scope: 'col' }, name)), el('th', { scope: 'col', class: 'num' }, 'CHILD SAs'), el('th', { scope: 'col' }, 'Established'))),
        body))),
    el('nav', { class: 'pager', 'aria-label': 'Pages' }, previous, next, where));

  text.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(() => begin(0), pause); });
  state.addEventListener('change', () => begin(0));
  order.addEventListener('change', () => begin(0));
  page.signal.addEventListener('abort', () => { clearTimeout(waiting); clearTimeout(again); asking?.abort(); });
  ask();

  function turn(pages) { begin(Math.max(0, offset + pages * limit)); }

  function begin(from) {
    offset = from;
    ask();
  }

  async function ask() {
    asking?.abort();
    clearTimeout(again);
    const mine = asking = new AbortController();
    const query = new URLSearchParams({ q: text.value.trim(), state: state.value, order: order.value, offset, limit });
    for (const [key, value] of [...query]) if (value === '' || value === '0') query.delete(key);
    page.remember(query);
    try {
      const [result, status] = await Promise.all([read(`ike-sas?${query}`, mine.signal), read('status', mine.signal)]);
      page.status(status);
      page.linked(true);
      show(result);
    } catch (fault) {
      if (mine.signal.aborted) return;
      page.linked(false, fault);
    }
    if (!page.signal.aborted) again = setTimeout(ask, refresh);
  }

  function show(result) {
    setText(found, result.fitting === result.total ? `${count(result.total)} in all` : `${count(result.fitting)} of ${count(result.total)} fit`);
    setText(where, result.fitting === 0 ? '' : `${count(Math.min(offset + 1, result.fitting))} to ${count(Math.min(offset + limit, result.fitting))} of ${count(result.fitting)}`);
    previous.disabled = offset === 0;
    next.disabled = offset + limit >= result.fitting;
    const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    replace(body, result.ikeSas.length === 0
      ? el('tr', {}, el('td', { colspan: 8, class: 'muted' }, 'None fits.'))
      : result.ikeSas.map(row));
    if (focused) body.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

function row(ikeSa) {
  const cell = (label, value, look) => el('td', { 'data-label': label, class: look }, value);
  return el('tr', {},
    cell('IKE SA', el('a', { href: `#/ike-sas/${ikeSa.id}` }, `${ikeSa.name}[${ikeSa.number}]`)),
    cell('State', el('span', { class: `state ${look(ikeSa.state)}` }, ikeSa.state)),
    cell('Role', ikeSa.role),
    cell('Peer', ikeSa.remote ?? '–', 'mono'),
    cell('Identity', ikeSa.remoteId ?? '–'),
    cell('Our address', ikeSa.local ?? '–', 'mono'),
    cell('CHILD SAs', count(ikeSa.childSas), 'num'),
    cell('Established', since(ikeSa.establishedAt)));
}
