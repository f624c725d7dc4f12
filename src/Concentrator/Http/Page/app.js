// The frame around the views: which one is shown, the theme, the token, and whether the gateway answers.

import { token } from './api.js';
import { setText } from './dom.js';
import { span } from './format.js';
import { overview } from './overview.js';
import { ikeSas } from './ike-sas.js';
import { ikeSa } from './ike-sa.js';
import { ladders } from './ladders.js';

const $ = id => document.getElementById(id);
const titles = { overview: 'Overview', 'ike-sas': 'IKE SAs', 'ike-sa': 'IKE SA', ladders: 'Recent IKE SAs' };
let current = null, actions = [], quiet = null;

// Views

function show() {
  const [path, query] = location.hash.slice(1).split('?');
  const [view, draw, id] = route(path);
  current?.abort();
  current = new AbortController();
  document.title = `${titles[view]} – Concentrator`;
  for (const link of document.querySelectorAll('nav[aria-label="Views"] a')) {
    if (link.dataset.view === (view === 'ike-sa' ? 'ike-sas' : view)) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  draw({ main: $('main'), signal: current.signal, query: new URLSearchParams(query ?? ''), id, status, linked, say, refused, confirm, unlocked, actions: () => actions, remember });
}

function route(path) {
  const one = /^\/ike-sas\/([0-9a-f]{14})$/.exec(path);
  if (one) return ['ike-sa', ikeSa, one[1]];
  if (path === '/ike-sas') return ['ike-sas', ikeSas];
  if (path === '/ladders') return ['ladders', ladders];
  return ['overview', overview];
}

/** The search is in the address, so that it can be kept and sent; it makes no history of every letter. */
function remember(query) {
  const [path] = location.hash.split('?');
  const text = query.toString();
  history.replaceState(null, '', text ? `${path}?${text}` : path);
}

function status(told) {
  actions = told.access.actions;
  const node = `${told.node.name} · ${told.kernel.name} kernel · up ${span(Date.parse(told.now) - Date.parse(told.node.startedAt))}`;
  setText($('node'), node);
  $('unlock').hidden = actions.length === 0 && !told.access.readingNeedsToken;
}

function linked(isLinked, fault) {
  const state = isLinked ? 'live' : 'lost';
  if ($('link').dataset.state !== state) {
    $('link').dataset.state = state;
    setText($('link'), isLinked ? 'Live' : 'No answer');
  }
  if (fault?.status === 401) openTokenDialog('The gateway tells nothing without the token.').then(given => given && show());
}

// What is said to people

function say(text) {
  setText($('notice'), text);
  clearTimeout(quiet);
  quiet = setTimeout(() => setText($('notice'), ''), 6000);
}

function refused(fault) {
  if (fault.status !== 401) { say(`Refused: ${fault.message}`); return; }
  token.forget();
  openTokenDialog(fault.message);
}

function confirm(title, text) {
  setText($('confirm-title'), title);
  setText($('confirm-text'), text);
  return new Promise(done => {
    const dialog = $('confirm-dialog');
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true });
    dialog.showModal();
  });
}

// The token

/** Whether there is a token; asks for it where there is none. Whether it is the right one the gateway says. */
const unlocked = async () => token.get() !== null || openTokenDialog('');

function openTokenDialog(why) {
  const dialog = $('token-dialog');
  if (dialog.open) return Promise.resolve(false);
  setText($('token-error'), why);
  $('token').value = '';
  $('token-forget').hidden = token.get() === null;
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => done(token.get() !== null), { once: true }));
}

$('token-form').addEventListener('submit', () => { if ($('token').value.trim()) token.set($('token').value.trim()); $('token').value = ''; });
$('token-cancel').addEventListener('click', () => $('token-dialog').close());
$('token-forget').addEventListener('click', () => { token.forget(); $('token-dialog').close(); });
$('unlock').addEventListener('click', () => openTokenDialog(''));
const showLock = () => setText($('unlock'), token.get() === null ? 'Unlock actions' : 'Actions unlocked');
token.onChange(showLock);
showLock();

// The theme: as the system has it, until somebody says otherwise

const themes = ['', 'light', 'dark'], names = { '': 'as the system has it', light: 'light', dark: 'dark' }, signs = { '': '◐', light: '☀', dark: '☾' };

function theme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
  $('theme').textContent = signs[chosen];
  $('theme').setAttribute('aria-label', `Theme: ${names[chosen]}`);
  $('theme').title = `Theme: ${names[chosen]}`;
}

$('theme').addEventListener('click', () => {
  const next = themes[(themes.indexOf(localStorage.getItem('concentrator-theme') ?? '') + 1) % themes.length];
  localStorage.setItem('concentrator-theme', next);
  theme(next);
});
theme(themes.includes(localStorage.getItem('concentrator-theme')) ? localStorage.getItem('concentrator-theme') : '');

window.addEventListener('hashchange', () => { show(); $('main').focus({ preventScroll: true }); window.scrollTo(0, 0); });
show();
