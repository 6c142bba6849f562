(place, camera, stop) => {
  const room = document.getElementById(place);
  const waiting = ['[title="grant webcam access"] button', 'button.capture-button'];
  const press = () => {  // Gradio asks for two clicks, one after the other
    const button = waiting.length && room.querySelector(`#${camera} ${waiting[0]}`);
    if (!button) return;
    waiting.shift();
    setTimeout(() => button.click());
    if (!waiting.length) grown.disconnect();
  };
  const grown = new MutationObserver(press);
  const end = () => {
    grown.disconnect();
    seen.disconnect();
    document.removeEventListener('visibilitychange', hidden);
    document.getElementById(stop)?.click();
  };
  const hidden = () => document.hidden && end();
  const seen = new ResizeObserver(() => {
    if (!room.offsetWidth) end();  // another tab was opened
  });
  grown.observe(room, {childList: true, subtree: true});
  seen.observe(room);
  document.addEventListener('visibilitychange', hidden);
  press();
}
