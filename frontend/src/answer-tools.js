// Tools of an answer: its table is sorted by a column and filtered by words, its code copied.
export function answerTools(result, words) {
  const table = result.querySelector("table.answer");
  if (table) {
    sortable(table);
    filterable(table, words);
  }
  for (const block of result.querySelectorAll("details.code pre")) {
    const copy = document.createElement("button");
    const told = document.createElement("span");
    copy.type = "button";
    copy.className = "quiet";
    copy.textContent = words.copy;
    told.setAttribute("role", "status");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(block.textContent);
        told.textContent = ` ${words.copied}`;
      } catch {
        getSelection().selectAllChildren(block);
      }
    });
    block.before(copy, told);
  }
}

function sortable(table) {
  const body = table.tBodies[0];
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.cells[column].textContent.trim();
      const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [text(one), text(other)];
        const numbers = one.cells[column].classList.contains("number") && other.cells[column].classList.contains("number");
        return (numbers ? Number(a) - Number(b) : order.compare(a, b)) * (down ? -1 : 1);
      });
      body.append(...rows);
    });
  });
}

function filterable(table, words) {
  const field = document.createElement("input");
  const told = document.createElement("span");
  field.type = "search";
  field.setAttribute("aria-label", words.filter);
  field.placeholder = words.filter;
  told.className = "standing";
  told.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const sought = field.value.trim().toLocaleLowerCase();
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(sought);
    const shown = rows.filter((row) => !row.hidden).length;
    told.textContent = sought ? ` ${words.filtered.replace("{count}", shown)}` : "";
  });
  table.parentElement.before(field, told);
}
