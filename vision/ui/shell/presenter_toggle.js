() => {
  const on = document.body.classList.toggle("lab-presenting");
  document.querySelector("#app-present").setAttribute("aria-pressed", on);
  window.dispatchEvent(new Event("resize"));
}
