// The IKE SAs whose ladders are kept: the newest, those that are over too. Here one finds why a set-up failed.

import { el, replace, setText } from './dom.js';
import { read } from './api.js';
import { clock, count, since, words } from './format.js';

const refresh = 2000;

export function ladders(page) {
  const text = el('input', { type: 'search', id: 'q', value: page.query.get('q') ?? '', placeholder: 'name, identity or address', maxlength: '200', autocomplete: 'off', spellcheck: 'false' });
  const body = el('tbody');
  const found = el('p', { class: 'muted', role: 'status' });
  let again = null, waiting = null;
  replace(page.main,
    el('div', { class: 'head' }, el('h1', {}, 'Recent IKE SAs'), found),
    el('form', { class: 'search', role: 'search', onsubmit: event => { event.preventDefault(); ask(); } }, el('label', { class: 'grow', for: 'q' }, 'Search', text)),
    el('section', { class: 'panel', 'aria-label': 'IKE SAs whose ladders are kept' }, el('div', { class: 'scroll' },
      el('table', { class: 'stack' },
        el('thead', {}, el('tr', {}, ['IKE SA', 'Outcome', 'Role', 'Peer', 'Peer’s identity', 'Began'].map(name => el('th', { scope: 'col' }, name)))), body))));
  text.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(ask, 250); });
  page.signal.addEventListener('abort', () => { clearTimeout(again); clearTimeout(waiting); });
  ask();

  async function ask() {
    clearTimeout(again);
    const query = new URLSearchParams(text.value.trim() ? { q: text.value.trim() } : {});
    page.remember(query);
    try {
      const [{ ladders: kept }, status] = await Promise.all([read(`ladders?${query}`, page.signal), read('status', page.signal)]);
      page.status(status);
      page.linked(true);
      setText(found, `${count(kept.length)} shown, newest first`);
      const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      replace(body, kept.length === 0 ? el('tr', {}, el('td', { colspan: 6, class: 'muted' }, 'None.')) : kept.map(row));
      if (focused) body.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    } catch (fault) {
      if (page.signal.aborted) return;
      page.linked(false, fault);
    }
    if (!page.signal.aborted) again = setTimeout(ask, refresh);
  }
}

function row(head) {
  const outcome = head.over
    ? el('span', { class: `state ${head.wasEstablished ? '' : 'bad'}` }, words(head.over.reason))
    : el('span', { class: `state ${head.wasEstablished ? 'good' : 'warn'}` }, head.wasEstablished ? 'ESTABLISHED' : 'CONNECTING');
  const cell = (label, value, look) => el('td', { 'data-label': label, class: look }, value);
  return el('tr', {},
    cell('IKE SA', el('a', { href: `#/ike-sas/${head.id}` }, `${head.name}[${head.number}]`)),
    cell('Outcome', outcome),
    cell('Role', head.us === 'left' ? 'initiator' : 'responder'),
    cell('Peer', head.remote ?? '–', 'mono'),
    cell('Identity', head.remoteId ?? '–'),
    cell('Began', [clock(head.began), el('span', { class: 'muted' }, ` (${since(head.began)})`)]));
}
