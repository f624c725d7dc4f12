// The first view: how much there is, what the cluster looks like, how set-ups go, and what the kernel refuses.

import { el, replace, setText } from './dom.js';
import { chart } from './chart.js';
import { act, watch } from './api.js';
import { clock, count, look, octets, words } from './format.js';

const mostRefusals = 100;

export function overview(page) {
  const tiles = makeTiles();
  const rates = chart('Set-ups and failures of IKE SAs', [{ key: 'setUps', name: 'Set up' }, { key: 'failures', name: 'Failed' }]);
  const churn = chart('CHILD SAs, rekeyings and refusals', [{ key: 'childSas', name: 'CHILD SAs installed' }, { key: 'refusals', name: 'Refused by the kernel' }, { key: 'rekeys', name: 'Rekeyed' }]);
  const map = makeMap(page);
  const feed = makeFeed();
  const lists = { failures: el('div'), drops: el('div') };
  replace(page.main,
    el('h1', { class: 'sr' }, 'Overview'),
    tiles.node,
    el('div', { class: 'grid' },
      el('section', { class: 'panel span-7', 'aria-labelledby': 'h-map' }, el('header', {}, el('h2', { id: 'h-map' }, 'Cluster'), map.note), map.node),
      el('section', { class: 'panel span-5', 'aria-labelledby': 'h-feed' }, el('header', {}, el('h2', { id: 'h-feed' }, 'Refused by the kernel'), feed.note), feed.node),
      el('section', { class: 'panel span-6', 'aria-labelledby': 'h-rates' }, el('header', {}, el('h2', { id: 'h-rates' }, 'IKE SAs'), el('span', { class: 'note' }, 'every 5 s, the last quarter of an hour')), rates.node),
      el('section', { class: 'panel span-6', 'aria-labelledby': 'h-churn' }, el('header', {}, el('h2', { id: 'h-churn' }, 'CHILD SAs and kernel'), el('span', { class: 'note' }, 'every 5 s, the last quarter of an hour')), churn.node),
      el('section', { class: 'panel span-6', 'aria-labelledby': 'h-fail' }, el('header', {}, el('h2', { id: 'h-fail' }, 'Why set-ups failed'), el('span', { class: 'note' }, 'since the start')), lists.failures),
      el('section', { class: 'panel span-6', 'aria-labelledby': 'h-drop' }, el('header', {}, el('h2', { id: 'h-drop' }, 'What was turned away'), el('span', { class: 'note' }, 'since the start')), lists.drops)));

  watch('events', page.signal, (event, data) => {
    if (event === 'status') {
      page.status(data);
      tiles.update(data);
      fillTable(lists.failures, 'Reason', Object.entries(data.failures), 'No set-up has failed.');
      fillTable(lists.drops, 'What, and why', [
        ...Object.entries(data.drops).map(([why, times]) => [`datagram: ${words(why)}`, times]),
        ...Object.entries(data.httpRefused).map(([why, times]) => [`HTTP request: ${words(why)}`, times])], 'Nothing was turned away.');
    } else if (event === 'cluster') {
      map.update(data);
    } else if (event === 'rates') {
      tiles.rate(data);
      rates.update(data.intervals);
      churn.update(data.intervals);
    } else if (event === 'refusals') {
      feed.add(data.refusals);
    }
  }, page.linked);
}

