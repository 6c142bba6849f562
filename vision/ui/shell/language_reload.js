(language, state, lost) => {
  if (lost && !window.confirm(lost)) return;
  window.labSpeak(language);
  window.onhashchange = null;
  history.replaceState(null, "", state ? `#${state}` : location.pathname + location.search);
  location.reload();
}
