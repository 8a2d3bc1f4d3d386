// The grid of document lines: keys, the box that finds products, rows that move. It never computes money: prices and
// sums come from the server after each change. Without it the grid is a plain form.
"use strict";

(() => {
  const formOf = (element) => element?.closest?.("[data-lines]");
  const rowOf = (element) => element?.closest?.("[data-row]");
  const rowsOf = (form) => [...form.querySelectorAll("[data-row]")].filter((row) => !row.classList.contains("is-removed"));
  const input = (row, name) => row.querySelector(`[name="${row.dataset.row}-${name}"]`);
  const isBlank = (row) => row.classList.contains("is-new") && !input(row, "item")?.value;
  let menuRow = null;

  const unsaved = (form) => {
    const status = form.querySelector("#lines-status");
    status.textContent = status.dataset.unsaved;
    form.querySelector("[data-lines-save]").classList.add("btn-primary");
  };

  const ask = (form, values) => {
    unsaved(form);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    return htmx.ajax("POST", form.getAttribute("hx-post"), values.act
      ? { source: form, target: form, swap: "outerHTML", values }
      : { source: form, swap: "none", values });
  };

  // Rows --------------------------------------------------------------------------------------------
  const number = (form) => {
    let place = 0;
    for (const row of form.querySelectorAll("[data-row]")) {
      input(row, "position").value = isBlank(row) ? "" : String(++place);
    }
    let shown = 0;
    for (const row of rowsOf(form)) {
      const label = row.querySelector(".line-number");
      label.textContent = label.textContent && !isBlank(row) ? String(++shown) : label.textContent;
    }
  };

  const move = (row, step) => {
    const form = formOf(row);
    const rows = rowsOf(form).filter((one) => !isBlank(one));
    const other = rows[rows.indexOf(row) + step];
    if (!other || isBlank(row)) {
      return;
    }
    const focused = document.activeElement;
    step < 0 ? other.before(row) : other.after(row);
    focused?.focus();
    number(form);
    ask(form, {});
  };

  const remove = (row) => {
    const form = formOf(row);
    const box = input(row, "remove");
    const next = rowsOf(form)[rowsOf(form).indexOf(row) + 1];
    if (box) {
      box.checked = true;
      row.classList.add("is-removed");
    } else {
      row.querySelectorAll("input").forEach((field) => { field.value = ""; });
      row.classList.add("is-removed");
    }
    next?.querySelector("input:not([type=hidden]), select")?.focus();
    number(form);
    ask(form, {});
  };

  const acts = {
    up: (row) => move(row, -1),
    down: (row) => move(row, 1),
    remove,
    duplicate: (row) => {
      number(formOf(row));
      ask(formOf(row), { act: "duplicate", row: row.dataset.row });
    },
  };

  // The box for a product ---------------------------------------------------------------------------
  let typing = 0;
  let question = 0;

  const list = (form) => form.querySelector("#line-products");
  const options = (form) => [...list(form).querySelectorAll("[role=option]")];

  const close = (box) => {
    const form = formOf(box);
    if (form) {
      list(form).hidden = true;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    }
  };

  const mark = (box, chosen) => {
    for (const option of options(formOf(box))) {
      option.setAttribute("aria-selected", String(option === chosen));
    }
    box.setAttribute("aria-activedescendant", chosen?.id ?? "");
    chosen?.scrollIntoView({ block: "nearest" });
  };

  const open = (box) => {
    const form = formOf(box);
    const menu = list(form);
    menu.hidden = !options(form).length;
    box.setAttribute("aria-expanded", String(!menu.hidden));
    const place = box.getBoundingClientRect();
    const frame = menu.offsetParent?.getBoundingClientRect();
    if (frame) {
      menu.style.insetBlockStart = `${place.bottom - frame.top + 2}px`;
      menu.style.insetInlineStart = `${place.left - frame.left}px`;
    }
  };

  const find = async (box) => {
    const form = formOf(box);
    const kind = input(rowOf(box), "kind")?.value ?? "product";
    if (kind !== "product" || box.value.trim().length < 2) {
      close(box);
      return;
    }
    const asked = ++question;
    try {
      const answer = await fetch(`${form.dataset.productsUrl}?q=${encodeURIComponent(box.value)}`);
      const found = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
      if (asked === question && document.activeElement === box) {
        list(form).replaceChildren(...document.importNode(found.body, true).children);
        open(box);
      }
    } catch {
      close(box); // without an answer the box is a plain text box
    }
  };

  const choose = (box, option) => {
    box.value = option.dataset.number;
    close(box);
    box.dispatchEvent(new Event("change", { bubbles: true }));
    input(rowOf(box), "quantity")?.focus();
  };

  const keysInList = (event) => {
    const box = event.target;
    const form = formOf(box);
    const menu = list(form);
    if (menu.hidden) {
      return false;
    }
    const all = options(form);
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      mark(box, all.at((at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length));
    } else if (event.key === "Enter" && at >= 0) {
      choose(box, all[at]);
    } else if (event.key === "Escape") {
      close(box);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  };

  // Events ------------------------------------------------------------------------------------------
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (!form) {
      return;
    }
    if (event.target.matches("[data-row] *")) {
      unsaved(form);
    }
    if (event.target.matches("[data-products]")) {
      clearTimeout(typing);
      typing = setTimeout(() => find(event.target), 150);
    }
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-products]")) {
      close(event.target);
    }
  });

  // Before the box loses the focus.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.("#line-products [role=option]");
    const box = option && formOf(option).querySelector("[data-products][aria-expanded=true]");
    if (box) {
      event.preventDefault();
      choose(box, option);
    }
  });

  document.addEventListener("paste", (event) => {
    const box = event.target.closest?.("[data-products]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (box && /[\t\n]/.test(text.trim())) {
      event.preventDefault();
      number(formOf(box));
      ask(formOf(box), { act: "paste", paste: text });
    }
  });

  const step = (event, row) => {
    const name = event.target.name.slice(row.dataset.row.length + 1);
    const rows = rowsOf(formOf(row));
    const next = rows[rows.indexOf(row) + (event.shiftKey ? -1 : 1)];
    if (next) {
      (input(next, name) ?? input(next, "item"))?.focus();
    }
  };

  document.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (!row || (event.target.matches("[data-products]") && keysInList(event))) {
      return;
    }
    const act = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (act) {
      acts[act](row);
    } else if (event.ctrlKey && event.key === "d") {
      acts.duplicate(row);
    } else if (event.key === "Enter" && event.ctrlKey) {
      formOf(row).requestSubmit();
    } else if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) {
      step(event, row);
    } else {
      return;
    }
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[popovertarget=line-menu]");
    if (opener) {
      menuRow = rowOf(opener);
      const menu = document.getElementById("line-menu");
      const place = opener.getBoundingClientRect();
      menu.style.insetBlockStart = `${Math.min(place.bottom + 4, innerHeight - 170)}px`;
      menu.style.insetInlineStart = `${Math.max(8, place.right - 190)}px`;
    }
    const button = event.target.closest?.("[data-line-act]");
    if (button?.dataset.lineAct === "paste") {
      event.preventDefault();
      number(formOf(button));
      ask(formOf(button), { act: "paste" });
    } else if (button && menuRow) {
      document.getElementById("line-menu").hidePopover();
      acts[button.dataset.lineAct](menuRow);
    }
    const kind = event.target.closest?.("[data-line-kind]");
    const blank = kind && rowsOf(formOf(kind)).find(isBlank);
    if (blank) {
      input(blank, "kind").value = kind.dataset.lineKind;
      input(blank, "item").focus();
    }
  });

  // The server is told which cells have changed since its last answer, so that it answers with little.
  const changed = new Set();

  document.addEventListener("change", (event) => {
    if (formOf(event.target) && event.target.name) {
      changed.add(event.target.name);
    }
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const { parameters, elt } = event.detail;
    if (elt.matches?.("[data-lines]")) {
      parameters.changed = [...changed].join(",");
      changed.clear();
    }
  });

  // Answers make the grid taller while the button below it is held down: who lets go where they pressed has pressed it.
  let pressed = null;

  document.addEventListener("pointerdown", (event) => {
    const button = event.button === 0 && event.target.closest?.("[data-lines-save]");
    pressed = button ? { button, x: event.clientX, y: event.clientY } : null;
  }, true);

  document.addEventListener("pointerup", (event) => {
    const { button, x, y } = pressed ?? {};
    pressed = null;
    if (button?.isConnected && !button.contains(event.target) && Math.hypot(event.clientX - x, event.clientY - y) < 4) {
      button.click();
    }
  }, true);

  document.addEventListener("pointercancel", () => { pressed = null; }, true);

  // Where a menu stood must not be copied into the new grid: the policy of the page takes no style attributes.
  document.addEventListener("htmx:beforeSwap", (event) => {
    for (const placed of event.target.closest?.("[data-lines]")?.querySelectorAll("[style]") ?? []) {
      placed.removeAttribute("style");
    }
  });

  // What the list asks stands in an empty price box as its placeholder.
  const hint = (form) => {
    for (const source of form.querySelectorAll("[data-price]")) {
      const box = form.querySelector(`#${source.id.replace(/-from$/, "-price")}`);
      if (box) {
        box.placeholder = source.dataset.price;
      }
    }
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    const form = document.querySelector("[data-lines]");
    if (!form) {
      return;
    }
    hint(form);
    if (event.detail.elt === form && event.detail.requestConfig?.parameters?.act) {
      unsaved(form);
      [...form.querySelectorAll(".is-new:not(.is-removed) [data-products]")].find((box) => !box.value)?.focus();
    }
  });
})();
