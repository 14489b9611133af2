// Suggestions while typing: the search form works by itself; with script, results are shown beneath its field.
// What is typed goes to our own origin in the body of a request, never in an address.
import { open } from "./visit.js";

const WAIT = 150; // milliseconds without a key before asking
const SHOWN = 6;

const DENSE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff]/; // one such character is asked for, of letters two

for (const form of document.querySelectorAll("form[data-suggestions]")) suggest(form);

function suggest(form) {
  const field = form.elements.q;
  const list = document.createElement("ul");
  const told = document.createElement("p");
  const id = `suggestions-${field.id || "box"}`;
  let results = [];
  let active = -1;
  let timer = 0;
  let asking = null;

  list.id = id;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("button").textContent);
  told.className = "unseen";
  told.setAttribute("role", "status");
  form.append(list, told);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", id);
  field.setAttribute("aria-expanded", "false");

  function show(found) {
    results = found.results;
    list.replaceChildren(
      ...results.map((result, place) => {
        const item = document.createElement("li");
        item.id = `${id}-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const name = document.createElement("bdi");
        name.textContent = result.label;
        name.lang = result.labelLanguage;
        const more = document.createElement("small");
        const matched = result.matched.text === result.label ? "" : ` · ${result.matched.text}`;
        more.textContent = result.kindLabel + matched;
        item.append(name, more);
        item.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        item.addEventListener("click", () => open(result.address));
        return item;
      }),
    );
    told.textContent = form.dataset.found.replace("{count}", found.total);
    choose(-1);
    unfold(results.length > 0);
  }

  function unfold(yes) {
    list.hidden = !yes;
    field.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(-1);
  }

  function choose(place) {
    active = place;
    [...list.children].forEach((item, own) => item.setAttribute("aria-selected", String(own === place)));
    if (place < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[place].id);
  }

  async function ask() {
    const words = field.value.trim();
    asking?.abort();
    if (words.length < 2 && !DENSE.test(words)) return unfold(false);
    asking = new AbortController();
    const body = new URLSearchParams({ q: words, lang: document.documentElement.lang, limit: String(SHOWN) });
    try {
      const answer = await fetch(form.dataset.suggestions, { method: "POST", body, signal: asking.signal });
      if (answer.ok && document.activeElement === field) show(await answer.json());
    } catch {
      // Left behind by the next key, or without a network: the form itself still works.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("blur", () => unfold(false));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return; // Enter and arrows belong to the input method first
    const last = results.length - 1;
    if (event.key === "ArrowDown") choose(active < last ? active + 1 : 0);
    else if (event.key === "ArrowUp") choose(active > 0 ? active - 1 : last);
    else if (event.key === "Escape") unfold(false);
    else if (event.key === "Enter" && active >= 0) open(results[active].address);
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
  });
}
