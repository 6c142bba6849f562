(kind) => {  // of the buttons with data-KIND one is chosen at a time, and a click tells which
  const buttons = `button[data-${kind}]`;
  element.addEventListener("click", (event) => {
    const chosen = event.target.closest(buttons);
    if (!chosen) return;
    for (const button of element.querySelectorAll(buttons))
      button.setAttribute("aria-pressed", String(button === chosen));
    const told = chosen.dataset[kind], number = Number(told);
    trigger("click", { [kind]: Number.isNaN(number) ? told : number });
  });
}