function makeTiles() {
  const names = ['IKE SAs established', 'IKE SAs on their way', 'CHILD SAs installed', 'Set-ups a second', 'Failed set-ups', 'Refused by the kernel'];
  const values = names.map(() => [el('dd', {}, '–'), el('dd', { class: 'sub' })]);
  const tiles = names.map((name, i) => el('div', { class: 'tile' }, el('dt', {}, name), values[i]));
  const put = (i, value, sub) => { setText(values[i][0], value); setText(values[i][1], sub); };
  return {
    node: el('dl', { class: 'tiles' }, tiles),
    update(status) {
      const { ESTABLISHED: up = 0, ...others } = status.ikeSas;
      const connecting = (others.CONNECTING ?? 0) + (others.CREATED ?? 0);
      put(0, count(up), `${count(others.DELETING ?? 0)} deleting`);
      put(1, count(connecting), 'not authenticated yet');
      put(2, count(status.childSas.INSTALLED ?? 0), `kernel: ${count(status.kernel.sas)} SAs, ${count(status.kernel.policies)} policies`);
    },
    rate({ intervals, intervalSeconds }) {
      const minute = intervals.slice(-13, -1);
      const sum = (list, key) => list.reduce((total, interval) => total + interval[key], 0);
      put(3, (sum(minute, 'setUps') / (minute.length * intervalSeconds)).toFixed(1), 'mean of the last minute');
      put(4, count(sum(intervals, 'failures')), 'in 15 minutes');
      put(5, count(sum(intervals, 'refusals')), 'in 15 minutes');
      tiles[4].classList.toggle('bad', sum(intervals, 'failures') > 0);
      tiles[5].classList.toggle('bad', sum(intervals, 'refusals') > 0);
    },
  };
}

function makeMap(page) {
  const note = el('span', { class: 'note' });
  const nodes = el('div', { class: 'nodes' });
  const cells = Array.from({ length: 256 }, () => el('i'));
  const shards = el('div', { class: 'shards', role: 'img' }, cells);
  let before = null;
  return {
    note,
    node: el('div', {}, nodes, shards),
    update(cluster) {
      setText(note, `${cluster.nodes.length === 1 ? 'one node' : `${cluster.nodes.length} nodes`}, ${cluster.shards.length} shards`);
      const now = Date.now();
      replace(nodes, cluster.nodes.map(member => drawMember(member, before, now, cluster.nodes.length > 1 && page)));
      before = { at: now, nodes: cluster.nodes };
      const most = Math.max(...cluster.ikeSasByShard, 1);
      cluster.shards.forEach((holder, shard) => {
        const ikeSas = cluster.ikeSasByShard[shard];
        cells[shard].classList.toggle('elsewhere', holder < 0 || !cluster.nodes[holder]?.isSelf);
        cells[shard].dataset.heat = ikeSas === 0 ? 0 : Math.max(1, Math.ceil(4 * ikeSas / most));
      });
      const used = cluster.ikeSasByShard.filter(ikeSas => ikeSas > 0).length;
      shards.setAttribute('aria-label', `IKE SAs by shard: ${used} of ${cluster.shards.length} shards have any, at most ${most === 1 && used === 0 ? 0 : most} in one.`);
    },
  };
}

async function drain(page, member) {
  const undo = member.drain === 'Drained';
  if (!await page.unlocked()) return;
  if (!undo && !await page.confirm(`Drain ${member.name}?`, 'Its service addresses, tunnels and shards go to the other nodes; then it may be stopped.')) return;
  try {
    await act(`cluster/${encodeURIComponent(member.address)}/${undo ? 'undrain' : 'drain'}`);
    page.say(undo ? `${member.name} is asked to take part again.` : `${member.name} is asked to hand over what it has.`);
  } catch (fault) {
    page.refused(fault);
  }
}

