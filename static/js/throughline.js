// Comfort on top of pages that work without it. No framework, no eval, no markup from strings:
// words come from the page, so that they are translated.
"use strict";

(() => {
  const root = document.documentElement;
  const words = document.getElementById("words")?.dataset ?? {};

  const remember = (key, value) => {
    try {
      localStorage.setItem(`throughline.${key}`, value);
    } catch {
      return; // storage is switched off: the choice lasts until the next page
    }
    dispatchEvent(new Event("throughline:look"));
  };

  // Look: theme and width of the navigation -------------------------------------------------------
  const showLook = () => {
    for (const choice of document.querySelectorAll("[data-theme-choice]:not(html)")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === root.dataset.themeChoice));
    }
    for (const toggle of document.querySelectorAll("[data-nav-toggle]")) {
      toggle.setAttribute("aria-expanded", String(!root.classList.contains("nav-strip")));
    }
  };

  // Toasts: one at a time, six seconds, held while the pointer or the focus is on them; errors stay ---
  const toasts = document.getElementById("toasts");
  let timer = 0;

  const current = () => toasts?.querySelector(".toast");

  const dismiss = (toast) => {
    toast?.remove();
    wait();
  };

  const wait = () => {
    clearTimeout(timer);
    const toast = current();
    if (toast && !toast.classList.contains("toast-red")) {
      timer = setTimeout(() => dismiss(toast), 6000);
    }
  };

  const toast = (text, tone = "accent", action = null) => {
    const pattern = document.getElementById("toast-pattern");
    if (!toasts || !pattern || !text) {
      return;
    }
    const piece = pattern.content.firstElementChild.cloneNode(true);
    piece.classList.add(`toast-${tone}`);
    piece.querySelector(".toast-text").textContent = text;
    if (action?.url?.startsWith("/")) {
      const link = document.createElement("a");
      link.href = action.url;
      link.textContent = action.label;
      piece.querySelector(".toast-text").after(link);
    }
    toasts.append(piece);
    wait();
  };

  toasts?.addEventListener("mouseenter", () => clearTimeout(timer));
  toasts?.addEventListener("mouseleave", wait);
  toasts?.addEventListener("focusin", () => clearTimeout(timer));
  toasts?.addEventListener("focusout", wait);
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone, event.detail));

  // Forms: locked while they run, guarded while they hold unsaved values ------------------------------
  const dirty = new Set();

  const lock = (form, button) => {
    form.dataset.running = "true";
    if (!button) {
      return;
    }
    button.style.minInlineSize = `${button.offsetWidth}px`;
    button.kept = [...button.childNodes];
    const spinner = document.createElement("span");
    spinner.className = "spinner";
    button.classList.add("is-running");
    button.replaceChildren(spinner, button.dataset.running || words.saving || "");
    // Later, because a disabled button would not be sent with the form.
    setTimeout(() => { button.disabled = true; });
  };

  // What was asked for the page that is being left: an answer would come too late, or say that the record has moved on.
  const questions = new Map();

  document.addEventListener("htmx:beforeSend", ({ detail }) => questions.set(detail.xhr, detail));
  document.addEventListener("htmx:afterRequest", ({ detail }) => questions.delete(detail.xhr));

  const abandonQuestions = () => {
    for (const [xhr, detail] of [...questions]) {
      detail.error = ""; // else htmx would note on the console that it was given up
      xhr.abort();
    }
  };

  // Nor is anything asked any more: a question that waits for a pause in typing would come after the form.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.querySelector("form[data-running]")) {
      event.preventDefault();
    }
  });

  const unlock = (form) => {
    delete form.dataset.running;
    for (const button of form.querySelectorAll(".is-running")) {
      button.classList.remove("is-running");
      button.replaceChildren(...(button.kept ?? []));
      button.disabled = false;
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "noLock" in form.dataset || event.defaultPrevented) {
      return;
    }
    if (form.dataset.running) {
      event.preventDefault();
      return;
    }
    dirty.delete(form);
    abandonQuestions();
    lock(form, event.submitter);
  });

  // A page that comes back from the history must be usable again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.querySelectorAll("form[data-running]").forEach(unlock);
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) {
      dirty.add(form);
    }
  });

  addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) {
      event.preventDefault();
    }
  });

  const focusFirstError = (area) => {
    const places = ["[aria-invalid=true]:not([type=hidden])", ".field:has(.field-errors) input", "[data-problem-summary]"];
    const wrong = places.map((place) => area.querySelector(place)).find(Boolean);
    wrong?.focus();
    return Boolean(wrong);
  };

  // Pages with one form and nothing else start in its first empty field.
  const focusFirstEmpty = () => {
    const fields = document.querySelectorAll("[data-focus-first] form input:not([type=hidden], [type=checkbox], [type=radio])");
    [...fields].find((input) => !input.value)?.focus();
  };

  // A conflict: choosing a value fills its field, and typing into the field chooses what is typed --------------
  const controlsOf = (form, name) => [...form.elements].filter(
    (control) => control.name === name || (control.name.startsWith(`${name}_`) && /_\d+$/.test(control.name)),
  );

  const holds = (form, name) => controlsOf(form, name).flatMap((control) => {
    if (control.type === "checkbox" || control.type === "radio") {
      return control.checked ? [[control.name, control.value]] : [];
    }
    return control.multiple
      ? [...control.selectedOptions].map((option) => [control.name, option.value])
      : [[control.name, control.value]];
  });

  const fill = (form, name, pairs) => {
    for (const control of controlsOf(form, name)) {
      const values = pairs.filter(([key]) => key === control.name).map(([, value]) => value);
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = values.includes(control.value);
      } else if (control.multiple) {
        [...control.options].forEach((option) => { option.selected = values.includes(option.value); });
      } else {
        control.value = values[0] ?? "";
      }
    }
  };

  const settleConflicts = (area) => {
    for (const row of area.querySelectorAll("[data-conflict-row]")) {
      const { form, name } = { form: row.closest("form"), name: row.dataset.name };
      const radio = (value) => row.querySelector(`[value=${value}]`);
      const versions = { yours: holds(form, name), saved: JSON.parse(row.dataset.saved) };
      const show = () => fill(form, name, radio("saved").checked ? versions.saved : versions.yours);
      row.addEventListener("change", show);
      for (const control of controlsOf(form, name)) {
        control.addEventListener("input", () => {
          versions.yours = holds(form, name);
          radio("yours").checked = true;
        });
      }
      show();
    }
  };

  // Clicks ------------------------------------------------------------------------------------------
  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      toast(words.copied, "green");
    } catch {
      toast(words.notCopied, "red");
    }
  };

  const reveal = (button) => {
    const input = button.parentElement.querySelector("input");
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  };

  const clicks = {
    "[data-theme-choice]": (button) => remember("theme", button.dataset.themeChoice),
    "[data-nav-toggle]": () => remember("nav", root.classList.contains("nav-strip") ? "wide" : "strip"),
    "[data-dismiss=toast]": (button) => dismiss(button.closest(".toast")),
    "[data-copy]": copy,
    "[data-back]": (button) => (button.closest("dialog") ? button.closest("dialog").close() : history.back()),
    "[data-reveal]": reveal,
    // Opening a notification marks it as read; the link itself stays a plain link.
    "[data-read-url]": (link) => fetch(link.dataset.readUrl, {
      method: "POST", keepalive: true, redirect: "manual", headers: JSON.parse(document.body.getAttribute("hx-headers")),
    }),
    "[aria-disabled=true]": (_, event) => event.preventDefault(),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const target = event.target.closest?.(`${selector}:not(html)`);
      if (target) {
        act(target, event);
        showLook();
      }
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  });

  // Keys in a menu: Escape closes it, arrows move in it. All others are in keys.js -------------------------
  const moveInMenu = (menu, step) => {
    const items = [...menu.querySelectorAll(".menu-item")];
    const at = items.indexOf(document.activeElement);
    items.at((at + step + items.length) % items.length)?.focus();
  };

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
    if (menu && event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (menu?.contains(event.target) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      moveInMenu(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  // htmx: 422 is swapped by its configuration; a refusal is shown, not swapped --------------------------
  const showProblem = (text) => {
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-problem]");
    const dialog = document.getElementById("problem");
    if (!found || !dialog || dialog.open) {
      return false;
    }
    dialog.querySelector(".dialog-body").replaceChildren(document.importNode(found, true));
    dialog.showModal();
    return true;
  };

  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status !== 422 && !showProblem(responseText)) {
      toast(words.failed, "red");
    }
  });
  document.addEventListener("htmx:sendError", () => toast(words.offline, "red"));
  document.addEventListener("htmx:timeout", () => toast(words.offline, "red"));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (form) {
      unlock(form);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    focusFirstError(event.detail.target ?? document);
    wait();
    showLook();
  });

  showLook();
  wait();
  settleConflicts(document);
  if (!focusFirstError(document)) {
    focusFirstEmpty();
  }
})();
