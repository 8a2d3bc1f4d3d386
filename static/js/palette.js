// The palette: opened by Ctrl K or its button; arrows choose, Enter opens, Ctrl Enter opens in a new tab.
// htmx asks for the answers: debounced, and a new question drops the one under way.
"use strict";

(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) {
    return;
  }
  const input = dialog.querySelector("[role=combobox]");
  const answer = document.getElementById("palette-answer");
  const status = dialog.querySelector("[data-palette-status]");
  const options = () => [...answer.querySelectorAll("[role=option]")];
  const chosen = () => answer.querySelector("[aria-selected=true]");

  const choose = (option) => {
    for (const each of options()) {
      each.setAttribute("aria-selected", String(each === option));
    }
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
      const title = option.parentElement.firstElementChild;
      if (option.previousElementSibling === title) {
        title.scrollIntoView({ block: "nearest" }); // the heading comes along with the first below it
      }
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const move = (step) => {
    const all = options();
    const at = all.indexOf(chosen());
    choose(all.at((at + step + all.length) % all.length));
  };

  const ask = () => input.dispatchEvent(new Event("palette:ask"));

  const open = () => {
    if (document.querySelector("dialog[open]")) {
      return; // no dialog above a dialog
    }
    document.getElementById("palette-at").value = location.pathname + location.search;
    input.value = "";
    dialog.showModal();
    input.focus();
    ask();
  };

  const follow = (option, elsewhere) => {
    if (elsewhere && option.protocol.startsWith("http")) {
      window.open(option.href, "_blank", "noopener");
    } else {
      option.click();
    }
  };

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => choose(options().at(Math.min(options().indexOf(chosen()) + 8, options().length - 1))),
    PageUp: () => choose(options().at(Math.max(options().indexOf(chosen()) - 8, 0))),
    Enter: (event) => follow(chosen(), event.ctrlKey || event.metaKey),
  };

  input.addEventListener("keydown", (event) => {
    // Enter while a sign is being composed belongs to the writing; without an answer the form goes to the search.
    if (event.key in keys && !event.isComposing && chosen()) {
      event.preventDefault();
      keys[event.key](event);
    }
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) {
        dialog.close();
      } else {
        open();
      }
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]")) {
      event.preventDefault();
      open();
    } else if (event.target === dialog) {
      dialog.close(); // a click beside the palette
    } else if (event.target.closest?.("#palette [role=option]") && !event.ctrlKey && !event.metaKey) {
      dialog.close();
    }
    const kind = event.target.closest?.("#palette [data-kind]")?.dataset.kind;
    if (kind) {
      input.value = kind + input.value.replace(/^[>@#/]\s*/, "");
      input.focus();
      ask();
    }
  });

  answer.addEventListener("htmx:afterSwap", () => {
    const all = options();
    answer.scrollTop = 0;
    input.setAttribute("aria-expanded", String(all.length > 0));
    choose(all[0]);
    status.textContent = all.length ? "" : answer.textContent.trim();
  });

  dialog.addEventListener("close", () => {
    answer.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    choose(null);
  });
})();
