// The ladder of an IKE SA: two lanes, messages as arrows between them, kernel calls and states inside.

import { el } from './dom.js';
import { exact } from './format.js';

const most = 400;

/** A ladder that grows. `add(model)` takes what the API tells. */
export function ladder() {
  const ends = el('div', { class: 'ladder-ends', 'aria-hidden': 'true' }, el('span', {}, 'Time'), el('span', {}, el('span', {}), el('span', {})), el('span', { class: 'octets' }, 'Octets'));
  const list = el('ol', { class: 'ladder' });
  const empty = el('p', { class: 'empty' }, 'Nothing has happened since this IKE SA is being looked at.');
  const node = el('div', {}, ends, list, empty);
  let number = null, last = -1;
  return {
    node,
    add(model) {
      if (number !== model.head.number) { list.replaceChildren(); last = -1; number = model.head.number; }
      const weAreLeft = model.head.us === 'left';
      const [left, right] = ends.children[1].children;
      left.textContent = `Initiator ${weAreLeft ? '(this gateway)' : '(peer)'}`;
      right.textContent = `Responder ${weAreLeft ? '(peer)' : '(this gateway)'}`;
      const fresh = last >= 0;
      for (const step of model.steps) {
        if (step.number <= last) continue;
        last = step.number;
        list.append(draw(step, model.head.us, fresh));
      }
      while (list.children.length > most) list.firstElementChild.remove();
      empty.hidden = list.children.length > 0;
    },
  };
}

function draw(step, us, fresh) {
  const who = step.side === us ? 'this gateway' : 'peer';
  return el('li', { class: `${fresh ? 'fresh ' : ''}${step.side}` },
    el('time', { datetime: step.at }, exact(step.at)),
    el('div', { class: 'lane' }, step.kind === 'message' ? message(step, who) : inside(step)),
    el('span', { class: 'octets' }, step.octets === null ? '' : `${step.octets} B`));
}

function message(step, who) {
  const start = el('span', { class: 'wire start', 'aria-hidden': 'true' });
  const end = el('span', { class: 'wire end', 'aria-hidden': 'true' });
  const label = [el('span', { class: 'sr' }, `${who} sends: `), el('b', {}, step.text), step.note && el('span', { class: 'tag' }, step.note)];
  return step.side === 'left'
    ? el('span', { class: 'message to-right' }, start, label, end)
    : el('span', { class: 'message to-left' }, end, label, start);
}

function inside(step) {
  const look = step.isBad ? 'bad' : step.kind === 'kernel' ? '' : 'plain';
  return el('span', { class: `inside ${step.kind === 'kernel' ? 'kernel' : ''} ${look}` },
    step.kind === 'kernel' && el('span', { class: 'sr' }, step.isBad ? 'The kernel refuses: ' : 'Kernel: '), step.text);
}
