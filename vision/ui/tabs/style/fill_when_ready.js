async (editor, button) => {
  for (let frame = 0; frame < 600 && !document.querySelector(`#${editor} canvas`); frame++)
    await new Promise(requestAnimationFrame);
  document.getElementById(button)?.click();
}
