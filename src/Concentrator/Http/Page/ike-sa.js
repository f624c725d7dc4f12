// One IKE SA: its state, its children, its keys' ages, its traffic, its ladder, and what may be done to it.

import { el, replace, setText } from './dom.js';
import { act, watch } from './api.js';
import { count, look, octets, since, until, words } from './format.js';
import { ladder } from './ladder.js';

export function ikeSa(page) {
  const id = page.id;
  const title = el('h1', {}, 'IKE SA');
  const badge = el('span', { class: 'state' });
  const over = el('span', { class: 'muted' });
  const rekey = el('button', { type: 'button', onclick: () => ask('rekey', `ike-sas/${id}/rekey`, title.textContent) }, 'Rekey');
  const terminate = el('button', { type: 'button', class: 'danger', onclick: () => ask('terminate', `ike-sas/${id}/terminate`, title.textContent) }, 'Terminate');
  const buttons = el('div', { class: 'buttons' }, rekey, terminate);
  const facts = el('dl', { class: 'facts' });
  const children = el('div', {}, el('p', { class: 'empty' }, '…'));
  const steps = ladder();
  let shown = '';
  replace(page.main,
    el('div', { class: 'head' }, title, badge, over, buttons),
    el('div', { class: 'grid' },
      el('section', { class: 'panel span-5', 'aria-labelledby': 'h-sa' }, el('header', {}, el('h2', { id: 'h-sa' }, 'State and keys')), facts),
      el('section', { class: 'panel span-7', 'aria-labelledby': 'h-children' }, el('header', {}, el('h2', { id: 'h-children' }, 'CHILD SAs')), children),
      el('section', { class: 'panel span-12', 'aria-labelledby': 'h-ladder' },
        el('header', {}, el('h2', { id: 'h-ladder' }, 'Ladder'), el('span', { class: 'note' }, 'the last messages, and the kernel calls between them, live')), steps.node)));

  watch(`events?ikeSa=${id}`, page.signal, (event, data) => {
    if (event === 'status') { page.status(data); enable(data.access.actions); }
    else if (event === 'ike-sa') show(data);
    else if (event === 'ladder') { steps.add(data); if (title.textContent === 'IKE SA') setText(title, `${data.head.name}[${data.head.number}]`); }
  }, (isLinked, fault) => {
    page.linked(isLinked, fault);
  });

  function enable(actions) {
    rekey.hidden = !actions.includes('rekey');
    terminate.hidden = !actions.includes('terminate');
  }

  async function ask(action, path, subject) {
    if (!await page.unlocked()) return;
    if (action === 'terminate' && !await page.confirm(`Terminate ${subject}?`, 'The peer is told with a Delete, and what it has in the kernel goes.')) return;
    try {
      await act(path);
      page.say(`Asked to ${action} ${subject}.`);
    } catch (fault) {
      page.refused(fault);
    }
  }

  function show(sa) {
    setText(title, `${sa.name}[${sa.number}]`);
    document.title = `${sa.name}[${sa.number}] – Concentrator`;
    const state = sa.over ? 'OVER' : sa.state;
    setText(badge, state);
    badge.className = `state ${look(state)}`;
    setText(over, sa.over ? `${words(sa.over.reason)}, ${since(sa.over.at)}` : '');
    rekey.disabled = terminate.disabled = sa.over !== null || sa.state === 'DELETING';
    replace(facts, [
      ['Role', sa.role], ['Peer', sa.remote, 'mono'], ['Peer’s identity', sa.remoteId], ['Our address', sa.local, 'mono'], ['Our identity', sa.localId],
      ['SPIs, ours and theirs', `${sa.localSpi} ${sa.remoteSpi}`, 'mono'], ['Suite', sa.suite, 'mono'],
      ['Established', since(sa.establishedAt)], ['Keys’ age', since(sa.keyedAt)], ['Rekeying', sa.over ? '–' : until(sa.rekeyAt)],
    ].map(([name, value, look]) => [el('dt', {}, name), el('dd', { class: look }, value ?? '–')]));
    showChildren(sa);
  }

  function showChildren(sa) {
    // Ages change each second; the buttons, and who has the focus, only with the children.
    const wanted = JSON.stringify(sa.childSas.map(child => [child.id, child.state])) + (sa.over ? 'over' : '') + page.actions().join();
    if (shown !== wanted) {
      shown = wanted;
      replace(children, sa.childSas.length === 0
        ? el('p', { class: 'empty' }, sa.over ? 'Nothing is left of them.' : 'None: the IKE SA stands without.')
        : sa.childSas.map(child => frame(child, sa.over === null)));
    }
    for (const child of sa.childSas) replace(children.querySelector(`[data-child="${child.id}"]`), details(child));
  }

  function frame(child, isAlive) {
    const name = `${child.name}{${child.number}}`;
    const can = action => isAlive && child.state === 'INSTALLED' && page.actions().includes(action);
    return el('section', { class: 'child', 'aria-label': `CHILD SA ${name}` },
      el('h3', {}, name, el('span', { class: `state ${look(child.state)}` }, child.state),
        el('span', { class: 'buttons' },
          can('rekey') && el('button', { type: 'button', 'aria-label': `Rekey ${name}`, onclick: () => ask('rekey', `ike-sas/${id}/child-sas/${child.id}/rekey`, name) }, 'Rekey'),
          can('terminate') && el('button', { type: 'button', class: 'danger', 'aria-label': `Terminate ${name}`, onclick: () => ask('terminate', `ike-sas/${id}/child-sas/${child.id}/terminate`, name) }, 'Terminate'))),
      el('dl', { class: 'facts', 'data-child': child.id }));
  }
}

function details(child) {
  const traffic = (bytes, packets) => bytes === null ? '–' : `${octets(bytes)} in ${count(packets)} packets`;
  return [
    ['Traffic', child.mode ? `${child.localSelectors.join(', ')} ↔ ${child.remoteSelectors.join(', ')}` : '–', 'mono'],
    ['Mode', child.mode ? `${child.mode}${child.inUdp ? ', in UDP' : ''}` : '–'],
    ['SPIs, in and out', `${child.spiIn} ${child.spiOut}`, 'mono'],
    ['Suite', child.suite, 'mono'],
    ['Keys’ age', since(child.keyedAt)],
    ['Ends', child.expiresAt ? until(child.expiresAt) : 'not by time'],
    ['Received', traffic(child.bytesIn, child.packetsIn)],
    ['Sent', traffic(child.bytesOut, child.packetsOut)],
  ].map(([name, value, look]) => [el('dt', {}, name), el('dd', { class: look }, value ?? '–')]);
}
