(part, about, show) => {  // a mark beside each control that a question speaks of opens its card
  const words = document.getElementById(`${part}-asks`)?.textContent.trim() ?? "";
  const mark = (name) => {
    const label = document.querySelector(`#${part}-${name} [data-testid=block-info]`);
    if (!label || label.querySelector(".lab-ask")) return;
    const button = Object.assign(document.createElement("button"),
      { type: "button", className: "lab-ask", textContent: "?", title: words, ariaLabel: words });
    button.onclick = (event) => {
      event.preventDefault();
      show(`${part}-exercise-${about[name]}`, "center");
    };
    label.append(button);
  };
  const all = (left) => {  // what is opened comes into being a little later
    Object.keys(about).forEach(mark);
    if (left) setTimeout(all, 300, left - 1);
  };
  all(3);
}
