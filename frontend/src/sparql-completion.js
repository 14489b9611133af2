// Completion of SPARQL: the graph's own classes, properties, concepts and prefixes with their labels, variables of the
// query, and things by any of their names.
const KEYWORDS = (
  "SELECT DISTINCT WHERE OPTIONAL FILTER UNION MINUS BIND VALUES GRAPH EXISTS NOT ORDER GROUP BY HAVING LIMIT OFFSET " +
  "CONSTRUCT DESCRIBE ASK PREFIX AS ASC DESC COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT LANG STR LANGMATCHES REGEX " +
  "CONTAINS STRSTARTS BOUND COALESCE IF YEAR DATATYPE CONCAT LCASE UCASE REPLACE"
).split(" ");
const SHORT = /[\p{L}\p{N}_-]*:?[\p{L}\p{N}_.-]*$/u;
const NAMED = /^[\p{L}\p{N}][\p{L}\p{N}-]{1,}$/u;

export function completions(words, language) {
  let known = null;

  function terms() {
    known ??= fetch(`${words.service}/query/terms.json?lang=${language}`)
      .then((answer) => answer.json())
      .then(({ prefixes, terms }) => ({
        prefixes,
        options: terms.map(({ name, label, kind, count }) => ({
          label: label ? `${name} ${label}` : name,
          displayLabel: name,
          apply: name,
          detail: [label, words[kind], count?.toLocaleString(language)].filter(Boolean).join(" · "),
          boost: kind === "concept" ? -1 : 0,
        })),
      }))
      .catch(() => {
        known = null;
        return { prefixes: {}, options: [] };
      });
    return known;
  }

  async function names(context) {
    const typed = context.matchBefore(SHORT);
    if (!typed || (typed.from === typed.to && !context.explicit) || within(context, typed.from)) return null;
    const { prefixes, options } = await terms();
    const shown = [...options, ...Object.keys(prefixes).map((prefix) => ({ label: `${prefix}:`, detail: prefixes[prefix] }))];
    if (!typed.text.includes(":")) shown.push(...KEYWORDS.map((label) => ({ label })));
    return { from: typed.from, options: shown, validFor: SHORT };
  }

  async function things(context) {
    const typed = context.matchBefore(/[\p{L}\p{N}-]+$/u);
    if (!typed || !NAMED.test(typed.text) || within(context, typed.from)) return null;
    const body = new URLSearchParams({ q: typed.text, lang: language, limit: "8" });
    const answer = await fetch(`${words.service}/search.json`, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) return null;
    const { results } = await answer.json();
    const { prefixes } = await terms();
    const options = results.map(({ id, label, kindLabel }) => ({
      label: `${typed.text} ${label}`,
      displayLabel: label,
      apply: short(id, prefixes),
      detail: kindLabel,
      boost: -99,
    }));
    return options.length ? { from: typed.from, options, filter: false } : null;
  }

  function variables(context) {
    const typed = context.matchBefore(/[?$][\p{L}\p{N}_]*$/u);
    if (!typed) return null;
    const used = new Set(context.state.doc.toString().match(/[?$][\p{L}_][\p{L}\p{N}_]*/gu));
    used.delete(typed.text);
    return { from: typed.from, options: [...used].map((label) => ({ label })), validFor: /^[?$][\p{L}\p{N}_]*$/u };
  }

  return [variables, names, things];
}

// Whether what is typed belongs to a variable, an address, a prefixed name or a text with a language.
function within(context, from) {
  return /[?$@<"'/#:]$/.test(context.state.sliceDoc(Math.max(0, from - 1), from));
}

function short(iri, prefixes) {
  const cut = Math.max(iri.lastIndexOf("/"), iri.lastIndexOf("#")) + 1;
  const prefix = Object.keys(prefixes).find((name) => prefixes[name] === iri.slice(0, cut));
  return prefix !== undefined && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/.test(iri.slice(cut))
    ? `${prefix}:${iri.slice(cut)}`
    : `<${iri}>`;
}
