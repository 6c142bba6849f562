(names) => {
  for (const name of names) document.getElementById(name)?.removeAttribute("data-stale");
}
