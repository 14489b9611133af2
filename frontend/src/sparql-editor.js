// SPARQL editor: CodeMirror in the place of a text field, which goes on holding the text. It stands in a shadow root,
// where its styles are adopted sheets: the content security policy lets no style element in.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { linter, lintKeymap } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions } from "./sparql-completion.js";

const WAIT = 500; // milliseconds without a key before a query is checked

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--soft)", borderRadius: "0.35rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": {
    fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
    fontSize: "0.95rem",
    lineHeight: "1.5",
    minHeight: "14rem",
    maxHeight: "60vh",
  },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", border: "0" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--soft)" },
  ".cm-tooltip-autocomplete ul li": { lineHeight: "1.6" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { marginLeft: "1em", fontStyle: "normal", opacity: "0.8" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--tint)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--good-tint)", outline: "1px solid var(--good)" },
  // Underlined without the pictures of CodeMirror, which the content security policy lets in as little.
  ".cm-lintRange": { backgroundImage: "none !important", textDecoration: "underline wavy" },
  ".cm-lintRange-error": { textDecorationColor: "var(--bad)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--focus)" },
  ".cm-diagnostic": { fontFamily: "var(--latin), sans-serif", maxWidth: "34rem" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.standard(tags.variableName)], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.local(tags.variableName), tags.variableName], color: "var(--focus)" },
  { tag: tags.atom, color: "var(--link)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.meta, color: "var(--good)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

export function sparqlEditor(field, form, { ask }) {
  const words = form.dataset;
  const language = document.documentElement.lang;
  const label = document.getElementById("query-label");
  const place = document.createElement("div");
  const root = place.attachShadow({ mode: "open" });
  const checked = (view) => check(view, words.service, language);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: completions(words, language), icons: false }),
        linter(checked, { delay: WAIT }),
        // No Tab among the keys: it leaves the editor.
        keymap.of([
          { key: "Mod-Enter", run: () => (ask(), true) },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...lintKeymap,
        ]),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": `${label.textContent} – ${words.hint}`,
          spellcheck: "false",
          tabindex: "0", // what scrolls must be reached by keyboard, in the eyes of programs too
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) field.value = update.state.doc.toString();
        }),
        look,
      ],
    }),
  });
  const hint = document.createElement("p");
  hint.className = "standing";
  hint.textContent = words.hint;
  place.id = "editor";
  field.before(place, hint);
  field.hidden = true;
  field.required = false;
  label.addEventListener("click", () => view.focus());
  return {
    focus: () => view.focus(),
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
  };
}

// A letter over a selection: the browser would carry the look of what was there into a style attribute of its own.
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || event.isComposing || view.composing || empty || !event.data) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
  return true;
}

async function check(view, service, language) {
  const query = view.state.doc.toString();
  if (!query.trim()) return [];
  const body = new URLSearchParams({ query });
  try {
    const answer = await fetch(`${service}/sparql/check?lang=${language}`, { method: "POST", body });
    const verdict = await answer.json();
    if (verdict.ok !== false) {
      if (answer.ok) return advice(view, service, language, body);
      return [{ from: 0, to: view.state.doc.length, severity: "error", message: verdict.detail ?? verdict.title }];
    }
    const from = position(view.state.doc, verdict.line, verdict.column);
    const word = view.state.wordAt(from);
    const to = Math.min(word?.to ?? from + 1, view.state.doc.length);
    return [{ from: Math.min(from, Math.max(0, to - 1)), to, severity: "error", message: verdict.message }];
  } catch {
    return []; // without a network nothing is known
  }
}

async function advice(view, service, language, body) {
  const answer = await fetch(`${service}/sparql?explain=1&lang=${language}`, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) return [];
  const told = await answer.json();
  return told.advice.map((item) => ({
    from: 0,
    to: view.state.doc.line(1).to,
    severity: "warning",
    message: `${item.text} ${item.hint}`,
    actions: item.rewrite
      ? [{ name: "→", apply: (editor) => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: item.rewrite } }) }]
      : [],
  }));
}

function position(doc, line, column) {
  if (!line) return 0;
  const found = doc.line(Math.min(line, doc.lines));
  return Math.min(found.from + Math.max(0, (column ?? 1) - 1), found.to);
}
