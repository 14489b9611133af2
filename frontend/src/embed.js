// <coopgraph-directory area="KR" service="removal" lang="ko">: whom to call, on any page. One request, to the server that
// this file came from; no cookie, nothing stored. What stands inside the element is shown until the answer is there, and
// stays where none comes. <coopgraph-directory entity="org/kr-d4u-center"> shows one entity.
const SERVER = new URL(document.currentScript?.src || document.baseURI).origin;
const PATIENCE = 10_000; // milliseconds

// A sheet that is made here is allowed by any Content Security Policy; a <style> element is not.
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host { display: block; color-scheme: light dark; }
:host([hidden]) { display: none; }
[part="heading"] { font-size: 1.15em; font-weight: 700; margin: 0 0 .5em; }
[part="entity"] { border-block-start: 1px solid; padding-block: .5em; }
[part="name"] { font-weight: 700; margin: 0; }
p { margin: .25em 0; }
[part~="telephone"] { display: inline-block; font-size: 1.4em; font-weight: 700; line-height: 2.75rem; }
[part="note"] { display: block; font-size: .875em; }
ul { list-style: none; margin: 0; padding: 0; }
a { color: inherit; }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
`);

class CoopgraphDirectory extends HTMLElement {
  static observedAttributes = ["area", "service", "lang", "entity", "server"];
  #asking = null;

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
      this.shadowRoot.append(document.createElement("slot"));
    }
    this.#load();
  }

  disconnectedCallback() {
    this.#asking?.abort();
  }

  attributeChangedCallback() {
    if (this.shadowRoot && this.isConnected) this.#load();
  }

  async #load() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const timer = setTimeout(() => asking.abort(), PATIENCE);
    this.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.#address(), {
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const found = await answer.json();
      if (this.#asking === asking) this.shadowRoot.replaceChildren(shown(found));
    } catch (error) {
      // What the page wrote inside the element stays, or comes back.
      if (this.#asking === asking) {
        this.shadowRoot.replaceChildren(document.createElement("slot"));
        this.dispatchEvent(new CustomEvent("coopgraph-error", { detail: String(error) }));
      }
    } finally {
      clearTimeout(timer);
      if (this.#asking === asking) this.removeAttribute("aria-busy");
    }
  }

  #address() {
    const entity = this.getAttribute("entity");
    const path = entity ? `embed/${entity.split("/").map(encodeURIComponent).join("/")}.json` : "embed/list.json";
    const address = new URL(path, `${(this.getAttribute("server") || SERVER).replace(/\/+$/, "")}/`);
    for (const name of entity ? [] : ["area", "service"]) {
      if (this.hasAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
    }
    const language = this.getAttribute("lang") || document.documentElement.lang;
    if (language) address.searchParams.set("lang", language);
    return address;
  }
}

function shown(found) {
  const region = element("section", { part: "directory", lang: found.language, "aria-label": found.heading });
  region.append(element("p", { part: "heading", role: "heading", "aria-level": "2" }, found.heading));
  if (found.none) region.append(element("p", { part: "none" }, found.none));
  const list = element("ul", { part: "entities", role: "list" });
  for (const entity of found.entities) {
    const item = element("li", { part: "entity" });
    if (entity.name !== found.heading) {
      const name = element("p", { part: "name", role: "heading", "aria-level": "3" }, entity.name);
      if (entity.lang) name.lang = entity.lang;
      item.append(name);
    }
    if (entity.about) item.append(element("p", { part: "about" }, entity.about));
    for (const contact of entity.contacts) {
      const line = element("p", { part: "contact" });
      line.append(contact.href ? link(contact.href, contact.text, contact.kind) : contact.text);
      if (contact.note) line.append(element("span", { part: "note" }, contact.note));
      item.append(line);
    }
    list.append(item);
  }
  region.append(list);
  if (found.note) region.append(element("p", { part: "note" }, found.note));
  const more = element("p");
  more.append(link(found.page, found.more, "more"));
  region.append(more);
  return region;
}

function link(href, text, kind) {
  // Whatever came, it leads to a page, a telephone or a mail program.
  if (!/^(?:https?|tel|mailto):/i.test(href)) return text;
  const made = element("a", { part: `link ${kind}`, href }, text);
  if (/^https?:/i.test(href)) {
    made.target = "_blank";
    made.rel = "noopener noreferrer external";
  }
  return made;
}

function element(name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.textContent = text;
  return made;
}

if (!customElements.get("coopgraph-directory")) customElements.define("coopgraph-directory", CoopgraphDirectory);
