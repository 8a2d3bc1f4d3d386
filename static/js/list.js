// Comfort in lists: chips are changed where they stand, proposals come while one types, columns are dragged, and
// parts of the page open in a dialog. Everything works without this, as links and plain forms.
"use strict";

(() => {
  const part = (url, name, values = {}) => {
    const address = new URL(url, location.href);
    address.searchParams.set("panel", name);
    for (const [key, value] of Object.entries(values)) {
      address.searchParams.set(key, value);
    }
    return address;
  };

  // Dialog: a link with data-dialog opens what stands behind it, if it can be fetched ------------------------
  const dialog = document.getElementById("list-dialog");
  const body = document.getElementById("list-dialog-body");

  const open = (url) => htmx.ajax("GET", String(url), { target: body, swap: "innerHTML" }).then(() => {
    if (body.childElementCount && !dialog.open) {
      dialog.showModal();
    }
    body.querySelector("select, input:not([type=hidden])")?.focus();
    armPicks();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener && dialog && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      open(opener.href);
    } else if (dialog?.open && (event.target === dialog || event.target.closest("[data-close]"))) {
      event.preventDefault();
      dialog.close();
    }
  }, true);

  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("[data-term-field]");
    if (field?.value && dialog?.open) {
      const sent = new URLSearchParams(new FormData(field.form));
      sent.delete("operator");
      sent.delete("value");
      open(part(`${field.form.action}?${sent}`, "filter"));
    }
  });

  // Columns: buttons and dragging move a line; a ticked one joins those that are shown ------------------------
  const picks = () => dialog?.querySelector("[data-picks]") ?? document.querySelector("[data-picks]");

  const move = (line, step) => {
    const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (other) {
      other[step < 0 ? "before" : "after"](line);
      line.querySelector("input").dispatchEvent(new Event("input", { bubbles: true })); // the form is another now
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-move]");
    if (button) {
      event.preventDefault();
      move(button.closest("[data-pick]"), Number(button.dataset.move));
      button.focus();
    }
    const fixed = event.target.closest?.("[data-fixed]");
    if (fixed) {
      event.preventDefault();
    }
  });

  let dragged = null;

  const armPicks = () => {
    for (const line of picks()?.querySelectorAll("[data-pick]") ?? []) {
      line.draggable = true;
    }
  };

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-pick]") ?? null;
  });
  document.addEventListener("dragover", (event) => {
    const line = event.target.closest?.("[data-pick]");
    if (!dragged || !line) {
      return;
    }
    event.preventDefault();
    const place = line.getBoundingClientRect();
    line[event.clientY > place.top + place.height / 2 ? "after" : "before"](dragged);
  });
  document.addEventListener("dragend", () => { dragged = null; });

  // Chips: a click takes the condition back into the box; so does Backspace at its beginning ---------------------
  const textOf = (form) => [...form.querySelectorAll("[data-chip]")].map((chip) => chip.dataset.chip).join(" ");

  const takeBack = (chip) => {
    const form = chip.closest("[data-query]");
    const box = form.querySelector(".query-input");
    box.value = [chip.dataset.chip, box.value].filter(Boolean).join(" ");
    chip.remove();
    form.elements.q.value = textOf(form);
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  };

  document.addEventListener("click", (event) => {
    const text = event.target.closest?.(".chip[data-chip] .chip-text");
    if (text && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      takeBack(text.closest("[data-chip]"));
    }
  }, true);

  // Proposals: a combobox whose options come from the server ---------------------------------------------------
  let asked = 0;
  let timer = 0;

  const listOf = (box) => document.getElementById(box.getAttribute("aria-controls"));

  const close = (box) => {
    clearTimeout(timer);
    asked += 1;
    listOf(box)?.remove();
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const choose = (box, option) => {
    const [start, end] = [Number(option.dataset.start), Number(option.dataset.end)];
    box.value = box.value.slice(0, start) + option.dataset.text + box.value.slice(end);
    const at = start + option.dataset.text.length;
    box.setSelectionRange(at, at);
    close(box);
    if (option.dataset.text.endsWith(":")) {
      propose(box);
    }
  };

  const select = (box, step) => {
    const options = [...(listOf(box)?.querySelectorAll("[role=option]") ?? [])];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = options.at(at < 0 && step < 0 ? -1 : (at + step) % options.length);
    for (const option of options) {
      option.setAttribute("aria-selected", String(option === next));
    }
    if (next) {
      box.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    }
  };

  const show = (box, markup) => {
    const found = new DOMParser().parseFromString(markup, "text/html").querySelector("[role=listbox]");
    listOf(box)?.remove();
    if (!found?.childElementCount) {
      close(box);
      return;
    }
    box.closest(".query").append(document.importNode(found, true));
    box.setAttribute("aria-expanded", "true");
    box.removeAttribute("aria-activedescendant");
  };

  const propose = async (box) => {
    const number = ++asked;
    const url = part(box.form.dataset.complete, "complete", { text: box.value, at: box.selectionStart });
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.ok && number === asked && document.activeElement === box) {
        show(box, await answer.text());
      }
    } catch {
      close(box); // offline: the box stays a plain one
    }
  };

  document.addEventListener("focusin", (event) => {
    const box = event.target.closest?.(".query-input");
    if (box && !box.hasAttribute("role")) {
      box.setAttribute("role", "combobox");
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-expanded", "false");
      box.setAttribute("aria-controls", "query-proposals");
    }
  });

  document.addEventListener("input", (event) => {
    const box = event.target.closest?.(".query-input");
    if (box) {
      clearTimeout(timer);
      timer = setTimeout(() => propose(box), 120);
    }
  });

  document.addEventListener("focusout", (event) => {
    const box = event.target.closest?.(".query-input");
    if (box) {
      setTimeout(() => { if (document.activeElement !== box) { close(box); } }, 150);
    }
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".proposals [role=option]");
    if (option) {
      event.preventDefault();
      choose(option.closest(".query").querySelector(".query-input"), option);
    }
  });

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".query-input");
    if (!box || event.isComposing) {
      return;
    }
    const list = listOf(box);
    const chosen = list?.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list) {
        select(box, event.key === "ArrowDown" ? 1 : -1);
      } else {
        propose(box);
      }
    } else if (list && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(box);
    } else if (chosen && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      choose(box, chosen);
    } else if (event.key === "Backspace" && !box.selectionStart && !box.selectionEnd) {
      const last = [...box.form.querySelectorAll("[data-chip]")].at(-1);
      if (last) {
        event.preventDefault();
        takeBack(last);
      }
    }
  }, true);

  armPicks();
})();