function drawMember(member, before, now, page) {
  const state = !member.isReachable ? 'unreachable' : member.drain && member.drain !== 'Serving' ? member.drain : member.status;
  const old = before?.nodes.find(other => other.address === member.address)?.load;
  const busy = member.load && old ? Math.max(0, Math.min(1, (member.load.processorSeconds - old.processorSeconds) * 1000 / ((now - before.at) * member.load.processors))) : null;
  return el('section', { class: 'member', 'aria-label': `Node ${member.address}` },
    el('h3', {}, el('span', { class: 'mono' }, member.address), el('strong', {}, member.name), el('span', { class: `state ${member.isReachable ? look(member.status) : 'bad'}` }, state), member.isSelf && el('span', { class: 'muted' }, 'this node')),
    el('dl', { class: 'facts' },
      el('dt', {}, 'Listens on'), el('dd', { class: 'mono' }, member.serviceAddresses.join(', ') || '–'),
      el('dt', {}, 'Shards'), el('dd', {}, count(member.shards)),
      member.load && [
        el('dt', {}, 'Load'), el('dd', {}, `${count(member.load.ikeSas)} IKE SAs, ${count(member.load.childSas)} CHILD SAs`),
        el('dt', {}, 'Memory'), el('dd', {}, octets(member.load.memoryBytes)),
        el('dt', {}, 'Processors'), el('dd', {}, busy === null ? '–' : `${Math.round(busy * 100)} % of ${member.load.processors}`)]),
    busy !== null && el('div', { class: 'meter', 'aria-hidden': 'true' }, bar(busy)),
    page && page.actions().length > 0 && member.drain && member.drain !== 'Draining' && el('button', { type: 'button', 'aria-label': `${member.drain === 'Drained' ? 'Take' : 'Drain'} ${member.name}${member.drain === 'Drained' ? ' back' : ''}`, onclick: () => drain(page, member) }, member.drain === 'Drained' ? 'Take back' : 'Drain'));
}

function bar(part) {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  rect.setAttribute('width', `${(part * 100).toFixed(1)}%`);
  rect.setAttribute('height', '5');
  drawing.append(rect);
  return drawing;
}

function makeFeed() {
  const note = el('span', { class: 'note' });
  const list = el('ul', { class: 'feed', tabindex: '0', 'aria-label': 'Refusals, newest first' });
  const empty = el('p', { class: 'empty' }, 'The kernel has refused nothing.');
  // One sentence, and no more often than a listener can bear: the list itself may change many times a second.
  const said = el('p', { class: 'sr', 'aria-live': 'polite' });
  let unsaid = 0, saying = null;
  return {
    note,
    node: el('div', {}, said, list, empty),
    add(refusals) {
      const isFirst = list.children.length === 0;
      for (const refusal of refusals) list.prepend(drawRefusal(refusal, !isFirst));
      while (list.children.length > mostRefusals) list.lastElementChild.remove();
      empty.hidden = true;
      setText(note, `the last ${list.children.length}, newest first`);
      if (isFirst) return;
      unsaid += refusals.length;
      saying ??= setTimeout(() => { setText(said, `${unsaid} more ${unsaid === 1 ? 'refusal' : 'refusals'} of the kernel`); unsaid = 0; saying = null; }, 5000);
    },
  };
}

function drawRefusal(refusal, fresh) {
  return el('li', { class: fresh && 'fresh' },
    el('div', { class: 'top' }, el('span', { class: 'state bad' }, `${refusal.errnoName} ${refusal.errno}`), el('strong', {}, refusal.step), el('time', { datetime: refusal.at }, clock(refusal.at))),
    refusal.kernelSays && el('div', { class: 'mono' }, `“${refusal.kernelSays}”`),
    refusal.hint && el('p', { class: 'hint' }, refusal.hint),
    el('div', { class: 'owner' }, refusal.ikeSaId ? ['Owner: ', el('a', { href: `#/ike-sas/${refusal.ikeSaId}` }, refusal.ikeSa), ` ${refusal.childSa}`] : 'Owner: a trap policy'));
}

function fillTable(place, what, entries, none) {
  const wanted = JSON.stringify(entries);
  if (place.dataset.shown === wanted) return;
  place.dataset.shown = wanted;
  if (entries.length === 0) { replace(place, el('p', { class: 'empty' }, none)); return; }
  replace(place, el('table', {},
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, what), el('th', { scope: 'col', class: 'num' }, 'Times'))),
    el('tbody', {}, entries.sort((a, b) => b[1] - a[1]).map(([name, times]) => el('tr', {}, el('td', {}, words(name)), el('td', { class: 'num' }, count(times)))))));
}
